"""The outbox: every effect is a row before it happens, and carries its receipt afterwards."""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, RowMapping, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from adapters.storage.audited import note_receipt
from adapters.storage.schema import outbox as table
from domain.effects import Body, Effect, EffectState
from domain.errors import NotFound

_BODY: TypeAdapter[Body] = TypeAdapter(Body)


def put(
    connection: Connection, tenant: str, ticket_id: str, item: Effect, *, not_before: datetime | None = None
) -> None:
    """Writes the effect down, unless one with its key is there already."""
    values = {
        "tenant": tenant, "key": item.key, "ticket_id": ticket_id, "kind": item.body.type,
        "body": item.body.model_dump_json(), "created_at": item.created_at, "state": item.state, "attempts": 0,
        "due_at": not_before,
    }  # fmt: skip
    connection.execute(upsert(table).values(values).on_conflict_do_nothing(index_elements=["tenant", "key"]))


def get(connection: Connection, tenant: str, key: str) -> Effect:
    """One effect. Raises `NotFound`."""
    query = select(table).where(table.c.tenant == tenant, table.c.key == key)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no effect {key}")
    return _effect(row)


def waiting(connection: Connection, at: datetime | None = None, limit: int = 500) -> list[tuple[str, str]]:
    """(tenant, key) of the effects still to be carried out, oldest first; with `at` without those held until later."""
    query = select(table.c.tenant, table.c.key).where(table.c.state == EffectState.WAITING)
    if at is not None:
        query = query.where(or_(table.c.due_at.is_(None), table.c.due_at <= at))
    rows = connection.execute(query.order_by(table.c.created_at, table.c.key).limit(limit))
    return [(row.tenant, row.key) for row in rows]


def failed(connection: Connection) -> list[tuple[str, str]]:
    """(ticket id, error) of the changes and articles of every tenant that could not be carried out, newest first."""
    query = select(table.c.ticket_id, table.c.error).where(
        table.c.state == EffectState.FAILED, table.c.kind != "message"
    )
    return [(row.ticket_id, row.error or "") for row in connection.execute(query.order_by(table.c.created_at.desc()))]


def of_ticket(connection: Connection, tenant: str, ticket_id: str) -> list[Effect]:
    """Everything done or to be done outside for a ticket, in order."""
    query = select(table).where(table.c.tenant == tenant, table.c.ticket_id == ticket_id)
    rows = connection.execute(query.order_by(table.c.created_at, table.c.key)).mappings()
    return [_effect(row) for row in rows]


def finish(connection: Connection, tenant: str, key: str, *, receipt: str, at: datetime) -> None:
    """Notes that the effect was carried out."""
    if _change(connection, tenant, key, state=EffectState.DONE, receipt=receipt, done_at=at, error=None):
        _note(connection, tenant, key, EffectState.DONE, receipt, at)


def fail(connection: Connection, tenant: str, key: str, *, error: str, final: bool) -> None:
    """Notes a failed attempt; `final` gives up."""
    state = EffectState.FAILED if final else EffectState.WAITING
    if _change(connection, tenant, key, state=state, error=error) and final:
        _note(connection, tenant, key, EffectState.FAILED, error, None)


def hold(connection: Connection, tenant: str, key: str, until: datetime) -> None:
    """Holds an effect back until a moment."""
    where = (table.c.tenant == tenant, table.c.key == key, table.c.state == EffectState.WAITING)
    connection.execute(update(table).where(*where).values(due_at=until))


def bring_forward(connection: Connection, tenant: str, key: str, at: datetime) -> None:
    """Makes an effect that waits for a later moment due at `at`."""
    where = (table.c.tenant == tenant, table.c.key == key, table.c.state == EffectState.WAITING)
    connection.execute(update(table).where(*where, table.c.due_at > at).values(due_at=at))


def _change(connection: Connection, tenant: str, key: str, **values: object) -> bool:
    where = (table.c.tenant == tenant, table.c.key == key, table.c.state == EffectState.WAITING)
    done = connection.execute(update(table).where(*where).values(attempts=table.c.attempts + 1, **values))
    return done.rowcount == 1


def _note(connection: Connection, tenant: str, key: str, state: EffectState, said: str, at: datetime | None) -> None:
    """The receipt in the decision log; one without a moment has that of its effect."""
    query = select(table.c.ticket_id, table.c.created_at).where(table.c.tenant == tenant, table.c.key == key)
    row = connection.execute(query).one()
    note_receipt(connection, tenant, row.ticket_id, key, state, said, at or row.created_at)


def _effect(row: RowMapping) -> Effect:
    return Effect(
        key=row["key"], body=_BODY.validate_json(row["body"]), created_at=row["created_at"],
        state=EffectState(row["state"]), attempts=row["attempts"], receipt=row["receipt"], error=row["error"],
    )  # fmt: skip
