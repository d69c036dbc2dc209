"""A small history made by code: a desk with two teams, tickets that wait, go up, come back and are resolved."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from domain.history import ticket_from
from domain.ticket import Ticket
from learning.stream import in_order

FIRST = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def history(count: int = 60, seed: int = 3) -> list[Ticket]:
    """So many tickets in the order in which they begin; labels, tiers, teams and technicians are all there."""
    rng = random.Random(seed)
    return in_order(_ticket(rng, number) for number in range(count))


def _ticket(rng: random.Random, number: int) -> Ticket:
    at = FIRST + timedelta(minutes=rng.randrange(60 * 24 * 10))
    slow = rng.random() < 0.4
    created, who = at, rng.choice(("ana", "ben", "cleo"))
    events: list[dict[str, JsonValue]] = [
        _event("created", at, who="r-1", role="requester", body=rng.choice(_BODIES), tier="L1")
    ]
    at += timedelta(minutes=rng.randrange(1, 40))
    events.append(_event("assignment", at, who=who, team="service-desk", technician=who, tier="L1"))
    up = slow and rng.random() < 0.6
    escalated_at = None
    if up:
        at += timedelta(hours=rng.randrange(4, 60))
        escalated_at = at
        events.append(_event("assignment", at, who=who, team="network", technician="dora", tier="L2"))
        events.append({**_event("tier", at, who=who, tier="L2"), "from": "L1", "to": "L2"})
    at += timedelta(hours=rng.randrange(30, 90) if slow else rng.randrange(1, 6))
    events.append(_event("resolved", at, who=who if not up else "dora"))
    if rng.random() < 0.2:
        at += timedelta(hours=1)
        events.append(_event("reopened", at, who="r-1", role="requester"))
        at += timedelta(hours=rng.randrange(1, 30))
        events.append(_event("resolved", at, who=who))
    end = at
    if rng.random() < 0.8:
        at += timedelta(days=1)
        events.append(_event("closed", at, who="system", role="system"))
    for place, event in enumerate(events):
        event["id"] = f"e{place}"
    outcome: dict[str, JsonValue] = {"sla_met": not slow, "escalated": up}
    if escalated_at is not None:
        outcome["escalated_at"] = escalated_at.isoformat()
    return ticket_from(
        {
            "id": f"T-{number:03}", "created_at": created.isoformat(), "subject": "Something is wrong",
            "priority": rng.choice(("high", "medium")), "category": rng.choice(("vpn", "mail", "odd")),
            "requester": {"id": f"r-{number % 5}", "email": f"r{number % 5}@example.com"},
            "resolved_at": end.isoformat(), "outcome": outcome, "events": list(events),
        }
    )  # fmt: skip


_BODIES = ("It does not work.", "Still nothing, this is unacceptable.", "The VPN drops every hour.")


def _event(
    kind: str, at: datetime, *, who: str, role: str = "technician", body: str | None = None, **more: JsonValue
) -> dict[str, JsonValue]:  # fmt: skip
    return {
        "kind": kind, "at": at.isoformat(), "actor": {"id": who, "role": role}, "body": body,
        "visibility": "public" if body else None, **more,
    }  # fmt: skip
