"""Histories made by code: a desk whose slow team, busy hours and difficult category are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from domain.ticket import Actor, ActorRole, Event, EventKind, Outcome, Requester, Ticket

START = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
"""A Monday."""
TEAMS = ("desk", "network", "access", "field")
SLOW = {"desk": 0.05, "network": 0.6, "access": 0.2, "field": 0.35}
"""The chance that a team's ticket takes longer than its promise."""
UP = {"desk": 0.1, "network": 0.5, "access": 0.2, "field": 0.3}
"""The chance that a team's ticket goes up a tier."""


def made(count: int, *, seed: int = 0, days: float = 60.0, start: datetime = START) -> list[Ticket]:
    """Tickets over so many days, each with events up to its closing."""
    draw = Random(seed)
    return [_one(number, draw, start + timedelta(days=days * number / count)) for number in range(count)]


def _one(number: int, draw: Random, opened: datetime) -> Ticket:
    team = draw.choice(TEAMS)
    late, up = draw.random() < SLOW[team], draw.random() < UP[team]
    length = draw.uniform(100, 200) if late else draw.uniform(0.5, 60)
    technician = Actor(id=f"{team}-{draw.randrange(3)}", role=ActorRole.TECHNICIAN)

    def event(place: int, hours: float, kind: EventKind, **more: object) -> Event:
        values = {"id": f"e{place}", "at": opened + timedelta(hours=hours), "kind": kind, "actor": technician}
        return Event.model_validate({**values, **more})

    events = [
        event(1, 0.0, EventKind.CREATED, tier="L1"),
        event(2, 0.1, EventKind.ASSIGNMENT, team=team, technician=technician.id),
        event(3, 0.1, EventKind.STATUS, to="Active"),
    ]
    climbed = opened + timedelta(hours=length * 0.3)
    if up:
        events.append(event(4, length * 0.3, EventKind.TIER, **{"from": "L1", "to": "L2"}))
    events.append(event(5, length * 0.5, EventKind.FIELD, field="update"))
    events.append(event(6, length, EventKind.RESOLVED, to="Resolved"))
    events.append(event(7, length + 24, EventKind.CLOSED, to="Closed"))
    return Ticket(
        id=f"T-{number:05d}", source="made", requester=Requester(id=f"r-{draw.randrange(40)}", site="north"),
        category=draw.choice(("mail", "vpn", "printer")), priority="3", created_at=opened,
        resolved_at=events[-2].at, closed_at=events[-1].at, events=tuple(events),
        outcome=Outcome(sla_met=not late, escalated=up, escalated_at=climbed if up else None),
    )  # fmt: skip


def without_outcomes(tickets: Sequence[Ticket]) -> list[Ticket]:
    """The same tickets without a word of what came of them."""
    return [one.model_copy(update={"outcome": Outcome()}) for one in tickets]
