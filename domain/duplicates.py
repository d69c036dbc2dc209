"""The same request sent twice: by the same requester or about the same asset, with nearly the same text.

The lines are numbers of `domain.thresholds`.
"""

from __future__ import annotations

from collections.abc import Iterable

from domain.asof import standing
from domain.surroundings import Companion
from domain.thresholds import (
    DUPLICATE_COSINE,
    DUPLICATE_COSINE_SAME_THING,
    DUPLICATE_OVERLAP,
    DUPLICATE_WINDOW,
)
from domain.ticket import EventKind, Ticket


def duplicate_of(ticket: Ticket, companions: Iterable[Companion]) -> str | None:
    """The open, earlier ticket that this one repeats; the nearest, and the oldest of equally near ones.

    None when the ticket is already linked as a duplicate.
    """
    if already_linked(ticket):
        return None
    same = [
        one
        for one in companions
        if _earlier(one.ticket, ticket) and standing(one.ticket).open and _same_request(ticket, one)
    ]
    if not same:
        return None
    best = min(same, key=lambda one: (-(one.similarity or one.overlap), one.ticket.created_at, one.ticket.id))
    return best.ticket.id


def already_linked(ticket: Ticket) -> bool:
    """Whether the ticket is already tied to the one it repeats."""
    by_event = any(
        event.kind == EventKind.LINK and event.field == "duplicate_of" and event.to is not None
        for event in ticket.events
    )
    return by_event or any(link.kind == "duplicate_of" for link in ticket.links)


def _same_request(ticket: Ticket, other: Companion) -> bool:
    same_person = _same(ticket.requester_id, other.ticket.requester_id)
    same_asset = _same(ticket.asset, other.ticket.asset)
    if not same_person and not same_asset:
        return False
    if other.overlap >= DUPLICATE_OVERLAP:
        return True
    same_thing = same_person and (same_asset or _same(ticket.service, other.ticket.service))
    line = DUPLICATE_COSINE_SAME_THING if same_thing else DUPLICATE_COSINE
    return other.similarity is not None and other.similarity >= line


def _earlier(other: Ticket, ticket: Ticket) -> bool:
    before = (other.created_at, other.id) < (ticket.created_at, ticket.id)
    return before and ticket.created_at - other.created_at <= DUPLICATE_WINDOW


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.casefold() == other.casefold()
