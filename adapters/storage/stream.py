"""Stored tickets and events in the order of time, a page at a time, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, and_, func, or_, select, tuple_

from adapters.storage import schema, tickets
from adapters.storage.engine import reading
from domain.ticket import Ticket
from learning.stream import Happening

PAGE = 500
"""Tickets read at once."""


def in_order(
    engine: Engine, tenant: str, *, since: datetime | None = None, before: datetime | None = None
) -> Iterator[Ticket]:
    """The tickets that begin in [since, before), whole, in order of their first event, then of id.

    Each page is a read of its own: nothing is locked while the caller thinks.
    """
    after: tuple[datetime, str] | None = None
    while True:
        with reading(engine) as connection:
            page = _begun(connection, tenant, since, before, after)
            whole = {one.id: one for one in tickets.get_many(connection, tenant, [id for _, id in page])}
        for _, id in page:
            if id in whole:
                yield whole[id]
        if len(page) < PAGE:
            return
        after = page[-1]


def count(engine: Engine, tenant: str, *, since: datetime | None = None, until: datetime | None = None) -> int:
    """How many events lie in [since, until]."""
    table = schema.events
    query = select(func.count()).select_from(table).where(table.c.tenant == tenant)
    if since is not None:
        query = query.where(table.c.at >= since)
    if until is not None:
        query = query.where(table.c.at <= until)
    with reading(engine) as connection:
        return connection.execute(query).scalar_one()


class Span(NamedTuple):
    """The first and the last event, and the first event of the ticket that began last; none without any."""

    first: datetime | None
    last: datetime | None
    last_begun: datetime | None


def span(engine: Engine, tenant: str, until: datetime) -> Span:
    """Of the events up to `until`."""
    table = schema.events
    known = (table.c.tenant == tenant, table.c.at <= until)
    with reading(engine) as connection:
        first, last = connection.execute(select(func.min(table.c.at), func.max(table.c.at)).where(*known)).one()
        begun: datetime | None = connection.execute(
            select(func.max(table.c.at)).where(*known, table.c.position == 0)
        ).scalar_one()
    return Span(first, last, begun)


def begun(engine: Engine, tenant: str, since: datetime, until: datetime) -> int:
    """How many tickets begin in [since, until]."""
    table = schema.events
    query = (
        select(func.count())
        .select_from(table)
        .where(table.c.tenant == tenant, table.c.position == 0, table.c.at >= since, table.c.at <= until)
    )
    with reading(engine) as connection:
        return connection.execute(query).scalar_one()


def happened(engine: Engine, tenant: str, after: datetime, until: datetime) -> Iterator[Happening]:
    """Every event in (after, until], in order of time, then of ticket id, then of position."""
    table = schema.events
    place: tuple[datetime, str, int] | None = None
    while True:
        with reading(engine) as connection:
            query = select(table.c.at, table.c.ticket_id, table.c.position).where(
                table.c.tenant == tenant, table.c.at > after, table.c.at <= until
            )
            if place is not None:
                at, id, position = place
                later = or_(
                    table.c.at > at,
                    and_(table.c.at == at, tuple_(table.c.ticket_id, table.c.position) > (id, position)),
                )
                query = query.where(later)
            rows = connection.execute(query.order_by(table.c.at, table.c.ticket_id, table.c.position).limit(PAGE)).all()
            ids = list(dict.fromkeys(row.ticket_id for row in rows))
            whole = {one.id: one for one in tickets.get_many(connection, tenant, ids)}
        for row in rows:
            yield Happening(at=row.at, ticket=whole[row.ticket_id], count=row.position + 1)
        if len(rows) < PAGE:
            return
        place = (rows[-1].at, rows[-1].ticket_id, rows[-1].position)


def _begun(
    connection: Connection, tenant: str, since: datetime | None, before: datetime | None,
    after: tuple[datetime, str] | None,
) -> list[tuple[datetime, str]]:  # fmt: skip
    table = schema.events
    query = select(table.c.at, table.c.ticket_id).where(table.c.tenant == tenant, table.c.position == 0)
    if since is not None:
        query = query.where(table.c.at >= since)
    if before is not None:
        query = query.where(table.c.at < before)
    if after is not None:
        at, id = after
        query = query.where(or_(table.c.at > at, and_(table.c.at == at, table.c.ticket_id > id)))
    rows = connection.execute(query.order_by(table.c.at, table.c.ticket_id).limit(PAGE)).all()
    return [(row.at, row.ticket_id) for row in rows]
