"""When a ticket went up a tier, as its events tell it."""

from __future__ import annotations

from datetime import datetime

from domain.ticket import EventKind, Ticket, Tier

TIER_RANK = {tier.value: rank for rank, tier in enumerate(Tier)}


def climbs(ticket: Ticket) -> tuple[datetime, ...]:
    """The moments at which the ticket went to a higher tier than it had just had; empty when no event says so."""
    found: list[datetime] = []
    current: int | None = None
    for event in ticket.events:
        moves = event.kind == EventKind.TIER
        if moves and current is None and event.from_ is not None:
            current = TIER_RANK.get(str(event.from_))
        named = event.tier or (str(event.to) if moves and event.to is not None else None)
        rank = TIER_RANK.get(named) if named else None
        if rank is None:
            continue
        if current is not None and rank > current:
            found.append(event.at)
        current = rank
    return tuple(found)
