"""One delivery at a time, ticket by ticket: what arrived is recorded, and its journey starts or goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime

import structlog

from adapters.storage.cases import SameTeam
from adapters.storage.store import OURSELVES, Store
from app.levels import LevelSweep
from app.loops import came_back
from app.outbreaks import OutbreakDesk
from app.signing import Signing
from app.taking_down import TakingDown
from domain.approval import ApprovalState
from domain.asof import standing
from domain.effects import WriteBack, effect
from domain.errors import IllegalMove, NotFound, TierwiseError, Unavailable
from domain.escalation import A_STEP_FAILED, Escalation, EscalationState
from domain.journey import (
    ApprovalDecided,
    Delivery,
    EscalationMoved,
    EventArrived,
    Journey,
    JourneyState,
    OutbreakDecided,
    Outcome,
    ReviewDecided,
    TimerFired,
    Trigger,
    WaitingFor,
)
from domain.knowledge import DraftState
from domain.ports import Clock
from domain.recording import Changes, JourneyRecords
from domain.ticket import ActorRole, Event, EventKind, Ticket
from graph.runner import JourneyRunner, Seed, Where

log = structlog.get_logger(__name__)

IndexTicket = Callable[[str, Ticket], Awaitable[None]]


class Work:
    """Works off the inbox. Every method may run again after a crash and comes to the same records."""

    def __init__(
        self,
        store: Store,
        records: JourneyRecords,
        runner: JourneyRunner,
        index_ticket: IndexTicket,
        outbreaks: OutbreakDesk,
        clock: Clock,
        signing: Signing,
        never_wait_for: Iterable[str] = (),
        taking_down: TakingDown | None = None,
        levels: LevelSweep | None = None,
        same_team: SameTeam = str.__eq__,
        on_end: Callable[[str, Journey], None] | None = None,
    ) -> None:
        self._store = store
        self._records = records
        self._runner = runner
        self._index_ticket = index_ticket
        self._outbreaks = outbreaks
        self._clock = clock
        self._signing = signing
        self._taking_down = taking_down
        self._levels = levels
        self._same_team = same_team
        self._on_end = on_end
        self._never_wait_for = {priority.casefold() for priority in never_wait_for}

    async def work_off(self, tenant: str, ticket_id: str) -> list[str]:
        """Everything that has arrived for a ticket, in order of arrival; what came of each.

        Raises `Unavailable` when a part does not answer: nothing is lost, the same call goes on later.
        """
        results = []
        while (delivery := await asyncio.to_thread(self._store.next_delivery, tenant, ticket_id)) is not None:
            result, failed = await self._handled(tenant, delivery)
            await asyncio.to_thread(self._store.finish_delivery, tenant, delivery.run_id, result, failed=failed)
            results.append(result)
        return results

    async def _handled(self, tenant: str, delivery: Delivery) -> tuple[str, bool]:
        try:
            return await self._handle(tenant, delivery), False
        except Unavailable:
            raise
        except IllegalMove as error:
            if await self._called_off(tenant, delivery):
                return "cancelled: the escalation was ended meanwhile", False
            return await self._refused(tenant, delivery, error)
        except TierwiseError as error:
            return await self._refused(tenant, delivery, error)
        except Exception as error:
            log.exception("delivery failed", run=delivery.run_id)
            await self._give_to_a_person(tenant, delivery, type(error).__name__)
            return f"failed: {type(error).__name__}", True

    async def _refused(self, tenant: str, delivery: Delivery, error: TierwiseError) -> tuple[str, bool]:
        log.warning("delivery refused", run=delivery.run_id, code=error.code, error=str(error))
        await self._give_to_a_person(tenant, delivery, f"{error.code}: {error}")
        return f"failed: {error}", True

    async def _called_off(self, tenant: str, delivery: Delivery) -> bool:
        """Whether a step failed only because somebody had ended its escalation; the journey then ends as cancelled."""
        journey = await asyncio.to_thread(self._store.active_journey, tenant, delivery.arrival.ticket_id)
        escalation = await self._records.last_escalation(tenant, delivery.arrival.ticket_id)
        if journey is None or escalation is None or not escalation.ended:
            return False
        ended = journey.model_copy(
            update={
                "state": JourneyState.DONE, "outcome": Outcome.CANCELLED, "waiting_for": None, "subject_id": None,
                "updated_at": self._clock.now(),
            }
        )  # fmt: skip
        await asyncio.to_thread(self._store.put_journey, tenant, ended)
        await self._runner.forget(tenant, journey.id)
        return True

    async def _handle(self, tenant: str, delivery: Delivery) -> str:
        # A crash may have come between the journey that this delivery began and the note that it was worked on.
        begun = await asyncio.to_thread(self._store.journey, tenant, delivery.run_id)
        if begun is not None:
            return await self._run(tenant, delivery, begun)
        match delivery.arrival:
            case EventArrived() as arrival:
                return await self._event(tenant, delivery, arrival)
            case ApprovalDecided() as arrival:
                return await self._approval_decided(tenant, delivery, arrival)
            case ReviewDecided() as arrival:
                return await self._review_decided(tenant, delivery, arrival)
            case TimerFired() as arrival:
                return await self._timer(tenant, delivery, arrival)
            case EscalationMoved() as arrival:
                return await self._escalation_moved(tenant, delivery, arrival)
            case OutbreakDecided() as arrival:
                return await self._outbreaks.decided(tenant, arrival, delivery.received_at)

    async def _event(self, tenant: str, delivery: Delivery, arrival: EventArrived) -> str:
        event = arrival.event
        ticket = await asyncio.to_thread(
            self._store.record_event, tenant, arrival.ticket, arrival.ticket_id, event, self._same_team
        )
        if event.role == ActorRole.BOT and event.actor_id == OURSELVES:
            return "noted: our own change"
        if (loop := await asyncio.to_thread(came_back, self._store, tenant, event)) is not None:
            return f"noted: {loop}"
        now_open = standing(ticket).open
        # An ending that arrives late, after the ticket was reopened, ends nothing.
        ends = event.kind in (EventKind.RESOLVED, EventKind.CLOSED) and not now_open
        if event.kind in (EventKind.CREATED, EventKind.REOPENED) or ends:
            await self._index_ticket(tenant, ticket)
        await self._outbreaks.heard(tenant, ticket, event, new=arrival.ticket is not None and len(ticket.events) == 1)
        journey = await self._active(tenant, ticket.id)
        if journey is not None:
            return await self._event_while_waiting(tenant, delivery, journey, event, ends=ends)
        if ends:
            return await self._ended(tenant, delivery, ticket, event)
        if not now_open:
            return "noted: the ticket has ended"
        if parent := await self._outbreaks.follows(tenant, ticket.id):
            return f"noted: {parent} stands for it"
        return await self._start(tenant, delivery, ticket.id, Trigger.TICKET_EVENT)

    async def _event_while_waiting(
        self, tenant: str, delivery: Delivery, journey: Journey, event: Event, *, ends: bool
    ) -> str:
        if ends:
            escalation = await self._records.last_escalation(tenant, journey.ticket_id)
            if escalation is not None and not escalation.ended:
                await self._resolved(tenant, escalation, event)
            return await self._cancelled(tenant, delivery, journey)
        if journey.waiting_for == WaitingFor.APPROVAL and await self._request_changed(tenant, journey, event.at):
            word = {"result": "changed", "at": max(event.at, self._clock.now()).isoformat()}
            return await self._resume(tenant, delivery, journey, journey.subject_id or "", word)
        if journey.waiting_for == WaitingFor.ANSWER and await self._answers(tenant, journey, event):
            word = {"event_id": event.id, "at": event.at.isoformat()}
            return await self._resume(tenant, delivery, journey, journey.subject_id or "", word)
        if journey.waiting_for == WaitingFor.ANSWER and self._is_urgent_now(event):
            unanswered = {"event_id": None, "at": event.at.isoformat()}
            return await self._resume(tenant, delivery, journey, journey.subject_id or "", unanswered)
        await self._levels_of(tenant, journey.ticket_id, delivery)
        return f"noted: waiting for {journey.waiting_for}"

    async def _levels_of(self, tenant: str, ticket_id: str, delivery: Delivery) -> int:
        """Levels come due while a journey waits as well; what happens to the ticket moves their moments."""
        return await self._levels.sweep(tenant, ticket_id, delivery.run_id) if self._levels else 0

    async def _request_changed(self, tenant: str, journey: Journey, at: datetime) -> bool:
        """Whether what the approvers were asked for is something else by now; the approval is void then."""
        return await asyncio.to_thread(self._signing.renew, tenant, journey.subject_id or "", at)

    def _is_urgent_now(self, event: Event) -> bool:
        """Whether the ticket was just raised to a priority that is never held up by a question."""
        return event.kind == EventKind.PRIORITY and str(event.to).casefold() in self._never_wait_for

    async def _answers(self, tenant: str, journey: Journey, event: Event) -> bool:
        """Whether the one who was asked has written."""
        context = await self._records.context(tenant, journey.id)
        asked = context.question.to if context.question else "requester"
        role = ActorRole.REQUESTER if asked == "requester" else ActorRole.TECHNICIAN
        return event.is_message and event.role == role and (asked == "owner" or not event.is_internal)

    async def _ended(self, tenant: str, delivery: Delivery, ticket: Ticket, event: Event) -> str:
        escalation = await self._records.last_escalation(tenant, ticket.id)
        if escalation is None:
            return "noted: ended without an escalation"
        if not escalation.ended:
            await self._resolved(tenant, escalation, event)
        if event.kind == EventKind.RESOLVED:
            return "noted: the escalation is resolved"
        return await self._start(tenant, delivery, ticket.id, Trigger.TICKET_CLOSED)

    async def _resolved(self, tenant: str, escalation: Escalation, event: Event) -> None:
        by = event.actor_id or "helpdesk"
        moved = escalation.move(EscalationState.RESOLVED, at=event.at, by=by, why="the ticket was resolved")
        await self._records.save(
            tenant, Changes(run_id=escalation.run_id, ticket_id=escalation.ticket_id, escalation=moved)
        )

    async def _approval_decided(self, tenant: str, delivery: Delivery, arrival: ApprovalDecided) -> str:
        journey = await self._active(tenant, arrival.ticket_id)
        approval = await self._records.approval(tenant, arrival.approval_id)
        if journey is None or journey.subject_id != approval.id:
            return "noted: nobody waits for it"
        if await self._request_changed(tenant, journey, delivery.received_at):
            word = {"result": "changed", "at": delivery.received_at.isoformat()}
            return await self._resume(tenant, delivery, journey, approval.id, word)
        if approval.pending:
            return "noted: it is still to be decided"
        result = {ApprovalState.GRANTED: "granted", ApprovalState.REJECTED: "rejected"}.get(approval.state, "expired")
        at = approval.decided_at or delivery.received_at
        return await self._resume(tenant, delivery, journey, approval.id, {"result": result, "at": at.isoformat()})

    async def _review_decided(self, tenant: str, delivery: Delivery, arrival: ReviewDecided) -> str:
        journey = await self._active(tenant, arrival.ticket_id, review=True)
        draft = await self._records.draft(tenant, arrival.draft_id)
        if journey is None:
            return "noted: nobody waits for it"
        result = "rejected" if draft.state == DraftState.REJECTED else "approved"
        return await self._resume(
            tenant, delivery, journey, draft.id, {"result": result, "at": delivery.received_at.isoformat()}
        )

    async def _timer(self, tenant: str, delivery: Delivery, arrival: TimerFired) -> str:
        if arrival.timer == "outbreak_quiet":
            return await self._outbreaks.timer(tenant, arrival)
        journey = await self._active(tenant, arrival.ticket_id)
        if arrival.timer == "level_due" and journey is not None:
            return f"levels passed: {await self._levels_of(tenant, arrival.ticket_id, delivery)}"
        if arrival.timer in ("look_again", "level_due"):
            ticket = await asyncio.to_thread(self._store.ticket, tenant, arrival.ticket_id)
            follows = await self._outbreaks.follows(tenant, ticket.id)
            if journey is not None or follows or not standing(ticket).open:
                return "noted: nothing to look at"
            return await self._start(tenant, delivery, arrival.ticket_id, Trigger.TICKET_EVENT)
        if arrival.timer == "answer_due":
            if journey is None or journey.subject_id != arrival.subject_id:
                return "noted: nobody waits for it"
            word = {"event_id": None, "at": delivery.received_at.isoformat()}
            return await self._resume(tenant, delivery, journey, arrival.subject_id, word)
        return await asyncio.to_thread(self._signing.fired, tenant, arrival, delivery.received_at)

    async def _escalation_moved(self, tenant: str, delivery: Delivery, arrival: EscalationMoved) -> str:
        journey = await self._active(tenant, arrival.ticket_id)
        if arrival.to == EscalationState.BOUNCED and journey is None:
            return await self._start(tenant, delivery, arrival.ticket_id, Trigger.BOUNCED)
        undone = ""
        if self._taking_down is not None and arrival.to == EscalationState.DE_ESCALATED:
            undone = await self._taking_down.undo(tenant, arrival, delivery.run_id)
        if journey is not None and arrival.to in (EscalationState.DE_ESCALATED, EscalationState.CANCELLED):
            return await self._cancelled(tenant, delivery, journey)
        return undone or f"noted: {arrival.to}"

    async def _cancelled(self, tenant: str, delivery: Delivery, journey: Journey) -> str:
        at = self._clock.now().isoformat()
        word = {"cancelled": True, "result": "cancelled", "at": at}
        return await self._resume(tenant, delivery, journey, journey.subject_id or "", word)

    async def _start(self, tenant: str, delivery: Delivery, ticket_id: str, trigger: Trigger) -> str:
        ticket = await asyncio.to_thread(self._store.ticket, tenant, ticket_id)
        # A helpdesk's clock may be ahead of ours; what started the journey must be in its sight.
        at = max([self._clock.now(), *(event.at for event in ticket.events)])
        journey = Journey(
            id=delivery.run_id, ticket_id=ticket_id, trigger=trigger, state=JourneyState.RUNNING, started_at=at,
            updated_at=at,
        )  # fmt: skip
        await asyncio.to_thread(self._store.put_journey, tenant, journey)
        return await self._run(tenant, delivery, journey)

    async def _run(self, tenant: str, delivery: Delivery, journey: Journey) -> str:
        """Takes the journey that a delivery began to its next rest, from wherever a crash left it."""
        if journey.state == JourneyState.DONE:
            return str(journey.outcome)
        bounced = delivery.arrival.escalation_id if isinstance(delivery.arrival, EscalationMoved) else None
        seed = Seed(
            tenant=tenant, run_id=journey.id, ticket_id=journey.ticket_id, trigger=journey.trigger,
            at=journey.started_at, bounced=bounced,
        )  # fmt: skip
        return await self._note(tenant, journey, await self._runner.start(seed), delivery)

    async def _resume(
        self, tenant: str, delivery: Delivery, journey: Journey, subject_id: str, word: Mapping[str, object]
    ) -> str:
        where = await self._runner.resume(tenant, journey.id, subject_id, word)
        return await self._note(tenant, journey, where, delivery)

    async def _active(self, tenant: str, ticket_id: str, *, review: bool = False) -> Journey | None:
        """The ticket's journey that waits; one that a crash cut off is brought to its next rest first.

        A review of what was learned (`review`) does not hold up the ticket: it is a journey of its own.
        """
        journey = await asyncio.to_thread(self._store.active_journey, tenant, ticket_id, review=review)
        if journey is None or journey.state == JourneyState.WAITING:
            return journey
        where = await self._runner.carry_on(tenant, journey.id)
        if where.state == "unknown":
            return None
        await self._note(tenant, journey, where)
        return await asyncio.to_thread(self._store.active_journey, tenant, ticket_id, review=review)

    async def _note(self, tenant: str, journey: Journey, where: Where, delivery: Delivery | None = None) -> str:
        """Records where the journey stands, and with it that the delivery which brought it there is worked off."""
        done = where.state == "done"
        noted = journey.model_copy(
            update={
                "state": JourneyState.DONE if done else JourneyState.WAITING,
                "waiting_for": where.waiting_for,
                "subject_id": where.subject_id,
                "outcome": where.outcome,
                "escalation_id": where.escalation_id,
                "updated_at": self._clock.now(),
            }
        )
        result = str(where.outcome if done else f"waiting for {where.waiting_for}")
        await asyncio.to_thread(self._store.settle, tenant, noted, delivery.run_id if delivery else None, result)
        if done:
            # What has ended needs its checkpoints no more.
            await self._runner.forget(tenant, journey.id)
            if self._on_end is not None:
                await asyncio.to_thread(self._on_end, tenant, noted)
        return result

    async def _let_go(self, tenant: str, journey: Journey) -> None:
        """Ends the escalation of a failed journey, so that it does not stand in the way of the next."""
        escalation = await self._records.last_escalation(tenant, journey.ticket_id)
        waiting = (EscalationState.PROPOSED, EscalationState.GATHERING_CONTEXT, EscalationState.AWAITING_APPROVAL)
        if escalation is None or escalation.state not in waiting:
            return
        ended = escalation.move(EscalationState.CANCELLED, at=self._clock.now(), by=OURSELVES, why=A_STEP_FAILED)
        await self._records.save(
            tenant, Changes(run_id=escalation.run_id, ticket_id=escalation.ticket_id, escalation=ended)
        )

    async def _give_to_a_person(self, tenant: str, delivery: Delivery, error: str) -> None:
        """Says in the ticket that a person has to look, and marks the journey as failed."""
        ticket_id = delivery.arrival.ticket_id
        journey = await asyncio.to_thread(self._store.active_journey, tenant, ticket_id)
        at = self._clock.now()
        # One that waits as before was not what failed.
        if journey is not None and (await self._runner.where(tenant, journey.id)).state != "waiting":
            failed = journey.model_copy(update={"state": JourneyState.FAILED, "error": error, "updated_at": at})
            await asyncio.to_thread(self._store.put_journey, tenant, failed)
            await self._let_go(tenant, failed)
        note = WriteBack(
            ticket_id=ticket_id, why="a step failed",
            comment=f"Tierwise could not finish looking at this ticket ({error}). A person has to look.",
        )  # fmt: skip
        try:
            await asyncio.to_thread(self._store.ticket, tenant, ticket_id)
        except NotFound:
            return
        item = effect(note, step=f"{delivery.run_id}:failed", at=at)
        await self._records.save(tenant, Changes(run_id=delivery.run_id, ticket_id=ticket_id, effects=(item,)))
