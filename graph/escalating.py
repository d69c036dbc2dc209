"""The way up: open the escalation, gather context, route, get it signed, summarize, hand over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TypedDict

from langgraph.types import interrupt

from agents.context_gatherer import ContextGatherer
from agents.router import Router
from agents.summarizer import Summarizer
from agents.views import RouterUpdate
from domain.approval import Approval
from domain.asof import standing
from domain.base import derived_id
from domain.bouncing import route_to_lead, sent_back_by
from domain.context import Answer, Context, Question
from domain.effects import Message, WriteBack, effect
from domain.escalation import Escalation, EscalationState
from domain.granting import signed_note
from domain.journey import Timer
from domain.matching import playbook_for
from domain.notices import Notice, handover_text, messages
from domain.playbooks import Known, PlaybookView, track
from domain.policy.playbooks import Playbook
from domain.policy.policy import Policy
from domain.ports import TicketHistory
from domain.recording import Changes, JourneyRecords
from domain.stepping import plan_handover
from domain.ticket import Ticket
from domain.verifying.outward import outward
from domain.writing import write_back
from graph.state import JourneyState
from graph.views import gatherer_view, moment, router_view, summarizer_view

TIERWISE = "tierwise"
"""Who takes the steps that nobody else takes."""


class EscalationUpdate(TypedDict):
    """What opening writes."""

    escalation_id: str


class ContextUpdate(TypedDict):
    """What gathering writes; the evidence is kept under the run's id."""

    context: Context


class AnswerUpdate(TypedDict, total=False):
    """What the wait for an answer writes."""

    answer: Answer
    cancelled: bool


class HandoffUpdate(TypedDict):
    """Where the handoff is kept."""

    handoff_id: str


class Escalating:
    """Steps of an escalation, in runbook order."""

    def __init__(
        self, policy: Policy, gatherer: ContextGatherer, router: Router, summarizer: Summarizer,
        history: TicketHistory, records: JourneyRecords,
    ) -> None:  # fmt: skip
        self._policy = policy
        self._gatherer = gatherer
        self._router = router
        self._summarizer = summarizer
        self._history = history
        self._records = records

    async def open_escalation(self, state: JourneyState) -> EscalationUpdate:
        """Opens the episode, or takes a bounced one up again."""
        at, decision = state["at"], state["decision"]
        ticket = await self._ticket(state)
        if bounced := state.get("bounced"):
            escalation = await self._records.escalation(state["tenant"], bounced)
            if escalation.state == EscalationState.BOUNCED:
                escalation = escalation.move(
                    EscalationState.GATHERING_CONTEXT, at=at, by=TIERWISE, why="came back; looking for another way"
                )
        else:
            escalation = _opened(state, ticket, playbook_for(ticket, self._policy, state["assessment"])).move(
                EscalationState.GATHERING_CONTEXT, at=at, by=TIERWISE, why="; ".join(decision.why)
            )
        await self._save(state, Changes(run_id=state["run_id"], ticket_id=ticket.id, escalation=escalation))
        return {"escalation_id": escalation.id}

    async def gather_context(self, state: JourneyState) -> ContextUpdate:
        """The facts and the evidence; at most a few questions."""
        update = await self._gatherer(gatherer_view(state))
        changes = Changes(
            run_id=state["run_id"], ticket_id=state["ticket_id"], context=update["context"],
            evidence=update["evidence"], calls=update["calls"], at=moment(state),
        )  # fmt: skip
        await self._save(state, changes)
        return {"context": update["context"]}

    async def ask(self, state: JourneyState) -> None:
        """Sends the question and sets the time by which an answer has to come."""
        question = _question(state)
        ticket = await self._ticket(state)
        to_requester = question.to == "requester"
        change = WriteBack(
            ticket_id=ticket.id, comment=question.text, public=to_requester, why="facts are missing for the next tier"
        )
        notice = Notice(
            occasion="question_asked", ticket=ticket, at=moment(state), headline="Facts are missing",
            public_text=question.text, internal_text=question.text, escalation_id=state["escalation_id"],
        )  # fmt: skip
        due = Timer(
            key=f"answer_due:{question.id}", ticket_id=ticket.id, timer="answer_due", subject_id=question.id,
            due_at=question.answer_by,
        )  # fmt: skip
        told = messages(self._policy, notice) if to_requester else ()
        await self._act(state, "ask", (change, *told), timers=(due,))

    async def await_answer(self, state: JourneyState) -> AnswerUpdate:
        """Waits, for days if need be, until an answer comes, its time is over or the ticket ends."""
        word = interrupt({"waiting_for": "answer", "subject_id": _question(state).id})
        if word.get("cancelled"):
            return {"cancelled": True}
        return {"answer": Answer(at=word["at"], event_id=word.get("event_id"))}

    async def route(self, state: JourneyState) -> RouterUpdate:
        """Who gets it."""
        evidence = await self._records.evidence(state["tenant"], state["run_id"])
        escalation = await self._records.escalation(state["tenant"], state["escalation_id"])
        update = await self._router(router_view(state, evidence, sent_back_by(escalation)))
        update = RouterUpdate(route=route_to_lead(escalation, update["route"], self._policy))
        changes = Changes(run_id=state["run_id"], ticket_id=state["ticket_id"], route=update["route"], at=moment(state))
        await self._save(state, changes)
        return update

    async def cancel(self, state: JourneyState) -> None:
        """The ticket ended, or somebody took the escalation down, while it waited."""
        escalation = await self._records.escalation(state["tenant"], state["escalation_id"])
        if not escalation.ended:
            escalation = await self._moved(state, EscalationState.CANCELLED, "the ticket ended first")
        approval_id = state.get("approval_id")
        approval = await self._records.approval(state["tenant"], approval_id) if approval_id else None
        await self._act(
            state, "cancel", (), escalation=escalation, timers=(self._look_again(state),),
            approval=approval.void(moment(state)) if approval else None,
        )  # fmt: skip

    async def summarize(self, state: JourneyState) -> HandoffUpdate:
        """What the receiving technician needs to know."""
        evidence = await self._records.evidence(state["tenant"], state["run_id"])
        update = await self._summarizer(summarizer_view(state, evidence))
        changes = Changes(
            run_id=state["run_id"], ticket_id=state["ticket_id"], handoff=update["handoff"], calls=update["calls"],
            at=moment(state),
        )  # fmt: skip
        await self._save(state, changes)
        return {"handoff_id": update["handoff"].id}

    async def hand_over(self, state: JourneyState) -> None:
        """Priority, tier, team, owner, status, tags and the handoff change together; then people are told."""
        if await self._handed_over(state):
            return
        handoff = await self._records.handoff(state["tenant"], state["handoff_id"])
        evidence = await self._records.evidence(state["tenant"], state["run_id"])
        ticket = await self._ticket(state)
        route, decision = state["route"], state["decision"]
        escalation = (await self._moved(state, EscalationState.HANDED_OVER, route.why)).model_copy(
            update={"to_team": route.team, "to_tier": route.tier, "technician": route.technician}
        )
        approval_id = state.get("approval_id")
        approval = await self._records.approval(state["tenant"], approval_id) if approval_id else None
        text = handover_text(handoff, evidence, self._playbook(state, escalation, ticket, approval))
        if approval is not None:
            text = f"{signed_note(approval)}\n\n{text}"
        steps = plan_handover(ticket, decision, route, state["assessment"], self._policy)
        escalation = escalation.model_copy(
            update={
                "properties": (*escalation.properties, *steps.apply),
                "recommended": (*escalation.recommended, *steps.recommend),
            }
        )
        change = write_back(
            ticket.id, steps.apply, why="; ".join(decision.why), escalation_id=escalation.id,
            comment="\n\n".join(filter(None, (text, steps.advice))),
        )  # fmt: skip
        nobody = route.result == "nobody_eligible"
        notice = Notice(
            occasion="handed_to_lead" if nobody else "handed_over", ticket=ticket, at=moment(state),
            headline="Nobody eligible: yours as the lead" if nobody else "Escalated to you",
            public_text=outward(handoff.requester_text, ticket), internal_text=text,
            assessment=state["assessment"], route=route,
            escalation_id=escalation.id, escalation_version=escalation.version,
            handoff=handoff, evidence=evidence, priority=decision.priority,
        )  # fmt: skip
        told = (*messages(self._policy, notice), *self._started(state, notice))
        await self._act(state, "hand_over", (change, *told), escalation=escalation)

    def _playbook(
        self, state: JourneyState, escalation: Escalation, ticket: Ticket, approval: Approval | None
    ) -> PlaybookView | None:
        """The escalation's playbook as the receiving technician finds it."""
        book = next((one for one in self._policy.playbooks if one.id == escalation.playbook), None)
        known = Known(context=state["context"], approvals=(approval,) if approval else ())
        return track(book, escalation, ticket, known) if book else None

    def _started(self, state: JourneyState, notice: Notice) -> tuple[Message, ...]:
        """What the playbook has told besides: those of its rules that are on `playbook_started`."""
        book = playbook_for(notice.ticket, self._policy, state["assessment"])
        if book is None or not book.notify:
            return ()
        rules = tuple(one for one in self._policy.notifications.rules if one.id in book.notify)
        only = self._policy.notifications.model_copy(update={"rules": rules})
        return messages(
            self._policy.model_copy(update={"notifications": only}), replace(notice, occasion="playbook_started")
        )

    async def _handed_over(self, state: JourneyState) -> bool:
        """Whether a run that a crash cut off has saved the handover; by now the ticket may look as it left it."""
        escalation = await self._records.escalation(state["tenant"], state["escalation_id"])
        own = (move for move in escalation.moves if move.to == EscalationState.HANDED_OVER and move.by == TIERWISE)
        return any(move.at == moment(state) for move in own)

    def _look_again(self, state: JourneyState) -> Timer:
        """When a ticket whose escalation came to nothing may go up again, it is looked at again."""
        return Timer(
            key=f"look_again:{state['ticket_id']}", ticket_id=state["ticket_id"], timer="look_again",
            subject_id=state["escalation_id"],
            due_at=moment(state) + timedelta(minutes=self._policy.escalation.cooldown),
        )  # fmt: skip

    async def _ticket(self, state: JourneyState) -> Ticket:
        return await self._history.ticket(state["tenant"], state["ticket_id"], moment(state))

    async def _moved(self, state: JourneyState, to: EscalationState, why: str) -> Escalation:
        escalation = await self._records.escalation(state["tenant"], state["escalation_id"])
        # Somebody may have accepted it between the two runs of a step that a crash cut off.
        accepted = to == EscalationState.HANDED_OVER and escalation.state == EscalationState.ACCEPTED
        if escalation.state == to or accepted:
            return escalation
        return escalation.move(to, at=moment(state), by=TIERWISE, why=why)

    async def _act(
        self, state: JourneyState, step: str, bodies: tuple[WriteBack | Message, ...], *,
        timers: tuple[Timer, ...] = (), escalation: Escalation | None = None, approval: Approval | None = None,
    ) -> None:  # fmt: skip
        at = moment(state)
        effects = tuple(effect(body, step=f"{state['run_id']}:{step}", at=at) for body in bodies)
        changes = Changes(
            run_id=state["run_id"], ticket_id=state["ticket_id"], effects=effects, timers=timers,
            escalation=escalation, approval=approval,
        )  # fmt: skip
        await self._save(state, changes)

    async def _save(self, state: JourneyState, changes: Changes) -> None:
        await self._records.save(state["tenant"], changes)


def _opened(state: JourneyState, ticket: Ticket, playbook: Playbook | None) -> Escalation:
    decision, now = state["decision"], standing(ticket)
    return Escalation(
        id=derived_id("esc", state["tenant"], ticket.id, state["run_id"]), ticket_id=ticket.id,
        state=EscalationState.PROPOSED, opened_at=state["at"], updated_at=state["at"], risk=decision.risk,
        reason="; ".join(decision.why), from_tier=now.tier, to_tier=decision.to_tier, from_team=now.team,
        decision_id=decision.id, run_id=state["run_id"], playbook=playbook.id if playbook else None,
        playbook_how=state["assessment"].playbook,
    )  # fmt: skip


def _question(state: JourneyState) -> Question:
    question = state["context"].question
    if question is None:
        raise RuntimeError("the edge to `ask` is taken only with a question")
    return question
