"""One look at a ticket: the numbers and the keys that models read, always in the same order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.policy.policy import Policy
from domain.ticket import Ticket
from learning.desk import Desk
from learning.features import course as own
from learning.features import surrounding, words

CLOCK = ("hour", "weekday")
NUMBERS = (*CLOCK, *own.NUMBERS, *surrounding.NUMBERS, *words.NUMBERS)
"""Names of `Observation.numbers`."""
SINGLE = (
    "team", "technician", "first_team", "category", "subcategory", "service", "requester", "site", "opener", "actor",
    "status", "last_kind", "priority", "impact", "urgency", "channel", "type", "tier", "role",
)  # fmt: skip
PAIRS = (
    ("team", "category"), ("team", "opener"), ("category", "opener"), ("service", "team"), ("site", "team"),
    ("subcategory", "opener"), ("category", "site"), ("subcategory", "team"), ("team", "status"), ("actor", "status"),
    ("technician", "category"), ("technician", "tier"), ("technician", "status"), ("category", "tier"),
    ("category", "status"), ("service", "category"),
)  # fmt: skip
"""Two keys read together: what is usual for a team's tickets of one category."""
KEYS = (*SINGLE, *(f"{one} × {two}" for one, two in PAIRS))
"""Names of `Observation.keys`."""


@dataclass(frozen=True, slots=True)
class Observation:
    """A ticket at a moment."""

    numbers: tuple[float, ...]
    """The values of `NUMBERS`; not-a-number where there is none."""
    keys: tuple[str | None, ...]
    """The values of `KEYS`; none where there is none."""
    events: int
    hours_open: float
    resolved: bool
    fresh: bool
    """Nothing but the creation, and what shares the moment of the first event after it, has happened."""


def observe(
    ticket: Ticket, at: datetime, desk: Desk, policy: Policy | None = None, *, desk_at: datetime | None = None
) -> Observation:  # fmt: skip
    """What is to be seen of a (cut) ticket at `at` on a desk that was told everything up to then.

    `desk_at`: the desk was told nothing since this moment, and is read as it stood then.
    """
    seconds, now = at.timestamp(), own.course(ticket)
    stood = seconds if desk_at is None else min(seconds, desk_at.timestamp())
    keys = _keys(ticket, now)
    guests = int(now.resolved_at is None and not desk.follows(ticket.id))
    local = at.astimezone(_zone(policy.head.zone if policy else "UTC"))
    numbers = (
        local.hour + local.minute / 60.0, float(local.weekday()), *now.numbers(seconds),
        *surrounding.numbers(keys, desk, stood, guests), *words.numbers(ticket, policy, at),
    )  # fmt: skip
    return Observation(
        numbers=numbers, keys=(*(keys[name] for name in SINGLE), *(_both(keys, pair) for pair in PAIRS)),
        events=len(ticket.events), hours_open=(seconds - now.opened) / 3600.0, resolved=now.resolved_at is not None,
        fresh=now.first_at is None or now.last_at <= now.first_at,
    )  # fmt: skip


def _keys(ticket: Ticket, now: own.Course) -> dict[str, str | None]:
    requester = ticket.requester
    return {
        "team": now.team, "technician": now.technician, "first_team": now.first_team, "category": now.category,
        "subcategory": ticket.subcategory, "service": ticket.service, "requester": ticket.requester_id,
        "site": requester.site if requester else None, "opener": ticket.events[0].actor_id if ticket.events else None,
        "actor": now.last_actor, "status": now.status, "last_kind": now.last_kind, "priority": now.priority,
        "impact": ticket.impact, "urgency": ticket.urgency, "channel": ticket.channel, "type": ticket.type,
        "tier": now.tier, "role": requester.role if requester else None,
    }  # fmt: skip


def _both(keys: dict[str, str | None], pair: tuple[str, str]) -> str | None:
    one, two = keys[pair[0]], keys[pair[1]]
    return None if one is None or two is None else f"{one}\x1f{two}"


@lru_cache(maxsize=16)
def _zone(name: str) -> tzinfo:
    return ZoneInfo(name)
