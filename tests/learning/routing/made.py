"""A small desk whose tickets end with a team that their service, words and first technician tell."""

from __future__ import annotations

import random
from datetime import timedelta

from domain.ticket import Actor, ActorRole, Event, EventKind, Requester, Ticket
from tests.conftest import NOW

TEAMS = {"vpn": "network", "mail": "messaging", "sap": "finance", "laptop": "field"}
WORDS = {
    "vpn": ("tunnel does not connect", "vpn client hangs"), "mail": ("mailbox is full", "outlook asks for a password"),
    "sap": ("invoice cannot be posted", "sap role is missing"), "laptop": ("screen stays black", "battery is swollen"),
}  # fmt: skip


def history(
    size: int, seed: int = 0, *, ends: bool = True, text: bool = True, stray: float = 0.1, teams: int = 4
) -> list[Ticket]:
    """`size` tickets, one an hour; `stray` of them end with another team than their service tells."""
    rng = random.Random(seed)
    services = list(TEAMS)[:teams]
    made = []
    for number in range(size):
        service = rng.choice(services)
        final = TEAMS[rng.choice(services)] if rng.random() < stray else TEAMS[service]
        made.append(one(number, service, final, rng, ends=ends, text=text))
    return made


def one(number: int, service: str, final: str, rng: random.Random, *, ends: bool = True, text: bool = True) -> Ticket:
    """A ticket that the desk takes first and hands to its final team after twenty minutes."""
    at = NOW + timedelta(hours=number)
    first = f"desk-{service}" if rng.random() < 0.8 else "desk-any"
    happened = [
        (0, EventKind.CREATED, None, None), (5, EventKind.ASSIGNMENT, "desk", first),
        (25, EventKind.ASSIGNMENT, final, f"{final}-1"),
    ]  # fmt: skip
    if ends:
        happened += [(90, EventKind.RESOLVED, None, None), (200, EventKind.CLOSED, None, None)]
    events = tuple(
        Event(
            id=f"e{place}", at=at + timedelta(minutes=minutes), kind=kind, team=team, technician=who,
            actor=Actor(id=who or "r", role=ActorRole.TECHNICIAN if who else ActorRole.REQUESTER),
        )
        for place, (minutes, kind, team, who) in enumerate(happened)
    )  # fmt: skip
    return Ticket(
        id=f"T-{number:05}", created_at=at, requester=Requester(id=f"r{number % 17}"), events=events,
        subject=rng.choice(WORDS[service]) if text else None, description="please help" if text else None,
        service=None if text else service,
    )  # fmt: skip
