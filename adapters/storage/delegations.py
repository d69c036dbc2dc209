"""Delegations made at run time, in SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert as upsert

from adapters.storage.schema import delegations as table
from domain.delegation import Delegation
from domain.errors import NotFound


def put(connection: Connection, tenant: str, one: Delegation) -> None:
    """Writes a delegation; an older version than the stored one is left alone."""
    values = {
        "tenant": tenant, "id": one.id, "principal": one.principal, "delegate": one.delegate, "last": one.last,
        "ended_at": one.ended_at, "version": one.version, "body": one.model_dump_json(),
    }  # fmt: skip
    changed = {name: values[name] for name in ("last", "ended_at", "version", "body")}
    connection.execute(
        upsert(table)
        .values(values)
        .on_conflict_do_update(index_elements=["tenant", "id"], set_=changed, where=table.c.version < one.version)
    )


def get(connection: Connection, tenant: str, id: str) -> Delegation:
    """One delegation. Raises `NotFound`."""
    query = select(table.c.body).where(table.c.tenant == tenant, table.c.id == id)
    body = connection.execute(query).scalar_one_or_none()
    if body is None:
        raise NotFound(f"there is no delegation {id}", mend="list them with GET /v1/delegations")
    return Delegation.model_validate_json(body)


def find(connection: Connection, tenant: str, *, not_over_at: datetime | None = None) -> list[Delegation]:
    """The delegations of a tenant, the one that ends last first; with a moment only those not over by then."""
    query = select(table.c.body).where(table.c.tenant == tenant)
    if not_over_at is not None:
        query = query.where(table.c.last > not_over_at, table.c.ended_at.is_(None))
    rows = connection.execute(query.order_by(table.c.last.desc(), table.c.id)).scalars()
    return [Delegation.model_validate_json(body) for body in rows]
