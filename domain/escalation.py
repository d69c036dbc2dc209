"""The escalation: one episode of one ticket going up, and its state machine."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from domain.assessment import PlaybookMatch
from domain.base import Moment, Record
from domain.errors import IllegalMove
from domain.properties import PropertyChange


class EscalationState(StrEnum):
    """Where an escalation stands."""

    PROPOSED = "proposed"
    GATHERING_CONTEXT = "gathering_context"
    AWAITING_APPROVAL = "awaiting_approval"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    BOUNCED = "bounced"
    RESOLVED = "resolved"
    DE_ESCALATED = "de_escalated"
    CANCELLED = "cancelled"


A_STEP_FAILED = "a step failed; a person looks"
"""Why an escalation was cancelled that only our own failure ended."""
NOBODY_DECIDED = "nobody decided in time"
"""Why an approval came to nothing without anybody saying no."""

S = EscalationState
_BEFORE_HANDOVER = {S.CANCELLED, S.DE_ESCALATED, S.RESOLVED}
MOVES: dict[EscalationState, frozenset[EscalationState]] = {
    S.PROPOSED: frozenset({S.GATHERING_CONTEXT, *_BEFORE_HANDOVER}),
    S.GATHERING_CONTEXT: frozenset({S.AWAITING_APPROVAL, S.HANDED_OVER, *_BEFORE_HANDOVER}),
    S.AWAITING_APPROVAL: frozenset({S.HANDED_OVER, *_BEFORE_HANDOVER}),
    S.HANDED_OVER: frozenset({S.ACCEPTED, S.BOUNCED, S.RESOLVED, S.DE_ESCALATED, S.CANCELLED}),
    S.ACCEPTED: frozenset({S.BOUNCED, S.RESOLVED, S.DE_ESCALATED}),
    S.BOUNCED: frozenset({S.GATHERING_CONTEXT, S.HANDED_OVER, *_BEFORE_HANDOVER}),
    S.RESOLVED: frozenset(),
    S.DE_ESCALATED: frozenset(),
    S.CANCELLED: frozenset(),
}
"""Every legal move; a state without moves is an end."""


class Move(Record):
    """One step of an escalation, and who took it why."""

    to: EscalationState
    at: Moment
    by: str
    why: str
    technician: str | None = None
    """Who had it when the step was taken."""


class Escalation(Record):
    """One episode of one ticket going up. `version` counts its moves (the ETag of the API)."""

    id: str
    ticket_id: str
    state: EscalationState
    opened_at: Moment
    updated_at: Moment
    version: int = 1
    risk: int
    reason: str
    from_tier: str | None = None
    to_tier: str | None = None
    from_team: str | None = None
    to_team: str | None = None
    technician: str | None = None
    decision_id: str
    run_id: str
    playbook: str | None = None
    playbook_how: PlaybookMatch | None = None
    properties: tuple[PropertyChange, ...] = ()
    """What was changed in the ticket on its behalf, oldest first, each with its reason."""
    recommended: tuple[PropertyChange, ...] = ()
    """What policy only recommends to change."""
    moves: tuple[Move, ...] = ()

    @property
    def ended(self) -> bool:
        """Whether the episode is over."""
        return not MOVES[self.state]

    def move(self, to: EscalationState, *, at: datetime, by: str, why: str) -> Escalation:
        """The escalation in its next state. Raises `IllegalMove` when there is no such step."""
        if to not in MOVES[self.state]:
            raise IllegalMove(
                f"escalation {self.id} is {self.state} and cannot become {to}",
                mend=f"from here it can become {', '.join(sorted(MOVES[self.state])) or 'nothing: it has ended'}",
            )
        step = Move(to=to, at=at, by=by, why=why, technician=self.technician)
        return self.model_copy(
            update={"state": to, "updated_at": at, "version": self.version + 1, "moves": (*self.moves, step)}
        )
