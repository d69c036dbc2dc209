"""How the desk around a ticket fares at a moment: load, flow, and what came lately of tickets like it."""

from __future__ import annotations

from math import log1p

from learning.desk import EVERYTHING, Desk, Key, Lately

SHRINK = 4.0
"""Tickets of the whole desk that a key's share is mixed with: with as many own ones, both weigh the same."""
RATED = ("team", "category", "subcategory", "service", "requester", "site", "opener")
"""Dimensions whose shares are looked at, besides the whole desk."""
SHARES = ("slow_day", "slow_week", "up_day", "breached", "climbed")
"""Not resolved after a day, after five days; gone up after a day; of those closed, with a missed SLA; of those ended,
gone up."""
LOADS = (
    "open_all", "open_team", "open_technician", "open_category", "open_requester", "arrived_all", "arrived_team",
    "flow_all", "flow_team", "arrived_category", "arrived_requester", "arrived_site",
)  # fmt: skip
NUMBERS = (*LOADS, *(f"all_{share}" for share in SHARES), *(f"{key}_{share}" for key in RATED for share in SHARES))


def numbers(keys: dict[str, str | None], desk: Desk, at: float, guests: int = 0) -> list[float]:
    """The values of `NUMBERS`; shares are shrunk towards the whole desk's, which starts at a half.

    `guests`: 1 for an open ticket that the desk was not told of, so that its load counts it like any other.
    """
    whole = _shares(desk.lately(EVERYTHING, at), (0.5,) * len(SHARES))
    found = [*_loads(keys, desk, at, guests), *whole]
    for dimension in RATED:
        value = keys.get(dimension)
        found += whole if value is None else _shares(desk.lately((dimension, value), at), whole)
    return found


def _shares(seen: Lately, prior: tuple[float, ...]) -> tuple[float, ...]:
    pairs = (
        (seen.slow[0], seen.seen[0]), (seen.slow[1], seen.seen[1]), (seen.up[0], seen.seen[0]),
        (seen.breached, seen.closed), (seen.climbed, seen.ended),
    )  # fmt: skip
    return tuple((hit + SHRINK * usual) / (n + SHRINK) for (hit, n), usual in zip(pairs, prior, strict=True))


def _loads(keys: dict[str, str | None], desk: Desk, at: float, guests: int) -> list[float]:
    team, technician = keys.get("team"), keys.get("technician")
    category, requester, site = keys.get("category"), keys.get("requester"), keys.get("site")

    def opened(dimension: str, value: str | None) -> float:
        return log1p(desk.open_tickets(dimension, value) + guests) if value else 0.0

    def arrived(dimension: str, value: str | None) -> float:
        return log1p(desk.arrived((dimension, value), at) + guests) if value else 0.0

    return [
        log1p(desk.open_tickets() + guests), opened("team", team), opened("technician", technician),
        opened("category", category), opened("requester", requester), log1p(desk.arrived(EVERYTHING, at) + guests),
        arrived("team", team), _flow(EVERYTHING, desk, at, guests),
        _flow(("team", team), desk, at, guests) if team else 0.0,
        arrived("category", category), arrived("requester", requester), arrived("site", site),
    ]  # fmt: skip


def _flow(key: Key, desk: Desk, at: float, guests: int) -> float:
    """Resolved against arrived lately, as a log-ratio: below 0 the work piles up."""
    return log1p(desk.resolved(key, at)) - log1p(desk.arrived(key, at) + guests)
