"""Histories that can be told again and again, in the order of time: stored tickets, or files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from adapters.history_order import OrderedHistory
from adapters.storage import stream
from adapters.storage.store import Store
from domain.ticket import Ticket
from learning.stream import begins


@dataclass(frozen=True)
class Source:
    """A history, with what has to be known of it before it is told."""

    tell: Callable[[datetime | None], Iterator[Ticket]]
    """The tickets that begin at or after a moment (none: all), in order of their first event."""
    first: datetime | None
    """The first event; none in an empty history."""
    last: datetime | None
    """The last one, up to the moment beyond which nothing is to be known."""
    last_begun: datetime | None
    """When the last ticket began."""
    events: int
    """Up to `last`."""
    begun: Callable[[datetime], int]
    """How many tickets begin at or after a moment."""


def stored(store: Store, tenant: str, until: datetime) -> Source:
    """What was imported or came in up to `until`."""
    engine = store.engine
    first, last, last_begun = stream.span(engine, tenant, until)
    return Source(
        tell=lambda since: stream.in_order(engine, tenant, since=since), first=first, last=last,
        last_begun=last_begun, events=stream.count(engine, tenant, until=until),
        begun=lambda since: stream.begun(engine, tenant, since, until),
    )  # fmt: skip


def files(history: OrderedHistory, until: datetime) -> Source:
    """The tickets of files, up to `until`."""
    first = last = None
    events = 0
    begun: list[datetime] = []
    for ticket in history:
        if begins(ticket) <= until:
            begun.append(begins(ticket))
        for event in ticket.events:
            if event.at <= until:
                events += 1
                first, last = min(first or event.at, event.at), max(last or event.at, event.at)
    return Source(
        tell=lambda since: (one for one in history if since is None or begins(one) >= since), first=first, last=last,
        last_begun=max(begun, default=None), events=events, begun=lambda since: sum(one >= since for one in begun),
    )  # fmt: skip
