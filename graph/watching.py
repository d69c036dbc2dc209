"""The first steps: triage, the decision, and the two short ends, watching and linking a duplicate."""

from __future__ import annotations

from typing import TypedDict

import structlog

from agents.triage import Triage
from domain.assessment import Assessment, Decision
from domain.audit.basis import Basis
from domain.audit.seen import Seen
from domain.bouncing import decide_after_bounce
from domain.effects import Effect, Message, WriteBack, effect
from domain.escalation import Escalation
from domain.journey import Timer
from domain.looking import look
from domain.matrix import Matrix
from domain.notices import Notice, messages
from domain.policy.policy import Policy
from domain.ports import TicketHistory
from domain.recording import Changes, JourneyRecords
from domain.ticket import Ticket
from graph.state import JourneyState
from graph.views import triage_view

log = structlog.get_logger(__name__)


class AssessmentUpdate(TypedDict):
    """What triage writes; what it asked of a model is kept with the run."""

    assessment: Assessment
    seen: str


class DecisionUpdate(TypedDict):
    """What the decision writes."""

    decision: Decision


class Watching:
    """Steps that end in watching, unless they lead to an escalation."""

    def __init__(self, policy: Policy, triage: Triage, history: TicketHistory, records: JourneyRecords) -> None:
        self._policy = policy
        self._triage = triage
        self._history = history
        self._records = records

    async def triage(self, state: JourneyState) -> AssessmentUpdate:
        """The opinion."""
        update = await self._triage(triage_view(state))
        if update["calls"]:
            calls, at = update["calls"], state["at"]
            changes = Changes(run_id=state["run_id"], ticket_id=state["ticket_id"], calls=calls, at=at)
            await self._records.save(state["tenant"], changes)
        return {"assessment": update["assessment"], "seen": update["seen"]}

    async def decide(self, state: JourneyState) -> DecisionUpdate:
        """What policy makes of it; recorded with the opinion it rests on."""
        tenant, at, assessment = state["tenant"], state["at"], state["assessment"]
        if (known := await self._records.decision(tenant, state["run_id"])) is not None:
            # Saved before a crash, together with what followed from it: looking again would find it done already.
            return {"decision": known}
        ticket = await self._history.ticket(tenant, state["ticket_id"], at)
        last = await self._records.last_escalation(tenant, ticket.id)
        matrix = await self._records.matrix(tenant, ticket.id)
        if state.get("bounced") and last is not None:
            decision = decide_after_bounce(assessment, ticket, self._policy, at, last)
            basis = _basis(state, matrix, last, decision, bounced=True)
            await self._save(state, assessment=assessment, decision=decision, basis=basis, looked_at=ticket)
        else:
            seen = look(assessment, ticket, self._policy, at, matrix, last)
            decision = seen.decision
            await self._save(
                state, assessment=assessment, decision=decision, matrix=seen.matrix, escalation=seen.escalation,
                effects=seen.effects, timers=seen.timers, basis=_basis(state, matrix, last, decision, bounced=False),
                looked_at=ticket,
            )  # fmt: skip
        for failure in decision.rule_failures:
            log.warning("rule failed", ticket=ticket.id, file=failure.file, key=failure.key, error=failure.error)
        return {"decision": decision}

    async def watch(self, state: JourneyState) -> None:
        """Nothing to do now; look again when the decision says."""
        decision = state["decision"]
        if decision.look_again_at is not None:
            timer = Timer(
                key=f"look_again:{state['ticket_id']}", ticket_id=state["ticket_id"], timer="look_again",
                subject_id=decision.id, due_at=decision.look_again_at,
            )  # fmt: skip
            await self._save(state, timers=(timer,))

    async def link_duplicate(self, state: JourneyState) -> None:
        """Ties the ticket to the one it repeats; that one goes on."""
        at, assessment = state["at"], state["assessment"]
        ticket = await self._history.ticket(state["tenant"], state["ticket_id"], at)
        other = assessment.duplicate_of or ""
        why = f"Same matter as {other}"
        change = WriteBack(
            ticket_id=ticket.id, duplicate_of=other, comment=f"{why}; linked.", tags=("duplicate",), why=why
        )
        notice = Notice(
            occasion="duplicate_linked", ticket=ticket, at=at, headline=f"Duplicate of {other}",
            public_text=f"Thank you. We are already working on this as {other} and will keep you posted there.",
            internal_text=why, assessment=assessment,
        )  # fmt: skip
        bodies: tuple[WriteBack | Message, ...] = (change, *messages(self._policy, notice))
        await self._save(state, effects=tuple(effect(b, step=f"{ticket.id}:duplicate:{other}", at=at) for b in bodies))

    async def _save(
        self, state: JourneyState, *, assessment: Assessment | None = None, decision: Decision | None = None,
        timers: tuple[Timer, ...] = (), effects: tuple[Effect, ...] = (), matrix: Matrix | None = None,
        escalation: Escalation | None = None, basis: Basis | None = None, looked_at: Ticket | None = None,
    ) -> None:  # fmt: skip
        changes = Changes(
            run_id=state["run_id"], ticket_id=state["ticket_id"], assessment=assessment, decision=decision,
            timers=timers, effects=effects, matrix=matrix, escalation=escalation,
            basis=basis, looked_at=looked_at,
        )  # fmt: skip
        await self._records.save(state["tenant"], changes)


def _basis(
    state: JourneyState, matrix: Matrix, last: Escalation | None, decision: Decision, *, bounced: bool
) -> Basis:  # fmt: skip
    # A journey that an earlier release began has noted nothing besides the ticket.
    seen = Seen.model_validate_json(state["seen"]) if "seen" in state else Seen()
    return Basis(
        seen=seen, matrix=matrix, last=last, bounced=bounced, assessment=state["assessment"], decision=decision
    )
