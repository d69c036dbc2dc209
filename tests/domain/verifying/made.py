"""One ticket with something of everything, and a short way to verify a sentence of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from domain.handoff import Claim
from domain.ticket import Actor, ActorRole, Event, EventKind, Ticket
from domain.verifying.facts import Facts
from domain.verifying.verifier import verify
from tests.conftest import NOW
from tests.tickets import comment, ticket

OPENED = NOW - timedelta(hours=5)


def changed(id: str, kind: EventKind, minutes: int, **values: Any) -> Event:
    """Something that happened to the ticket besides words."""
    whole: dict[str, Any] = {"id": id, "at": OPENED + timedelta(minutes=minutes), "kind": kind, **values}
    return Event(actor=Actor(id="ada", role=ActorRole.TECHNICIAN), **whole)


def said(id: str, minutes: int, body: str, *, by: str = "ada", internal: bool = False) -> Event:
    """Something the technician wrote; the requester when `by` is his id."""
    role = ActorRole.REQUESTER if by == "r-7" else ActorRole.TECHNICIAN
    return comment(id, body, at=OPENED + timedelta(minutes=minutes), role=role, by=by, internal=internal)


def whole_ticket(*more: Event) -> Ticket:
    """An open ticket about a print server, with eight events and more."""
    made = ticket(
        subject="Print server srv-print-02 is down",
        body="Nobody on floor 3 can print since 09:15. The error 0x80070005 appears. About 40 users are affected.",
        opened=OPENED, priority="high",
    )  # fmt: skip
    events = (
        *made.events,
        changed("e2", EventKind.ASSIGNMENT, 10, team="Desk", technician="ada", tier="L1"),
        said("e3", 20, "I restarted the spooler on srv-print-02 at 10:05, it did not help."),
        said("e4", 30, "Could you restart your computer, please?"),
        said("e5", 40, "I restarted my computer. It still does not work.", by="r-7"),
        said("e6", 50, "Bo thinks the driver 6.1.7 might be broken, the contract with Acme ends soon.", internal=True),
        said("e7", 60, "We will replace the driver 6.1.7 tomorrow."),
        said("e8", 70, "The invoice of 1,200 EUR was paid on 3 March 2026, it took 90 minutes."),
    )
    return made.model_copy(update={"events": (*events, *more)})


FACTS = Facts.of(whole_ticket())


def blocks(text: str, *sources: str, facts: Facts = FACTS) -> set[str]:
    """The kinds of block that a claim with these sources runs into; none when it may stand."""
    return {one.kind for one in verify([Claim(text=text, sources=sources)], facts).blocked}
