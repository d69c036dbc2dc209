"""The records of journeys in SQL: what the graph saves, and what people read of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine

from adapters.storage import cases, delegations, model_calls, outbox, records
from adapters.storage.audited import MadeWith, note_changes
from adapters.storage.engine import reading, transaction
from domain.approval import Approval
from domain.assessment import Decision
from domain.context import Context
from domain.delegation import Delegation
from domain.escalation import Escalation
from domain.evidence import Evidence
from domain.handoff import Handoff
from domain.knowledge import Draft
from domain.matrix import Matrix
from domain.recording import Changes

R = TypeVar("R")


class SqlJourneyRecords:
    """`domain.recording.JourneyRecords` on a SQL database."""

    def __init__(self, engine: Engine, made_with: MadeWith | None = None) -> None:
        self._engine = engine
        self._made_with = made_with

    async def save(self, tenant: str, changes: Changes) -> None:
        """Writes everything in one transaction. Raises `DiskFull`, `Unavailable`."""
        await asyncio.to_thread(self._save, tenant, changes)

    async def escalation(self, tenant: str, escalation_id: str) -> Escalation:
        """One escalation. Raises `NotFound`."""
        return await self._read(lambda c: records.escalations.get(c, tenant, escalation_id))

    async def evidence(self, tenant: str, run_id: str) -> Evidence:
        """The evidence of a run. Raises `NotFound`."""
        return await self._read(lambda c: records.evidence.get(c, tenant, run_id))

    async def context(self, tenant: str, run_id: str) -> Context:
        """The newest context of a run. Raises `NotFound`."""
        return await self._read(lambda c: records.contexts.get(c, tenant, run_id))

    async def approval(self, tenant: str, approval_id: str) -> Approval:
        """One approval. Raises `NotFound`."""
        return await self._read(lambda c: records.approvals.get(c, tenant, approval_id))

    async def handoff(self, tenant: str, handoff_id: str) -> Handoff:
        """One handoff. Raises `NotFound`."""
        return await self._read(lambda c: records.handoffs.get(c, tenant, handoff_id))

    async def draft(self, tenant: str, draft_id: str) -> Draft:
        """One draft. Raises `NotFound`."""
        return await self._read(lambda c: records.drafts.get(c, tenant, draft_id))

    async def last_escalation(self, tenant: str, ticket_id: str) -> Escalation | None:
        """The ticket's newest escalation, ended or not."""
        found = await self._read(lambda c: records.escalations.find(c, tenant, ticket_id=ticket_id, limit=1))
        return found[0] if found else None

    async def delegations(self, tenant: str, at: datetime) -> tuple[Delegation, ...]:
        """The delegations made at run time that are not over at `at`."""
        return tuple(await self._read(lambda c: delegations.find(c, tenant, not_over_at=at)))

    async def decision(self, tenant: str, run_id: str) -> Decision | None:
        """The decision of a run, if it has come to one."""
        return await self._read(lambda c: records.decisions.get_or_none(c, tenant, run_id))

    async def matrix(self, tenant: str, ticket_id: str) -> Matrix:
        """What of the escalation matrix the ticket has passed; an empty one when nobody has looked yet."""
        found = await self._read(lambda c: records.matrices.get_or_none(c, tenant, ticket_id))
        return found or Matrix(ticket_id=ticket_id)

    async def _read(self, query: Callable[[Connection], R]) -> R:
        def run() -> R:
            with reading(self._engine) as connection:
                return query(connection)

        return await asyncio.to_thread(run)

    def _save(self, tenant: str, changes: Changes) -> None:
        with transaction(self._engine) as connection:
            note_changes(connection, tenant, changes, self._made_with)
            _put_opinions(connection, tenant, changes)
            _put_lasting(connection, tenant, changes)
            if changes.calls and changes.at:
                model_calls.put(connection, tenant, changes.run_id, changes.ticket_id, changes.calls, changes.at)
            for item in changes.effects:
                outbox.put(connection, tenant, changes.ticket_id, item)
            for timer in changes.timers:
                records.timers.put(connection, tenant, timer)


def _put_opinions(connection: Connection, tenant: str, changes: Changes) -> None:
    """What is kept once for each run; a later round of the same run replaces it."""
    run, ticket = changes.run_id, changes.ticket_id
    if changes.assessment:
        opinion = changes.assessment
        cases.note_declared(connection, tenant, opinion)
        records.assessments.put(connection, tenant, opinion, id=run, ticket_id=ticket, at=opinion.at)
    if changes.decision:
        decision = changes.decision
        records.decisions.put(
            connection, tenant, decision, id=run, ticket_id=ticket, at=decision.at, state=decision.action
        )
    if changes.at is None:
        return
    if changes.context:
        records.contexts.put(connection, tenant, changes.context, id=run, ticket_id=ticket, at=changes.at)
    if changes.evidence:
        records.evidence.put(connection, tenant, changes.evidence, id=run, ticket_id=ticket, at=changes.at)
    if changes.route:
        records.routes.put(connection, tenant, changes.route, id=run, ticket_id=ticket, at=changes.at)


def _put_lasting(connection: Connection, tenant: str, changes: Changes) -> None:
    """What lives on after its run, with a version of its own."""
    ticket = changes.ticket_id
    if changes.escalation:
        raised = changes.escalation
        records.escalations.put(
            connection, tenant, raised, id=raised.id, ticket_id=ticket, at=raised.opened_at,
            state=raised.state, version=raised.version, once=True,
        )  # fmt: skip
    if changes.matrix and changes.matrix.looked_at:
        matrix, at = changes.matrix, changes.matrix.looked_at
        records.matrices.put(
            connection, tenant, matrix, id=matrix.ticket_id, ticket_id=ticket, at=at, version=matrix.version
        )
    if changes.handoff:
        handoff = changes.handoff
        records.handoffs.put(connection, tenant, handoff, id=handoff.id, ticket_id=ticket, at=handoff.at)
    if changes.approval:
        approval = changes.approval
        records.approvals.put(
            connection, tenant, approval, id=approval.id, ticket_id=ticket, at=approval.requested_at,
            state=approval.state, version=approval.version, once=True,
        )  # fmt: skip
    if changes.draft:
        draft = changes.draft
        records.drafts.put(
            connection, tenant, draft, id=draft.id, ticket_id=ticket, at=draft.at,
            state=draft.state, version=draft.version,
        )  # fmt: skip
