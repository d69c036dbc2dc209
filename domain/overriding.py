"""Where a person contradicted what Tierwise had said: a case that every later model is run over. Pure.

A case says what was said when, and what the person did instead. It is a claim, not the truth: a case about a team
counts only once its ticket has ended with another team than the one that was said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from domain.assessment import Action, Assessment, Decision
from domain.base import Moment, Record, derived_id
from domain.climb import climbs
from domain.escalation import Escalation, EscalationState, Move
from domain.learned import Target
from domain.ticket import ActorRole, Event, EventKind, Ticket

Did = Literal["took_down", "sent_back", "escalated_by_hand", "declared", "rerouted"]
_RECEIVED = (EscalationState.HANDED_OVER, EscalationState.ACCEPTED)


class ModelCase(Record):
    """One contradiction. `at` is the moment of what was said: a model is asked about the ticket as it was then."""

    id: str
    ticket_id: str
    at: Moment
    about: Target | Literal["routing"]
    said: str
    """What Tierwise had said, as a person reads it."""
    model: str | None = None
    """The model that had spoken; none when the points table had."""
    did: Did
    at_risk: bool | None = None
    """What the person's act says of the ticket at `at`: it was at risk, or not; none for routing."""
    not_team: str | None = None
    """The team that was said, for routing."""
    team: str | None = None
    """The team it was given to instead, where the act names one."""
    by: str
    why: str = ""
    noted_at: Moment


def taken_down(
    before: Escalation, move: Move, decision: Decision | None, assessment: Assessment | None
) -> ModelCase | None:
    """A person takes down an escalation that rested on the risk, before anybody had accepted it: a false alarm.

    After that it is work that was done. What the requester declared or a level called for was not foretold.
    """
    risky = decision is not None and any(key.startswith("risk:") for key in decision.causes)
    if decision is None or assessment is None or not risky or assessment.declared:
        return None
    if before.state == EscalationState.ACCEPTED:
        return None
    return _of_risk(before.ticket_id, decision, assessment, "took_down", False, move.by, move.why, move.at)


def sent_back(before: Escalation, move: Move) -> ModelCase | None:
    """The receiving side sends an escalation back: perhaps it was the wrong team."""
    if before.to_team is None:
        return None
    handed = next((one.at for one in reversed(before.moves) if one.to == EscalationState.HANDED_OVER), before.opened_at)
    return ModelCase(
        id=derived_id("case", before.ticket_id, "sent_back", before.id, handed.isoformat()), ticket_id=before.ticket_id,
        at=handed, about="routing", said=f"it belongs to {before.to_team}", did="sent_back", not_team=before.to_team,
        by=move.by, why=move.why, noted_at=move.at,
    )  # fmt: skip


def by_event(
    ticket: Ticket, event: Event, decision: Decision | None, assessment: Assessment | None,
    escalation: Escalation | None, same_team: Callable[[str, str], bool],
) -> ModelCase | None:  # fmt: skip
    """What an event of a person contradicts: a ticket that was only watched goes up by hand, or an escalation is given
    to another team than the one it was routed to."""
    if event.role != ActorRole.TECHNICIAN:
        return None
    raised = escalation is not None and not escalation.ended
    if not raised and decision is not None and assessment is not None and decision.action == Action.WATCH:
        if decision.at < event.at and event.at in climbs(ticket) and decision.risk < decision.threshold:
            by, why = event.actor_id or "a technician", event.body or ""
            return _of_risk(ticket.id, decision, assessment, "escalated_by_hand", True, by, why, event.at)
        return None
    if escalation is None or escalation.state not in _RECEIVED or event.kind != EventKind.ASSIGNMENT:
        return None
    said = escalation.to_team
    if said is None or event.team is None or same_team(event.team, said) or event.at < escalation.updated_at:
        return None
    handed = next(one.at for one in reversed(escalation.moves) if one.to == EscalationState.HANDED_OVER)
    return ModelCase(
        id=derived_id("case", ticket.id, "rerouted", escalation.id, event.id), ticket_id=ticket.id, at=handed,
        about="routing", said=f"it belongs to {said}", did="rerouted", not_team=said, team=event.team,
        by=event.actor_id or "a technician", why=event.body or "", noted_at=event.at,
    )  # fmt: skip


def declared(assessment: Assessment, before: Decision | None, opinion: Assessment | None) -> ModelCase | None:
    """The requester asks to escalate what had been watched with a risk below the line."""
    if not assessment.declared or before is None or opinion is None or opinion.declared:
        return None
    if before.action != Action.WATCH or before.risk >= before.threshold or before.at >= assessment.at:
        return None
    return _of_risk(
        assessment.ticket_id, before, opinion, "declared", True, "requester", "asked to escalate", assessment.at
    )


def _of_risk(
    ticket_id: str, decision: Decision, assessment: Assessment, did: Did, at_risk: bool, by: str, why: str, at: Moment
) -> ModelCase:
    speaker = assessment.speaker
    return ModelCase(
        id=derived_id("case", ticket_id, did, decision.id), ticket_id=ticket_id, at=decision.at,
        about=speaker.target if speaker else "escalation",
        said=f"risk {decision.risk}, line at {decision.threshold}", model=speaker.model if speaker else None, did=did,
        at_risk=at_risk, by=by, why=why, noted_at=at,
    )  # fmt: skip
