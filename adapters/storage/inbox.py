"""The inbox: what arrived, once for each source and delivery id, in the order of its arrival."""

from __future__ import annotations

import json

from pydantic import TypeAdapter
from sqlalchemy import Connection, RowMapping, func, insert, select, update

from adapters.storage.schema import inbox as table
from domain.base import content_hash
from domain.errors import DeliveryReused, NotFound
from domain.journey import Arrival, Delivery

_ARRIVAL: TypeAdapter[Arrival] = TypeAdapter(Arrival)

WAITING, DONE, FAILED = "waiting", "done", "failed"


def accept(connection: Connection, tenant: str, delivery: Delivery) -> tuple[str, bool]:
    """Writes the delivery down; (its run id, whether it is new).

    A repeated delivery gets the first one's run id. Raises `DeliveryReused` when its body differs.
    """
    digest = content_hash(delivery.arrival.model_dump(mode="json", by_alias=True))
    where = (
        table.c.tenant == tenant, table.c.source == delivery.source, table.c.delivery_id == delivery.delivery_id
    )  # fmt: skip
    known = connection.execute(select(table.c.run_id, table.c.hash).where(*where)).one_or_none()
    if known is not None:
        if known.hash != digest:
            raise DeliveryReused(
                f"delivery {delivery.delivery_id!r} of {delivery.source!r} came before with another body",
                mend="give each delivery an id of its own",
            )
        return known.run_id, False
    last = connection.execute(select(func.max(table.c.seq)).where(table.c.tenant == tenant)).scalar_one()
    connection.execute(
        insert(table).values(
            tenant=tenant, source=delivery.source, delivery_id=delivery.delivery_id, seq=(last or 0) + 1,
            ticket_id=delivery.arrival.ticket_id, run_id=delivery.run_id, hash=digest,
            body=_dump(delivery.arrival), state=WAITING,
            received_at=delivery.received_at,
        )
    )  # fmt: skip
    return delivery.run_id, True


def waiting(connection: Connection, limit: int = 1000) -> list[tuple[str, str, str]]:
    """(tenant, ticket id, run id) of what has not been worked on, of every tenant, in order of arrival."""
    query = select(table.c.tenant, table.c.ticket_id, table.c.run_id).where(table.c.state == WAITING)
    rows = connection.execute(query.order_by(table.c.tenant, table.c.seq).limit(limit))
    return [(row.tenant, row.ticket_id, row.run_id) for row in rows]


def failed(connection: Connection) -> list[tuple[str, str]]:
    """(ticket id, what went wrong) of the deliveries of every tenant that were given up, newest first."""
    query = select(table.c.ticket_id, table.c.result).where(table.c.state == FAILED)
    return [(row.ticket_id, row.result or "") for row in connection.execute(query.order_by(table.c.received_at.desc()))]


def next_of(connection: Connection, tenant: str, ticket_id: str) -> Delivery | None:
    """The ticket's earliest delivery that has not been worked on."""
    query = (
        select(table)
        .where(table.c.tenant == tenant, table.c.ticket_id == ticket_id, table.c.state == WAITING)
        .order_by(table.c.seq)
        .limit(1)
    )
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _delivery(row)


def waiting_of(connection: Connection, tenant: str, ticket_id: str) -> list[Delivery]:
    """Everything of a ticket that has not been worked on, in order of arrival."""
    where = (table.c.tenant == tenant, table.c.ticket_id == ticket_id, table.c.state == WAITING)
    rows = connection.execute(select(table).where(*where).order_by(table.c.seq)).mappings()
    return [_delivery(row) for row in rows]


def finish(connection: Connection, tenant: str, run_id: str, *, result: str, failed: bool = False) -> None:
    """Notes that a delivery has been worked on, and what came of it."""
    where = (table.c.tenant == tenant, table.c.run_id == run_id)
    connection.execute(update(table).where(*where).values(state=FAILED if failed else DONE, result=result))


def status(connection: Connection, tenant: str, run_id: str) -> tuple[Delivery, str, str | None]:
    """(delivery, state, result) of a run. Raises `NotFound`."""
    query = select(table).where(table.c.tenant == tenant, table.c.run_id == run_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no run {run_id}")
    return _delivery(row), row["state"], row["result"]


def _dump(arrival: Arrival) -> str:
    # Unset keys stay out, so that events come back exactly as they arrived; the type must stay in.
    return json.dumps({**arrival.model_dump(mode="json", by_alias=True, exclude_unset=True), "type": arrival.type})


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(
        source=row["source"], delivery_id=row["delivery_id"], run_id=row["run_id"],
        received_at=row["received_at"], arrival=_ARRIVAL.validate_json(row["body"]),
    )  # fmt: skip
