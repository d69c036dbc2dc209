"""Assessments, escalations, approvals, drafts and their like: kept whole as JSON, saved all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import Connection, Table, and_, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from adapters.storage import schema
from domain.approval import Approval
from domain.assessment import Assessment, Decision
from domain.base import Record
from domain.context import Context
from domain.errors import Conflict, NotFound, Unavailable
from domain.escalation import Escalation
from domain.evidence import Evidence
from domain.handoff import Handoff
from domain.journey import Journey, Timer
from domain.knowledge import Draft
from domain.matrix import Matrix
from domain.outbreak import Outbreak
from domain.overriding import ModelCase
from domain.playbooks import StepMark
from domain.reading_handoff import HandoffLook
from domain.route import Route
from domain.task import Task

M = TypeVar("M", bound=Record)


class Place(NamedTuple):
    """Where a record stands in its table's order: newest first, then by id."""

    at: datetime
    id: str


class RecordTable(Generic[M]):
    """One table of records of one kind; every method takes the connection of the caller's transaction."""

    def __init__(self, table: Table, model: type[M], noun: str) -> None:
        self._table = table
        self._model = model
        self._noun = noun

    def put(
        self, connection: Connection, tenant: str, record: M, *, id: str, ticket_id: str, at: datetime,
        state: str | None = None, version: int = 1, once: bool = False,
    ) -> None:  # fmt: skip
        """Writes the record; an older version than the stored one is left alone, the same version replaced.

        With `once`, the same version with another text is somebody else's change: raises `Unavailable`, so that the
        step is done again on what is there now.
        """
        values = {
            "tenant": tenant, "id": id, "ticket_id": ticket_id, "state": state, "version": version, "at": at,
            "body": record.model_dump_json(),
        }  # fmt: skip
        if once and self._differs(connection, tenant, id, version, record):
            raise Unavailable(f"{self._noun} {id} was changed meanwhile", mend="the step is done again")
        statement = upsert(self._table).values(values)
        changed = {name: values[name] for name in ("state", "version", "at", "body")}
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant", "id"], set_=changed, where=self._table.c.version <= version
            )
        )

    def _differs(self, connection: Connection, tenant: str, id: str, version: int, record: M) -> bool:
        own = self._table.c
        query = select(own.body).where(own.tenant == tenant, own.id == id, own.version == version)
        stored = connection.execute(query).scalar_one_or_none()
        # An earlier release may have written the same record with fewer keys: the records count, not the texts.
        return stored is not None and self._model.model_validate_json(stored) != record

    def replace(
        self,
        connection: Connection,
        tenant: str,
        record: M,
        *,
        id: str,
        expected: int,
        state: str,
        version: int,
    ) -> None:
        """Moves a record from the `expected` version on. Raises `Conflict` when somebody was faster."""
        done = connection.execute(
            update(self._table)
            .where(self._table.c.tenant == tenant, self._table.c.id == id, self._table.c.version == expected)
            .values(state=state, version=version, body=record.model_dump_json())
        )
        if done.rowcount != 1:
            raise Conflict(f"{self._noun} {id} was changed by somebody else", mend="read it again, then decide")

    def get(self, connection: Connection, tenant: str, id: str) -> M:
        """The record. Raises `NotFound`."""
        found = self.get_or_none(connection, tenant, id)
        if found is None:
            raise NotFound(f"there is no {self._noun} {id}")
        return found

    def get_or_none(self, connection: Connection, tenant: str, id: str) -> M | None:
        """The record, if there is one."""
        query = select(self._table.c.body).where(self._table.c.tenant == tenant, self._table.c.id == id)
        body = connection.execute(query).scalar_one_or_none()
        return None if body is None else self._model.model_validate_json(body)

    def find(
        self, connection: Connection, tenant: str, *, ticket_id: str | None = None, states: Sequence[str] = (),
        limit: int = 100, after: Place | None = None,
    ) -> list[M]:  # fmt: skip
        """Records of a ticket or in some states, newest first; `after` is the last record of the page before."""
        query = select(self._table.c.body).where(self._table.c.tenant == tenant)
        if ticket_id is not None:
            query = query.where(self._table.c.ticket_id == ticket_id)
        if states:
            query = query.where(self._table.c.state.in_(states))
        if after is not None:
            at, id = self._table.c.at, self._table.c.id
            query = query.where(or_(at < after.at, and_(at == after.at, id > after.id)))
        query = query.order_by(self._table.c.at.desc(), self._table.c.id).limit(limit)
        return [self._model.model_validate_json(body) for body in connection.execute(query).scalars()]

    def count(self, connection: Connection, tenant: str) -> int:
        """How many there are."""
        query = select(func.count()).select_from(self._table).where(self._table.c.tenant == tenant)
        return connection.execute(query).scalar_one()


assessments = RecordTable(schema.assessments, Assessment, "assessment")
decisions = RecordTable(schema.decisions, Decision, "decision")
escalations = RecordTable(schema.escalations, Escalation, "escalation")
contexts = RecordTable(schema.contexts, Context, "context")
evidence = RecordTable(schema.evidence, Evidence, "evidence")
routes = RecordTable(schema.routes, Route, "route")
handoffs = RecordTable(schema.handoffs, Handoff, "handoff")
approvals = RecordTable(schema.approvals, Approval, "approval")
drafts = RecordTable(schema.drafts, Draft, "draft")
journeys = RecordTable(schema.journeys, Journey, "run")
matrices = RecordTable(schema.matrices, Matrix, "matrix")
tasks = RecordTable(schema.tasks, Task, "task")
step_marks = RecordTable(schema.step_marks, StepMark, "step")
outbreaks = RecordTable(schema.outbreaks, Outbreak, "outbreak")
model_cases = RecordTable(schema.model_cases, ModelCase, "case")
handoff_looks = RecordTable(schema.handoff_looks, HandoffLook, "look")


TIMER_BATCH = 100
"""Due timers that are read at once: however many are due, a read stays short."""


class TimerTable:
    """Moments somebody wants to be told of."""

    def put(self, connection: Connection, tenant: str, timer: Timer) -> None:
        """Sets the timer; one with the same key is replaced."""
        values = {"tenant": tenant, **timer.model_dump()}
        changed = {name: values[name] for name in ("ticket_id", "timer", "subject_id", "due_at")}
        statement = upsert(schema.timers).values(values)
        connection.execute(statement.on_conflict_do_update(index_elements=["tenant", "key"], set_=changed))

    def due(self, connection: Connection, at: datetime, limit: int = TIMER_BATCH) -> list[tuple[str, Timer]]:
        """Timers whose moment has come, of every tenant, earliest first."""
        table = schema.timers
        query = select(table).where(table.c.due_at <= at).order_by(table.c.due_at).limit(limit)
        rows = connection.execute(query).mappings()
        return [(row["tenant"], Timer(**{k: v for k, v in row.items() if k != "tenant"})) for row in rows]

    def drop(self, connection: Connection, tenant: str, key: str, due_at: datetime) -> None:
        """Forgets a timer that has been seen to, unless it was set anew meanwhile."""
        table = schema.timers
        connection.execute(delete(table).where(table.c.tenant == tenant, table.c.key == key, table.c.due_at == due_at))

    def drop_of(self, connection: Connection, tenant: str, subject_id: str) -> None:
        """Forgets every timer about something that needs none any more."""
        table = schema.timers
        connection.execute(delete(table).where(table.c.tenant == tenant, table.c.subject_id == subject_id))


timers = TimerTable()
