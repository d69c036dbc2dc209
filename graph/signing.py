"""The signature on the way up: whether one is needed, the request for it, the wait, and what a refusal means."""

from __future__ import annotations

from datetime import timedelta
from typing import TypedDict
from zoneinfo import ZoneInfo

from langgraph.types import interrupt

from domain.approval import Approval, ApprovalState
from domain.approving import Asking, approval_for, facts_of, told_of
from domain.delegation import roll_call
from domain.effects import Effect, Message, WriteBack, effect
from domain.errors import NotFound
from domain.escalation import NOBODY_DECIDED, Escalation, EscalationState
from domain.granting import timers_of, what_was_signed
from domain.journey import Timer
from domain.notices import Notice, messages
from domain.policy.policy import Policy
from domain.ports import TicketHistory
from domain.recording import Changes, JourneyRecords
from domain.ticket import Ticket
from graph.state import ApprovalWord, JourneyState
from graph.views import moment

TIERWISE = "tierwise"
"""Who takes the steps that nobody else takes."""


class SigningUpdate(TypedDict):
    """Which approval is needed, if any, and which one it takes the place of."""

    approval_id: str | None
    replaces: str | None


class ApprovalUpdate(TypedDict):
    """What the wait for an approval writes."""

    approval: ApprovalWord


class Signing:
    """Steps of an approval, in runbook order."""

    def __init__(self, policy: Policy, history: TicketHistory, records: JourneyRecords) -> None:
        self._policy = policy
        self._history = history
        self._records = records

    async def check_approval(self, state: JourneyState) -> SigningUpdate:
        """Whether a rule wants somebody to agree first, or to agree anew because the request was changed."""
        changed = "approval" in state and state["approval"].result == "changed"
        before = state.get("approval_id") if changed else None
        approval = await self._approval(state, before)
        return {"approval_id": approval.id if approval else None, "replaces": before}

    async def request_approval(self, state: JourneyState) -> None:
        """Asks the approvers, with the exact action and its risk; an approval that is there already stays as it is."""
        approval = await self._known(state) or await self._approval(state, state.get("replaces"))
        if approval is None:
            return
        ticket = await self._ticket(state)
        escalation = await self._moved(state, EscalationState.AWAITING_APPROVAL, f"needs approval: {approval.rule}")
        roll = roll_call(self._policy, moment(state), await self._records.delegations(state["tenant"], moment(state)))
        people = told_of(approval, roll, moment(state), approval.seats)
        notice = Notice(
            occasion="approval_requested", ticket=ticket, at=moment(state), headline="Approval needed",
            public_text="Your request needs an approval. We have asked for it.", internal_text=self._words(approval),
            assessment=state["assessment"], route=state["route"], escalation_id=escalation.id,
            approval=approval.model_copy(update={"approvers": people}),
        )  # fmt: skip
        told = messages(self._policy, notice)
        # A renewed approval is told as well, though the ticket, the people and perhaps the words are the same.
        await self._act(state, f"approval:{approval.id}", told, timers_of(approval), escalation, approval)

    async def await_approval(self, state: JourneyState) -> ApprovalUpdate:
        """Waits until the approvers have spoken, their time is over, the request changes or the ticket ends.

        Whatever word comes, only a record that is granted lets the journey go on as granted.
        """
        word = interrupt({"waiting_for": "approval", "subject_id": state.get("approval_id")})
        result = word["result"]
        if result == "granted":
            approval = await self._records.approval(state["tenant"], state.get("approval_id") or "")
            result = "granted" if approval.state == ApprovalState.GRANTED else "expired"
        return {"approval": ApprovalWord(result=result, at=word["at"])}

    async def decline(self, state: JourneyState) -> None:
        """The approval was refused: the escalation ends, and those concerned hear why."""
        approval = await self._records.approval(state["tenant"], state.get("approval_id") or "")
        ticket = await self._ticket(state)
        why = _why_not(approval)
        escalation = await self._moved(state, EscalationState.CANCELLED, f"approval refused: {why}")
        text = f"Your request was not approved: {why}"
        change = WriteBack(ticket_id=ticket.id, comment=text, public=True, why="approval refused")
        notice = Notice(
            occasion="approval_rejected", ticket=ticket, at=moment(state), headline="Not approved",
            public_text=text, internal_text=text, escalation_id=escalation.id, approval=approval,
        )  # fmt: skip
        again = Timer(
            key=f"look_again:{ticket.id}", ticket_id=ticket.id, timer="look_again", subject_id=escalation.id,
            due_at=moment(state) + timedelta(minutes=self._policy.escalation.cooldown),
        )  # fmt: skip
        await self._act(state, "decline", (change, *messages(self._policy, notice)), (again,), escalation)

    def _words(self, approval: Approval) -> str:
        due = f"{approval.decide_by.astimezone(ZoneInfo(self._policy.head.zone)):%Y-%m-%d %H:%M}"
        anew = "The request was changed, so earlier votes are void and it is asked for anew.\n"
        return (
            f"{anew if approval.replaces else ''}{what_was_signed(approval)}.\n"
            f"In their words: {approval.action.parameters['request']}\nRisk: {approval.action.risk}\n"
            f"Decide by {due} {self._policy.head.zone}.\nContent hash: {approval.content_hash}"
        )

    async def _approval(self, state: JourneyState, replaced: str | None) -> Approval | None:
        ticket = await self._ticket(state)
        asking = Asking(
            facts=facts_of(state.get("context")), assignee=state["route"].technician,
            before=await self._records.approval(state["tenant"], replaced) if replaced else None,
            delegations=await self._records.delegations(state["tenant"], moment(state)),
        )  # fmt: skip
        return approval_for(
            ticket, self._policy, moment(state), state["assessment"], escalation_id=state["escalation_id"],
            run_id=state["run_id"], asking=asking,
        )  # fmt: skip

    async def _known(self, state: JourneyState) -> Approval | None:
        """The approval, when the step runs again after a crash."""
        try:
            return await self._records.approval(state["tenant"], state.get("approval_id") or "")
        except NotFound:
            return None

    async def _ticket(self, state: JourneyState) -> Ticket:
        return await self._history.ticket(state["tenant"], state["ticket_id"], moment(state))

    async def _moved(self, state: JourneyState, to: EscalationState, why: str) -> Escalation:
        escalation = await self._records.escalation(state["tenant"], state["escalation_id"])
        return escalation if escalation.state == to else escalation.move(to, at=moment(state), by=TIERWISE, why=why)

    async def _act(
        self, state: JourneyState, step: str, bodies: tuple[WriteBack | Message, ...], timers: tuple[Timer, ...],
        escalation: Escalation, approval: Approval | None = None,
    ) -> None:  # fmt: skip
        effects: tuple[Effect, ...] = tuple(
            effect(body, step=f"{state['run_id']}:{step}", at=moment(state)) for body in bodies
        )
        changes = Changes(
            run_id=state["run_id"], ticket_id=state["ticket_id"], effects=effects, timers=timers,
            escalation=escalation, approval=approval,
        )  # fmt: skip
        await self._records.save(state["tenant"], changes)


def _why_not(approval: Approval) -> str:
    """The reason of whoever said no, or what else became of it."""
    said = next((vote.reason for vote in approval.votes if not vote.approve), None)
    if approval.state == ApprovalState.ENDED:
        return f"the grant ended before it was carried out: {approval.ended_why}"
    return said or NOBODY_DECIDED
