"""`domain.ports.TicketHistory` on SQL: every answer is cut at the moment asked for."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine, func, or_, select

from adapters.storage import schema, tickets
from adapters.storage.engine import reading
from domain.asked_back import AskedBack
from domain.asof import as_of
from domain.errors import NotFound
from domain.ports import TrackRecord
from domain.ticket import Ticket
from learning.asked_back import AskBack, asked_back
from learning.track_record import ENOUGH_FOR_USUAL, Resolution, track_records, usual_minutes

R = TypeVar("R")

REMEMBERED = 2000
"""Tickets kept in memory, a few kilobytes each."""


class SqlHistory:
    """The tickets of every tenant, as of any moment."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._remembered: OrderedDict[tuple[str, str, str], Ticket] = OrderedDict()

    async def ticket(self, tenant: str, ticket_id: str, at: datetime) -> Ticket:
        """The ticket cut at `at`. Raises `NotFound` when it does not exist or was not open yet."""
        found = await self.tickets(tenant, [ticket_id], at)
        if not found:
            raise NotFound(f"there is no ticket {ticket_id}", mend="import it, or check the id and the tenant")
        return found[0]

    async def tickets(self, tenant: str, ids: Sequence[str], at: datetime) -> list[Ticket]:
        """Those of the named tickets that exist at `at`, each cut there, in the order asked for."""
        whole = await self._read(lambda c: self._whole(c, tenant, ids))
        return [as_of(ticket, at) for ticket in whole if ticket.created_at <= at]

    async def of_requester(self, tenant: str, requester: str, at: datetime, limit: int = 20) -> list[Ticket]:
        """The requester's tickets opened before `at`, newest first."""

        def query(connection: Connection) -> list[Ticket]:
            ids = tickets.ids_where(
                connection, tenant, requester=requester, opened_before=at, newest_first=True, limit=limit
            )
            return self._whole(connection, tenant, ids)

        return [as_of(ticket, at) for ticket in await self._read(query)]

    async def opened_between(self, tenant: str, start: datetime, end: datetime) -> list[Ticket]:
        """Tickets opened in [start, end), oldest first, each cut at `end`."""

        def query(connection: Connection) -> list[Ticket]:
            ids = tickets.ids_where(connection, tenant, opened_from=start, opened_before=end)
            return self._whole(connection, tenant, ids)

        return [as_of(ticket, end) for ticket in await self._read(query)]

    async def open_load(self, tenant: str, at: datetime) -> dict[str, int]:
        """Technician → number of open tickets that lay with them at `at`."""
        table = schema.stints
        query = (
            select(table.c.technician, func.count().label("held"))
            .where(table.c.tenant == tenant, table.c.start <= at, or_(table.c.end.is_(None), table.c.end > at))
            .group_by(table.c.technician)
        )
        return await self._read(lambda c: {row.technician: row.held for row in c.execute(query)})

    async def track_records(self, tenant: str, category: str | None, at: datetime) -> list[TrackRecord]:
        """Every technician's record on tickets of a category that were resolved by `at`."""
        known = await self._read(lambda c: _resolutions(c, tenant, category, at))
        return track_records(known, category, at)

    async def usual_minutes(self, tenant: str, category: str | None, at: datetime) -> float | None:
        """Median minutes from creation to resolution of such tickets; none with fewer than ten."""
        known = await self._read(lambda c: _resolutions(c, tenant, category, at))
        return usual_minutes(known, category, at)

    async def escalated_share(self, tenant: str, at: datetime) -> float | None:
        """Share of the tickets resolved by `at` that had climbed a tier; none with fewer than ten."""
        table, heads = schema.resolutions, schema.tickets
        resolved = select(table.c.ticket_id).where(table.c.tenant == tenant, table.c.at <= at).distinct().subquery()
        query = select(func.count(), func.count().filter(heads.c.climbed_at <= at)).select_from(
            resolved.join(heads, (heads.c.tenant == tenant) & (heads.c.id == resolved.c.ticket_id))
        )
        total, climbed = await self._read(lambda c: tuple(c.execute(query).one()))
        return climbed / total if total >= ENOUGH_FOR_USUAL else None

    async def asked_back(self, tenant: str, category: str | None, at: datetime) -> AskedBack:
        """What was asked after hand-overs of a category (none: of all) by `at`."""
        known = await self._read(lambda c: _ask_backs(c, tenant, category, at))
        return asked_back(known, category, at)

    def _whole(self, connection: Connection, tenant: str, ids: Sequence[str]) -> list[Ticket]:
        """The named tickets with all their events. A journey reads the same ones many times: by their hash they are
        known to be unchanged, and are not read and checked again."""
        stored = tickets.hashes(connection, tenant, ids)
        unknown = [id for id, digest in stored.items() if (tenant, id, digest) not in self._remembered]
        fresh = {ticket.id: ticket for ticket in tickets.get_many(connection, tenant, unknown)} if unknown else {}
        found = []
        for id in dict.fromkeys(one for one in ids if one in stored):
            key = (tenant, id, stored[id])
            ticket = fresh.get(id) or self._remembered.get(key)
            # Another thread may have dropped it between the two looks.
            ticket = ticket or tickets.get(connection, tenant, id)
            self._remembered[key] = ticket
            found.append(ticket)
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        return found

    async def _read(self, query: Callable[[Connection], R]) -> R:
        def run() -> R:
            with reading(self._engine) as connection:
                return query(connection)

        return await asyncio.to_thread(run)


def _ask_backs(connection: Connection, tenant: str, category: str | None, at: datetime) -> list[AskBack]:
    table = schema.ask_backs
    query = select(table).where(table.c.tenant == tenant, table.c.at <= at)
    if category is not None:
        query = query.where(table.c.category == category.lower())
    rows = connection.execute(query.order_by(table.c.at, table.c.ticket_id, table.c.position)).mappings()
    names = ("ticket_id", "at", "category", "kind", "text")
    return [AskBack(**{name: row[name] for name in names}) for row in rows]


def _resolutions(connection: Connection, tenant: str, category: str | None, at: datetime) -> list[Resolution]:
    table = schema.resolutions
    query = select(table).where(table.c.tenant == tenant, table.c.at <= at)
    if category is not None:
        query = query.where(table.c.category == category.lower())
    rows = connection.execute(query.order_by(table.c.at, table.c.ticket_id, table.c.position)).mappings()
    names = (
        "ticket_id", "at", "category", "technician", "team", "minutes", "minutes_open", "spoiled_at", "priority",
        "waited", "handed",
    )  # fmt: skip
    return [Resolution(**{name: row[name] for name in names}) for row in rows]
