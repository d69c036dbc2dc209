"""When a ticket went up a tier, as its events tell it."""

from __future__ import annotations

from datetime import datetime

from domain.ticket import Event, EventKind, Ticket, Tier

TIER_RANK = {tier.value: rank for rank, tier in enumerate(Tier)}


def climbs(ticket: Ticket) -> tuple[datetime, ...]:
    """The moments at which the ticket went to a higher tier than it had just had; empty when no event says so."""
    found: list[datetime] = []
    current: int | None = None
    for event in ticket.events:
        up, current = step(current, event)
        if up:
            found.append(event.at)
    return tuple(found)


def step(rank: int | None, event: Event) -> tuple[bool, int | None]:
    """Whether the event takes a ticket of this rank (none: not known yet) to a higher tier, and its rank afterwards."""
    moves = event.kind == EventKind.TIER
    if moves and rank is None and event.from_ is not None:
        rank = TIER_RANK.get(str(event.from_))
    named = event.tier or (str(event.to) if moves and event.to is not None else None)
    after = TIER_RANK.get(named) if named else None
    if after is None:
        return False, rank
    return rank is not None and after > rank, after
