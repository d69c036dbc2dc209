"""What was asked of a model in each run, and what that came to; never a text of question or answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from adapters.llm.spending import Spent
from adapters.storage.engine import reading
from adapters.storage.model_tables import model_calls as table
from domain.base import derived_id
from domain.language_model import ModelCall


def put(
    connection: Connection, tenant: str, run_id: str, ticket_id: str, calls: Sequence[ModelCall], at: datetime
) -> None:  # fmt: skip
    """Keeps the calls of a step. A step that runs again adds what it asked anew; what it found kept adds nothing."""
    for call in calls:
        values = {
            "tenant": tenant, "id": derived_id("call", run_id, call.prompt, call.asked, call.outcome),
            "ticket_id": ticket_id, "run_id": run_id, "at": at, "tokens": call.tokens_in + call.tokens_out,
            "cost": call.cost, "body": call.model_dump_json(),
        }  # fmt: skip
        connection.execute(upsert(table).values(values).on_conflict_do_nothing(index_elements=["tenant", "id"]))


def of_run(connection: Connection, tenant: str, run_id: str) -> tuple[ModelCall, ...]:
    """The calls of a run, oldest first."""
    query = select(table.c.body).where(table.c.tenant == tenant, table.c.run_id == run_id)
    return _read(connection, query.order_by(table.c.at, table.c.id))


def of_ticket(connection: Connection, tenant: str, ticket_id: str) -> tuple[ModelCall, ...]:
    """The calls of every run of a ticket, oldest first."""
    query = select(table.c.body).where(table.c.tenant == tenant, table.c.ticket_id == ticket_id)
    return _read(connection, query.order_by(table.c.at, table.c.id))


def of_tenant(connection: Connection, tenant: str) -> tuple[ModelCall, ...]:
    """Every call of a tenant, oldest first."""
    query = select(table.c.body).where(table.c.tenant == tenant)
    return _read(connection, query.order_by(table.c.at, table.c.id))


def _read(connection: Connection, query: object) -> tuple[ModelCall, ...]:
    bodies = connection.execute(query).scalars()  # type: ignore[call-overload]  # a select of one column
    return tuple(ModelCall.model_validate_json(body) for body in bodies)


class SqlSpent:
    """`adapters.llm.spending.SpentBefore` on the records database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of_ticket(self, tenant: str, ticket_id: str) -> Spent:
        """By a ticket, ever. Raises `Unavailable`."""
        return self._sum(table.c.tenant == tenant, table.c.ticket_id == ticket_id)

    def since(self, tenant: str, moment: datetime) -> Spent:
        """By a tenant since a moment. Raises `Unavailable`."""
        return self._sum(table.c.tenant == tenant, table.c.at >= moment)

    def _sum(self, *conditions: ColumnElement[bool]) -> Spent:
        query = select(func.coalesce(func.sum(table.c.tokens), 0), func.coalesce(func.sum(table.c.cost), 0.0))
        with reading(self._engine) as connection:
            tokens, cost = connection.execute(query.where(*conditions)).one()
        return Spent(int(tokens), float(cost))
