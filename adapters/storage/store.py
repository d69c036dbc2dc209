"""The records database as the application uses it: each method is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine

from adapters.storage import audited, cases, inbox, knowledge, outbox, records, tickets
from adapters.storage.engine import open_engine, reading, transaction
from domain.approval import Approval, ApprovalState
from domain.base import derived_id
from domain.effects import Effect
from domain.errors import Conflict
from domain.escalation import Escalation, EscalationState
from domain.granting import timers_of
from domain.journey import (
    ApprovalDecided,
    Arrival,
    Delivery,
    EscalationMoved,
    Journey,
    JourneyState,
    ReviewDecided,
    Timer,
    Trigger,
)
from domain.knowledge import Article, ArticleBody, Draft, DraftState, KnowledgeChoice, KnownProblem
from domain.ticket import Event, Ticket

R = TypeVar("R")
Transaction = Connection
"""What a query or a change is given: the open transaction, to be handed on to the modules that speak SQL."""

OURSELVES = "tierwise"
"""The source of deliveries that come from our own API and timers."""


def run_id(tenant: str, source: str, delivery_id: str) -> str:
    """The id of the run that a delivery starts: the same delivery always has the same."""
    return derived_id("run", tenant, source, delivery_id)


def own_delivery(tenant: str, delivery_id: str, arrival: Arrival, at: datetime) -> Delivery:
    """A delivery from ourselves: a decision of a person, a timer."""
    return Delivery(
        source=OURSELVES, delivery_id=delivery_id, run_id=run_id(tenant, OURSELVES, delivery_id),
        received_at=at, arrival=arrival,
    )  # fmt: skip


class Store:
    """Tickets, knowledge, records, inbox and outbox of every tenant."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._joined: ContextVar[Connection | None] = ContextVar("joined", default=None)

    @classmethod
    def open(cls, path: Path) -> Store:
        """Opens or creates the database at `path`. Raises `Misconfigured`, `DiskFull`."""
        return cls(open_engine(path))

    def close(self) -> None:
        """Lets go of the database."""
        self.engine.dispose()

    def read(self, query: Callable[[Connection], R]) -> R:
        """Answers a query."""
        if (joined := self._joined.get()) is not None:
            return query(joined)
        with reading(self.engine) as connection:
            return query(connection)

    def write(self, change: Callable[[Connection], R]) -> R:
        """Carries out a change, all of it or nothing. Raises `DiskFull`, `Unavailable`."""
        if (joined := self._joined.get()) is not None:
            return change(joined)
        with transaction(self.engine) as connection:
            return change(connection)

    @contextmanager
    def together(self) -> Iterator[Connection]:
        """What is read and written within, by this thread, is one transaction: all of it or nothing."""
        with transaction(self.engine) as connection:
            token = self._joined.set(connection)
            try:
                yield connection
            finally:
                self._joined.reset(token)

    # Tickets and knowledge

    def put_tickets(self, tenant: str, those: Sequence[Ticket]) -> tickets.Written:
        """Writes tickets with their events."""
        return self.write(lambda c: tickets.put_many(c, tenant, those))

    def merge_tickets(self, tenant: str, those: Sequence[Ticket]) -> tickets.Written:
        """Writes tickets from a history; events that only we have are kept."""
        return self.write(lambda c: tickets.merge_many(c, tenant, those))

    def ticket(self, tenant: str, ticket_id: str) -> Ticket:
        """The whole ticket. Raises `NotFound`."""
        return self.read(lambda c: tickets.get(c, tenant, ticket_id))

    def put_knowledge(self, tenant: str, articles: Sequence[Article], problems: Sequence[KnownProblem]) -> None:
        """Writes articles and known problems."""

        def change(connection: Connection) -> None:
            for article in articles:
                knowledge.put_article(connection, tenant, article)
            for problem in problems:
                knowledge.put_problem(connection, tenant, problem)

        self.write(change)

    def record_event(
        self, tenant: str, ticket: Ticket | None, ticket_id: str, event: Event,
        same_team: cases.SameTeam = str.__eq__,
    ) -> Ticket:  # fmt: skip
        """Notes what happened to a ticket, and the ticket itself when we have not seen it; the ticket as it is now.

        Where a person contradicts with it what was said of the ticket, that is noted as a case of its own.

        Raises `NotFound` for an unknown ticket that was not sent along, and `BadEvent`.
        """

        def change(connection: Connection) -> Ticket:
            known = tickets.get_many(connection, tenant, [ticket_id])
            if not known and ticket is not None:
                tickets.put_many(connection, tenant, [ticket])
            tickets.append_event(connection, tenant, ticket_id, event)
            whole = tickets.get(connection, tenant, ticket_id)
            cases.note_event(connection, tenant, whole, event, same_team)
            return whole

        return self.write(change)

    # Inbox

    def accept(self, tenant: str, delivery: Delivery) -> tuple[str, bool]:
        """Takes a delivery in, once; (run id, whether it is new). Raises `DeliveryReused`."""
        return self.write(lambda c: inbox.accept(c, tenant, delivery))

    def next_delivery(self, tenant: str, ticket_id: str) -> Delivery | None:
        """The ticket's earliest delivery that has not been worked on."""
        return self.read(lambda c: inbox.next_of(c, tenant, ticket_id))

    def finish_delivery(self, tenant: str, run: str, result: str, *, failed: bool = False) -> None:
        """Notes that a delivery has been worked on."""
        self.write(lambda c: inbox.finish(c, tenant, run, result=result, failed=failed))

    # Journeys

    def active_journey(self, tenant: str, ticket_id: str, *, review: bool = False) -> Journey | None:
        """The ticket's journey that runs or waits; with `review` the one that writes up what was learned."""
        found = self.read(lambda c: records.journeys.find(c, tenant, ticket_id=ticket_id))
        active = (one for one in found if one.state in (JourneyState.RUNNING, JourneyState.WAITING))
        return next((one for one in active if (one.trigger == Trigger.TICKET_CLOSED) == review), None)

    def journey(self, tenant: str, journey_id: str) -> Journey | None:
        """One journey, whatever its state; none when no delivery began it."""
        return self.read(lambda c: records.journeys.get_or_none(c, tenant, journey_id))

    def put_journey(self, tenant: str, journey: Journey) -> None:
        """Notes where a journey stands."""
        self.settle(tenant, journey, None, "")

    def settle(self, tenant: str, journey: Journey, run: str | None, result: str) -> None:
        """Notes where a journey stands and, at once, that the delivery `run` which brought it there is worked off."""

        def change(connection: Connection) -> None:
            records.journeys.put(
                connection, tenant, journey, id=journey.id, ticket_id=journey.ticket_id, at=journey.started_at,
                state=journey.state,
            )  # fmt: skip
            if run is not None:
                inbox.finish(connection, tenant, run, result=result)

        self.write(change)

    # People's decisions: each is recorded together with the delivery that lets the journey go on

    def decide_approval(
        self, tenant: str, approval_id: str, decide: Callable[[Approval], Approval], at: datetime
    ) -> tuple[Approval, str | None]:
        """Applies a vote or an expiry; (the approval, the run that goes on, if it is decided now)."""

        def change(connection: Connection) -> tuple[Approval, str | None]:
            before = records.approvals.get(connection, tenant, approval_id)
            after = decide(before)
            if after == before:
                return after, None
            return after, self.change_approval(connection, tenant, before, after, at)

        return self.write(change)

    def change_approval(
        self, connection: Connection, tenant: str, before: Approval, after: Approval, at: datetime
    ) -> str | None:
        """Writes a moved approval with the moments it waits for; the run that goes on, if it is decided now.

        Raises `Conflict` when it was moved meanwhile.
        """
        records.approvals.replace(
            connection, tenant, after, id=before.id, expected=before.version, state=after.state, version=after.version
        )
        audited.note_approval(connection, tenant, after)
        records.timers.drop_of(connection, tenant, after.id)
        for timer in timers_of(after):
            records.timers.put(connection, tenant, timer)
        if before.decided_at is not None or after.decided_at is None or after.state == ApprovalState.VOID:
            return None
        arrival = ApprovalDecided(ticket_id=after.action.ticket_id, approval_id=after.id)
        return inbox.accept(connection, tenant, own_delivery(tenant, f"approval:{after.id}", arrival, at))[0]

    def edit_draft(self, tenant: str, draft_id: str, article: ArticleBody, expected: int) -> Draft:
        """Replaces a draft's text. Raises `Conflict` when it was changed or decided meanwhile."""

        def change(connection: Connection) -> Draft:
            before = records.drafts.get(connection, tenant, draft_id)
            if before.state != DraftState.AWAITING_REVIEW:
                raise Conflict(f"draft {draft_id} is {before.state}")
            base = _current_version(connection, tenant, before)
            after = before.model_copy(update={"article": article, "version": before.version + 1, "base_version": base})
            records.drafts.replace(
                connection,
                tenant,
                after,
                id=draft_id,
                expected=expected,
                state=after.state,
                version=expected + 1,
            )
            audited.note_draft(connection, tenant, after)
            return after

        return self.write(change)

    def review_draft(
        self,
        tenant: str,
        draft_id: str,
        *,
        approve: bool,
        by: str,
        reason: str | None,
        expected: int,
        at: datetime,
    ) -> tuple[Draft, str]:
        """A reviewer's word on a draft; (the draft, the run that goes on). Raises `Conflict`, `IllegalMove`."""

        def change(connection: Connection) -> tuple[Draft, str]:
            before = records.drafts.get(connection, tenant, draft_id)
            current = _current_version(connection, tenant, before)
            if approve and before.base_version != current:
                raise Conflict(
                    f"article {before.article_id} is at version {current} by now, the draft was written on another",
                    mend="edit the draft on the newest version, then decide",
                )
            after = before.move(DraftState.APPROVED if approve else DraftState.REJECTED, by=by, reason=reason)
            records.drafts.replace(
                connection,
                tenant,
                after,
                id=draft_id,
                expected=expected,
                state=after.state,
                version=after.version,
            )
            audited.note_draft(connection, tenant, after)
            arrival = ReviewDecided(ticket_id=after.ticket_id, draft_id=draft_id)
            delivery = own_delivery(tenant, f"review:{draft_id}", arrival, at)
            return after, inbox.accept(connection, tenant, delivery)[0]

        return self.write(change)

    def move_escalation(
        self, tenant: str, escalation_id: str, to: EscalationState, *, by: str, why: str, at: datetime,
        expected: int | None = None,
    ) -> tuple[Escalation, str]:  # fmt: skip
        """Moves an escalation on; (the escalation, the run that sees to it). Raises `Conflict`, `IllegalMove`."""

        def change(connection: Connection) -> tuple[Escalation, str]:
            before = records.escalations.get(connection, tenant, escalation_id)
            after = before.move(to, at=at, by=by, why=why)
            records.escalations.replace(
                connection, tenant, after, id=escalation_id, expected=expected or before.version,
                state=after.state, version=after.version,
            )  # fmt: skip
            audited.note_escalation(connection, tenant, after)
            cases.note_move(connection, tenant, before, after)
            if to == EscalationState.BOUNCED:
                tickets.note_sent_back(connection, tenant, after.ticket_id, number=after.version, why=why, at=at)
            arrival = EscalationMoved(ticket_id=after.ticket_id, escalation_id=after.id, to=to, by=by, why=why)
            delivery = own_delivery(tenant, f"escalation:{after.id}:{after.version}", arrival, at)
            return after, inbox.accept(connection, tenant, delivery)[0]

        return self.write(change)

    # Outbox and timers

    def effect(self, tenant: str, key: str) -> Effect:
        """One effect. Raises `NotFound`."""
        return self.read(lambda c: outbox.get(c, tenant, key))

    def due_timers(self, at: datetime) -> list[tuple[str, Timer]]:
        """Timers of every tenant whose moment has come."""
        return self.read(lambda c: records.timers.due(c, at))

    def fire(self, tenant: str, timer: Timer, delivery: Delivery) -> str:
        """Turns a timer into a delivery; its run id."""

        def change(connection: Connection) -> str:
            run, _ = inbox.accept(connection, tenant, delivery)
            records.timers.drop(connection, tenant, timer.key, timer.due_at)
            return run

        return self.write(change)


def _current_version(connection: Connection, tenant: str, draft: Draft) -> int | None:
    """The version of the article that a draft patches; none for a draft that patches nothing."""
    if draft.choice != KnowledgeChoice.PATCH or draft.article_id is None:
        return None
    return knowledge.get_article(connection, tenant, draft.article_id).version
