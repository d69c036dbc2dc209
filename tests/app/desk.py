"""A service desk of its own for each test: deliveries go in through the engine's door, records are looked at."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.clock import SetClock
from adapters.storage import inbox, outbox, records
from adapters.storage.store import run_id
from app.bootstrap import Services
from domain.approval import Approval
from domain.effects import Effect, Message, WriteBack
from domain.escalation import Escalation, EscalationState
from domain.journey import Delivery, EventArrived, Journey
from domain.knowledge import Draft
from domain.ticket import Actor, ActorRole, Event, EventKind, Ticket
from tests.conftest import NOW
from tests.tickets import comment, ticket

QUIET = "The printer on the second floor takes a minute per page. No rush."
LOUD = "Please escalate this. The whole team cannot work, this is unacceptable."
ASKED = "Please escalate this. The vpn drops all the time and I cannot work, this is unacceptable."
"""Goes up, and the form for VPN tickets misses the error code."""
SIGNED = "Please escalate this. I need write access to the production database because the audit starts tomorrow."
"""Goes up, and needs the data security officer's word."""
CATEGORY = {ASKED: "vpn", SIGNED: "database-access"}


def later(minutes: float) -> datetime:
    """So many minutes after NOW."""
    return NOW + timedelta(minutes=minutes)


def fresh(body: str) -> Ticket:
    """A ticket that nobody has touched yet, of the category that belongs to the text."""
    return ticket(subject="Help", body=body, category=CATEGORY.get(body))


def arrived(
    tenant: str, event: Event, *, sent_with: Ticket | None = None, ticket_id: str = "T-1", name: str = ""
) -> Delivery:
    """The delivery that carries an event; it is named by the event unless `name` says otherwise."""
    delivery_id = name or f"{ticket_id}:{event.id}"
    return Delivery(
        source="test", delivery_id=delivery_id, run_id=run_id(tenant, "test", delivery_id), received_at=NOW,
        arrival=EventArrived(ticket_id=ticket_id, event=event, ticket=sent_with),
    )  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """One tenant of a running house."""

    services: Services
    tenant: str
    clock: SetClock

    def opens(self, body: str) -> Delivery:
        """A new ticket T-1 comes in and is worked off."""
        new = fresh(body)
        return self.take(arrived(self.tenant, new.events[0], sent_with=new))

    def hears(self, event: Event, name: str = "") -> Delivery:
        """Something happens to T-1 and is worked off."""
        return self.take(arrived(self.tenant, event, name=name))

    def ends(self, kind: EventKind, *, at: datetime = NOW, by: str = "noor-aziz") -> Delivery:
        """A technician resolves or closes T-1."""
        actor = Actor(id=by, role=ActorRole.TECHNICIAN)
        return self.hears(Event(id=f"e-{kind}", at=at, kind=kind, actor=actor, to=kind.value))

    def technician_writes(self, id: str, body: str, *, at: datetime = NOW, internal: bool = False) -> Delivery:
        """Somebody of the desk writes into T-1."""
        return self.hears(comment(id, body, at=at, role=ActorRole.TECHNICIAN, by="jamie-north", internal=internal))

    def take(self, delivery: Delivery) -> Delivery:
        """Takes a delivery in and waits until it is worked off."""
        self.services.engine.take(self.tenant, delivery)
        self.rest()
        return delivery

    def time_passes(self, minutes: float) -> None:
        """It is so many minutes after NOW; timers that are due have been fired and worked off."""
        self.clock.at = later(minutes)
        self.services.engine.sweep()
        self.rest()

    def votes(self, *, approve: bool, reason: str = "") -> None:
        """The data security officer decides on what is pending."""
        [pending] = self.approvals()
        at = self.clock.now()
        _, run = self.services.store.decide_approval(
            self.tenant, pending.id,
            lambda one: one.vote(
                by="dana-whitlock", approve=approve, seen_hash=pending.content_hash, at=at, reason=reason
            ),
            at,
        )  # fmt: skip
        assert run is not None
        self.goes_on(run)

    def moves(self, to: EscalationState, *, by: str, why: str) -> str:
        """The receiving side moves the escalation; the run that sees to it."""
        [raised] = self.escalations()
        _, run = self.services.store.move_escalation(self.tenant, raised.id, to, by=by, why=why, at=self.clock.now())
        self.goes_on(run)
        return run

    def goes_on(self, run: str) -> None:
        """What a person decided is worked off."""
        self.services.engine.go_on(self.tenant, "T-1", run)
        self.rest()

    def rest(self) -> None:
        """Waits until nothing is left to do."""
        deadline = time.monotonic() + 60
        while not self.services.engine.idle():
            assert time.monotonic() < deadline, "the engine did not come to rest"
            time.sleep(0.01)

    def ticket(self) -> Ticket:
        """T-1 as it is stored."""
        return self.services.store.ticket(self.tenant, "T-1")

    def journey(self, run: str | Delivery) -> Journey:
        """The journey that a delivery began."""
        id = run if isinstance(run, str) else run.run_id
        journey = self.services.store.journey(self.tenant, id)
        assert journey is not None
        return journey

    def journeys(self) -> list[Journey]:
        """Every journey of T-1, newest first."""
        return self.services.store.read(lambda c: records.journeys.find(c, self.tenant, ticket_id="T-1"))

    def result(self, delivery: Delivery) -> tuple[str, str | None]:
        """(state, result) of a delivery."""
        return self.services.store.read(lambda c: inbox.status(c, self.tenant, delivery.run_id))[1:]

    def escalations(self) -> list[Escalation]:
        """Of T-1, newest first."""
        return self.services.store.read(lambda c: records.escalations.find(c, self.tenant, ticket_id="T-1"))

    def approvals(self) -> list[Approval]:
        """Of T-1, newest first."""
        return self.services.store.read(lambda c: records.approvals.find(c, self.tenant, ticket_id="T-1"))

    def drafts(self) -> list[Draft]:
        """Of T-1, newest first."""
        return self.services.store.read(lambda c: records.drafts.find(c, self.tenant, ticket_id="T-1"))

    def effects(self) -> list[Effect]:
        """Everything done outside for T-1."""
        return self.services.store.read(lambda c: outbox.of_ticket(c, self.tenant, "T-1"))

    def changes(self) -> list[WriteBack]:
        """The changes in the helpdesk among the effects."""
        return [one.body for one in self.effects() if isinstance(one.body, WriteBack)]

    def mails(self) -> list[Message]:
        """The messages among the effects."""
        return [one.body for one in self.effects() if isinstance(one.body, Message)]
