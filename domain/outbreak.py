"""Other people with the same trouble at the same time, and the same request sent twice.

Reports by different people about one thing are an outbreak; the same requester (or the same asset) with nearly the
same text is a duplicate. The lines between them are numbers of `domain.thresholds`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.asof import standing
from domain.surroundings import Companion
from domain.thresholds import (
    DUPLICATE_COSINE,
    DUPLICATE_COSINE_SAME_THING,
    DUPLICATE_OVERLAP,
    DUPLICATE_WINDOW,
    OUTBREAK_COSINE,
    OUTBREAK_COSINE_SAME_SERVICE,
    OUTBREAK_OTHERS,
    OUTBREAK_OVERLAP,
    OUTBREAK_WINDOW,
)
from domain.ticket import EventKind, Ticket


def outbreak_of(ticket: Ticket, at: datetime, companions: Iterable[Companion]) -> tuple[Ticket, ...]:
    """The tickets of other requesters about the same thing, opened within the window before `at`, oldest first.

    Empty unless enough different requesters wrote them. Tickets without a requester count one each.
    """
    near = [
        one.ticket
        for one in companions
        if at - OUTBREAK_WINDOW <= one.ticket.created_at <= at
        and one.ticket.id != ticket.id
        and (ticket.requester_id is None or one.ticket.requester_id != ticket.requester_id)
        and _about_the_same(ticket, one)
    ]
    writers = {one.requester_id or f"ticket {one.id}" for one in near}
    if len(writers) < OUTBREAK_OTHERS:
        return ()
    return tuple(sorted(near, key=lambda one: (one.created_at, one.id)))


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


def _about_the_same(ticket: Ticket, other: Companion) -> bool:
    if other.similarity is None:
        return other.overlap >= OUTBREAK_OVERLAP
    line = OUTBREAK_COSINE_SAME_SERVICE if _same(ticket.service, other.ticket.service) else OUTBREAK_COSINE
    return other.similarity >= line


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
