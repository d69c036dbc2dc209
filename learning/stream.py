"""A history told in the order in which it happened, event by event across all tickets."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.errors import BadInput
from domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of one ticket. `ticket` is whole: cut it (`domain.asof.cut_after(ticket, count)`) before anything
    that judges sees it."""

    at: datetime
    ticket: Ticket
    count: int
    """Events of the ticket up to and including this one."""


def happenings(tickets: Iterable[Ticket]) -> Iterator[Happening]:
    """Every event in order of time, then of ticket id, then of position.

    `tickets` come in order of their first event (or creation, where there is none); only those with events still to
    come are held. Raises `BadInput` when one starts before the one before it.
    """
    waiting: list[tuple[datetime, str, int, Ticket]] = []
    latest: datetime | None = None
    for ticket in tickets:
        first = begins(ticket)
        if latest is not None and first < latest:
            raise BadInput(
                f"ticket {ticket.id} begins at {first.isoformat()}, before the one before it",
                mend="sort the tickets by their first event",
            )
        latest = first
        while waiting and waiting[0][0] < first:
            yield _next(waiting)
        if ticket.events:
            heapq.heappush(waiting, (ticket.events[0].at, ticket.id, 0, ticket))
    while waiting:
        yield _next(waiting)


def begins(ticket: Ticket) -> datetime:
    """When a ticket enters the stream: at its first event, or at its creation where it has none."""
    return ticket.events[0].at if ticket.events else ticket.created_at


def in_order(tickets: Iterable[Ticket]) -> list[Ticket]:
    """The tickets in the order in which they enter the stream, then by id."""
    return sorted(tickets, key=lambda one: (begins(one), one.id))


def _next(waiting: list[tuple[datetime, str, int, Ticket]]) -> Happening:
    at, id_, position, ticket = waiting[0]
    if position + 1 < len(ticket.events):
        heapq.heapreplace(waiting, (ticket.events[position + 1].at, id_, position + 1, ticket))
    else:
        heapq.heappop(waiting)
    return Happening(at=at, ticket=ticket, count=position + 1)
