"""What the burst watch has seen, ticket by ticket, and the topics of requests; the tickets can tell both again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from adapters.storage import schema
from domain.bursts.signature import Sighting, Signature

table, topics_table = schema.sightings, schema.topics


class StoredTopic(NamedTuple):
    """A topic as it is kept: the sum of its tickets' vectors, and how many they are."""

    id: str
    tickets: int
    used_at: datetime
    centre: list[float]


def put(connection: Connection, tenant: str, sighting: Sighting) -> bool:
    """Notes a sighting, once; whether it was new."""
    values = {
        "tenant": tenant, "ticket_id": sighting.ticket_id, "at": sighting.at, "who": sighting.who,
        "signatures": json.dumps(sighting.signatures),
    }  # fmt: skip
    statement = upsert(table).values(values).on_conflict_do_nothing(index_elements=["tenant", "ticket_id"])
    return connection.execute(statement).rowcount == 1


def get(connection: Connection, tenant: str, ticket_id: str) -> tuple[Sighting, str | None] | None:
    """A ticket's sighting and the outbreak it was put under."""
    row = connection.execute(
        select(table).where(table.c.tenant == tenant, table.c.ticket_id == ticket_id)
    ).one_or_none()
    return None if row is None else (_sighting(row.ticket_id, row.at, row.who, row.signatures), row.outbreak)


def since(connection: Connection, tenant: str, start: datetime) -> list[Sighting]:
    """The sightings from `start` on, in order of time."""
    query = select(table).where(table.c.tenant == tenant, table.c.at >= start).order_by(table.c.at, table.c.ticket_id)
    return [_sighting(row.ticket_id, row.at, row.who, row.signatures) for row in connection.execute(query)]


def unseen(connection: Connection, tenant: str, start: datetime, end: datetime, limit: int) -> list[str]:
    """Tickets opened in [start, end) that the watch has not seen, oldest first."""
    heads = schema.tickets
    seen = select(table.c.ticket_id).where(table.c.tenant == tenant)
    query = select(heads.c.id).where(
        heads.c.tenant == tenant, heads.c.created_at >= start, heads.c.created_at < end, heads.c.id.not_in(seen)
    )
    return list(connection.execute(query.order_by(heads.c.created_at, heads.c.id).limit(limit)).scalars())


def put_under(connection: Connection, tenant: str, ticket_ids: Iterable[str], outbreak_id: str) -> None:
    """Notes which outbreak tickets were put under."""
    connection.execute(
        update(table)
        .where(table.c.tenant == tenant, table.c.ticket_id.in_(list(ticket_ids)))
        .values(outbreak=outbreak_id)
    )


def outbreaks_of(connection: Connection, tenant: str, ticket_ids: Sequence[str]) -> list[str]:
    """Ids of the outbreaks that any of these tickets was put under."""
    query = select(table.c.outbreak).where(
        table.c.tenant == tenant, table.c.ticket_id.in_(ticket_ids), table.c.outbreak.is_not(None)
    )
    return sorted(set(connection.execute(query).scalars()))


def topics(connection: Connection, tenant: str, embedder: str) -> list[StoredTopic]:
    """The tenant's topics as this embedder sees them, by id."""
    query = select(topics_table).where(topics_table.c.tenant == tenant, topics_table.c.embedder == embedder)
    rows = connection.execute(query.order_by(topics_table.c.id))
    return [StoredTopic(row.id, row.tickets, row.used_at, json.loads(row.centre)) for row in rows]


def put_topics(
    connection: Connection, tenant: str, embedder: str, kept: Iterable[StoredTopic], gone: Iterable[str] = ()
) -> None:
    """Writes topics that were changed, and forgets others."""
    for topic in kept:
        values = {
            "tenant": tenant, "id": topic.id, "embedder": embedder, "tickets": topic.tickets, "used_at": topic.used_at,
            "centre": json.dumps([round(value, 6) for value in topic.centre]),
        }  # fmt: skip
        changed = {name: values[name] for name in ("embedder", "tickets", "used_at", "centre")}
        statement = upsert(topics_table).values(values)
        connection.execute(statement.on_conflict_do_update(index_elements=["tenant", "id"], set_=changed))
    connection.execute(delete(topics_table).where(topics_table.c.tenant == tenant, topics_table.c.id.in_(list(gone))))


def _sighting(ticket_id: str, at: datetime, who: str, signatures: str) -> Sighting:
    read: list[Signature] = [tuple((part, value) for part, value in one) for one in json.loads(signatures)]
    return Sighting(ticket_id=ticket_id, at=at, who=who, signatures=tuple(read))
