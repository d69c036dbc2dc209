"""Tickets and their events in SQL, with the dated facts that questions about the past are answered from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Table, delete, insert, select

from adapters.storage import schema
from domain.asof import standing
from domain.errors import BadEvent, NotFound
from domain.history import dump_event, dump_ticket
from domain.ticket import Event, Ticket
from learning.asked_back import ask_backs
from learning.track_record import climbed_at, resolutions, stints


class Written(NamedTuple):
    """What became of a batch of tickets."""

    added: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]


def merge_many(connection: Connection, tenant: str, tickets: Sequence[Ticket]) -> Written:
    """Writes tickets from a history; events that only we have (they came live, or are our own) are kept."""
    stored = hashes(connection, tenant, [ticket.id for ticket in tickets])
    differ = [ticket.id for ticket in tickets if stored.get(ticket.id) not in (None, _hash(ticket))]
    known = {ticket.id: ticket for ticket in get_many(connection, tenant, differ)} if differ else {}
    return put_many(
        connection, tenant, [_merged(ticket, known[ticket.id]) if ticket.id in known else ticket for ticket in tickets]
    )


def _merged(ticket: Ticket, known: Ticket) -> Ticket:
    given = {event.id for event in ticket.events}
    extra = [event for event in known.events if event.id not in given]
    if not extra:
        return ticket
    # Sorting is stable: where moments are equal, the history's own order goes first.
    return ticket.model_copy(update={"events": tuple(sorted((*ticket.events, *extra), key=lambda event: event.at))})


def put_many(connection: Connection, tenant: str, tickets: Sequence[Ticket]) -> Written:
    """Writes tickets with all their events; those that are stored already, word for word, are left alone."""
    latest = {ticket.id: ticket for ticket in tickets}
    fresh_hashes = {id: _hash(ticket) for id, ticket in latest.items()}
    stored = hashes(connection, tenant, list(latest))
    added = tuple(id for id in latest if id not in stored)
    updated = tuple(id for id in latest if id in stored and stored[id] != fresh_hashes[id])
    _forget(connection, tenant, updated)
    fresh = [latest[id] for id in (*added, *updated)]
    _insert(connection, schema.tickets, [_ticket_row(tenant, ticket, fresh_hashes[ticket.id]) for ticket in fresh])
    _insert(connection, schema.events, [row for ticket in fresh for row in _event_rows(tenant, ticket)])
    _insert(connection, schema.resolutions, [row for ticket in fresh for row in _resolution_rows(tenant, ticket)])
    _insert(connection, schema.stints, [row for ticket in fresh for row in _stint_rows(tenant, ticket)])
    _insert(connection, schema.ask_backs, [row for ticket in fresh for row in _ask_back_rows(tenant, ticket)])
    unchanged = tuple(id for id in latest if stored.get(id) == fresh_hashes[id])
    return Written(added, updated, unchanged)


def append_event(connection: Connection, tenant: str, ticket_id: str, event: Event) -> bool:
    """Adds an event where it belongs in time; tells whether it was new.

    Raises `NotFound` for an unknown ticket and `BadEvent` when the id is taken by another event or the event is
    older than its ticket.
    """
    ticket = get(connection, tenant, ticket_id)
    known = ticket.event(event.id)
    if known is not None:
        if known != event:
            raise BadEvent(f"ticket {ticket_id} has another event {event.id!r}", mend="give each event its own id")
        return False
    if event.at < ticket.created_at:
        raise BadEvent(f"event {event.id!r} is older than its ticket {ticket_id}", mend="check the event's `at`")
    after = sum(1 for other in ticket.events if other.at <= event.at)
    events = (*ticket.events[:after], event, *ticket.events[after:])
    put_many(connection, tenant, [ticket.model_copy(update={"events": events})])
    return True


def get(connection: Connection, tenant: str, ticket_id: str) -> Ticket:
    """The whole ticket. Raises `NotFound`."""
    found = get_many(connection, tenant, [ticket_id])
    if not found:
        raise NotFound(f"there is no ticket {ticket_id}", mend="check the id, or import the ticket first")
    return found[0]


def get_many(connection: Connection, tenant: str, ids: Sequence[str]) -> list[Ticket]:
    """Those of the named tickets that exist, in the order asked for."""
    heads = schema.tickets
    query = select(heads.c.id, heads.c.head).where(heads.c.tenant == tenant, heads.c.id.in_(ids))
    head_of = {row.id: row.head for row in connection.execute(query)}
    bodies: dict[str, list[str]] = {id: [] for id in head_of}
    table = schema.events
    rows = connection.execute(
        select(table.c.ticket_id, table.c.body)
        .where(table.c.tenant == tenant, table.c.ticket_id.in_(list(head_of)))
        .order_by(table.c.ticket_id, table.c.position)
    )
    for row in rows:
        bodies[row.ticket_id].append(row.body)
    return [_ticket(head_of[id], bodies[id]) for id in dict.fromkeys(ids) if id in head_of]


def hashes(connection: Connection, tenant: str, ids: Sequence[str]) -> dict[str, str]:
    """For each of the named tickets that exist, the hash of all that is stored of it."""
    table = schema.tickets
    query = select(table.c.id, table.c.hash).where(table.c.tenant == tenant, table.c.id.in_(ids))
    return {row.id: row.hash for row in connection.execute(query)}


def ids_where(
    connection: Connection, tenant: str, *, requester: str | None = None, opened_from: datetime | None = None,
    opened_before: datetime | None = None, is_open: bool | None = None, newest_first: bool = False,
    limit: int = 10_000,
) -> list[str]:  # fmt: skip
    """Ids of the tickets that fit, by time of creation."""
    table = schema.tickets
    query = select(table.c.id).where(table.c.tenant == tenant)
    if requester is not None:
        query = query.where(table.c.requester == requester)
    if opened_from is not None:
        query = query.where(table.c.created_at >= opened_from)
    if opened_before is not None:
        query = query.where(table.c.created_at < opened_before)
    if is_open is not None:
        query = query.where(table.c.is_open == is_open)
    order = (table.c.created_at, table.c.id)
    columns = [column.desc() for column in order] if newest_first else list(order)
    return list(connection.execute(query.order_by(*columns).limit(limit)).scalars())


def _ticket(head: str, bodies: Iterable[str]) -> Ticket:
    return Ticket.model_validate_json(f'{head[:-1]},"events":[{",".join(bodies)}]}}')


def _hash(ticket: Ticket) -> str:
    return hashlib.sha256(dump_ticket(ticket).encode()).hexdigest()


def _forget(connection: Connection, tenant: str, ids: Sequence[str]) -> None:
    if ids:
        connection.execute(
            delete(schema.tickets).where(schema.tickets.c.tenant == tenant, schema.tickets.c.id.in_(ids))
        )
        for table in (schema.events, schema.resolutions, schema.stints):
            connection.execute(delete(table).where(table.c.tenant == tenant, table.c.ticket_id.in_(ids)))
        _forget_ask_backs(connection, tenant, ids)


def _insert(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _ticket_row(tenant: str, ticket: Ticket, digest: str) -> dict[str, object]:
    now = standing(ticket)
    return {
        "tenant": tenant, "id": ticket.id, "source": ticket.source, "hash": digest,
        "head": ticket.model_dump_json(by_alias=True, exclude_unset=True, exclude={"events"}),
        "created_at": ticket.created_at,
        "changed_at": ticket.events[-1].at if ticket.events else ticket.created_at,
        "requester": ticket.requester_id, "category": now.category, "service": ticket.service,
        "status": now.status, "priority": now.priority, "team": now.team, "technician": now.technician,
        "tier": now.tier, "is_open": now.open, "climbed_at": climbed_at(ticket),
    }  # fmt: skip


def _event_rows(tenant: str, ticket: Ticket) -> list[dict[str, object]]:
    return [
        {
            "tenant": tenant, "ticket_id": ticket.id, "position": position, "event_id": event.id,
            "at": event.at, "body": dump_event(event),
        }
        for position, event in enumerate(ticket.events)
    ]  # fmt: skip


def _resolution_rows(tenant: str, ticket: Ticket) -> list[dict[str, object]]:
    return [
        {
            "tenant": tenant, "ticket_id": ticket.id, "position": position, "at": one.at,
            "category": one.category.lower() if one.category else None, "technician": one.technician,
            "team": one.team, "minutes": one.minutes, "minutes_open": one.minutes_open,
            "spoiled_at": one.spoiled_at, "priority": one.priority, "waited": one.waited, "handed": one.handed,
        }
        for position, one in enumerate(resolutions(ticket))
    ]  # fmt: skip


def _stint_rows(tenant: str, ticket: Ticket) -> list[dict[str, object]]:
    return [
        {
            "tenant": tenant, "ticket_id": ticket.id, "position": position, "technician": one.technician,
            "start": one.start, "end": one.end,
        }
        for position, one in enumerate(stints(ticket))
    ]  # fmt: skip


def note_sent_back(connection: Connection, tenant: str, ticket_id: str, *, number: int, why: str, at: datetime) -> None:
    """Notes why the receiving side sent an escalation back: what they lacked is worth asking for the next time.

    `number` tells this bounce from the others of its ticket; the same one again changes nothing.
    """
    ticket = get(connection, tenant, ticket_id)
    category = standing(ticket).category
    row = {
        "tenant": tenant, "ticket_id": ticket_id, "position": _OUR_OWN + number, "at": at,
        "category": category.lower() if category else None, "kind": "sent_back", "text": why,
    }  # fmt: skip
    table = schema.ask_backs
    same = (table.c.tenant == tenant, table.c.ticket_id == ticket_id, table.c.position == row["position"])
    connection.execute(delete(table).where(*same))
    _insert(connection, table, [row])


def fold_ask_backs(connection: Connection) -> None:
    """Reads, from every stored ticket, what was asked back for; for databases that were filled before this was read."""
    table = schema.tickets
    rows = connection.execute(select(table.c.tenant, table.c.id).order_by(table.c.tenant, table.c.id)).all()
    for start in range(0, len(rows), _FOLDED_AT_ONCE):
        for tenant in {row.tenant for row in rows[start : start + _FOLDED_AT_ONCE]}:
            ids = [row.id for row in rows[start : start + _FOLDED_AT_ONCE] if row.tenant == tenant]
            _forget_ask_backs(connection, tenant, ids)
            fresh = get_many(connection, tenant, ids)
            _insert(connection, schema.ask_backs, [row for one in fresh for row in _ask_back_rows(tenant, one)])


_OUR_OWN = 1_000_000
"""Positions from here on are bounces that came through us, which no event of the ticket tells."""
_FOLDED_AT_ONCE = 500


def _forget_ask_backs(connection: Connection, tenant: str, ids: Sequence[str]) -> None:
    table = schema.ask_backs
    connection.execute(
        delete(table).where(table.c.tenant == tenant, table.c.ticket_id.in_(ids), table.c.position < _OUR_OWN)
    )


def _ask_back_rows(tenant: str, ticket: Ticket) -> list[dict[str, object]]:
    return [
        {
            "tenant": tenant, "ticket_id": ticket.id, "position": position, "at": one.at,
            "category": one.category.lower() if one.category else None, "kind": one.kind, "text": one.text,
        }
        for position, one in enumerate(ask_backs(ticket))
    ]  # fmt: skip
