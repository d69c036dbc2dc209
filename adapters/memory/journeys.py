"""The records of journeys in memory: the shipped fake of `JourneyRecords`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from domain.approval import Approval
from domain.assessment import Decision
from domain.context import Context
from domain.delegation import Delegation
from domain.effects import Effect
from domain.errors import NotFound
from domain.escalation import Escalation
from domain.evidence import Evidence
from domain.handoff import Handoff
from domain.journey import Timer
from domain.knowledge import Draft
from domain.language_model import ModelCall
from domain.matrix import Matrix
from domain.recording import Changes

T = TypeVar("T", Escalation, Approval, Draft)


class MemoryRecords:
    """Implements `domain.recording.JourneyRecords`. `effects` and `timers` are there to be looked at, by key."""

    def __init__(self) -> None:
        self._escalations: dict[tuple[str, str], Escalation] = {}
        self._approvals: dict[tuple[str, str], Approval] = {}
        self._drafts: dict[tuple[str, str], Draft] = {}
        self._evidence: dict[tuple[str, str], Evidence] = {}
        self._contexts: dict[tuple[str, str], Context] = {}
        self._decisions: dict[tuple[str, str], Decision] = {}
        self._matrices: dict[tuple[str, str], Matrix] = {}
        self._handoffs: dict[tuple[str, str], Handoff] = {}
        self.effects: dict[tuple[str, str], Effect] = {}
        self.timers: dict[tuple[str, str], Timer] = {}
        self.calls: dict[tuple[str, str], list[ModelCall]] = {}
        """(tenant, run) → what was asked of a model."""
        self.delegated: dict[str, tuple[Delegation, ...]] = {}
        """Tenant → the delegations made at run time."""

    def clear(self) -> None:
        """Forgets everything, as if nothing had been saved yet."""
        kept: tuple[dict[Any, Any], ...] = (
            self._escalations, self._approvals, self._drafts, self._evidence, self._contexts, self._decisions,
            self._matrices, self._handoffs, self.effects, self.timers, self.delegated,
        )  # fmt: skip
        for shelf in kept:
            shelf.clear()

    async def save(self, tenant: str, changes: Changes) -> None:
        """Keeps everything; records of an older version and effects already known stay."""
        run = (tenant, changes.run_id)
        if changes.context and changes.at:
            self._contexts[run] = changes.context
        if changes.evidence and changes.at:
            self._evidence[run] = changes.evidence
        if changes.decision:
            self._decisions[run] = changes.decision
        if changes.matrix and changes.matrix.version >= self._matrix(tenant, changes.matrix.ticket_id).version:
            self._matrices[tenant, changes.matrix.ticket_id] = changes.matrix
        if changes.handoff:
            self._handoffs[tenant, changes.handoff.id] = changes.handoff
        self.calls.setdefault(run, []).extend(changes.calls)
        _keep(self._escalations, tenant, changes.escalation)
        _keep(self._approvals, tenant, changes.approval)
        _keep(self._drafts, tenant, changes.draft)
        for item in changes.effects:
            self.effects.setdefault((tenant, item.key), item)
        for timer in changes.timers:
            self.timers[tenant, timer.key] = timer

    async def escalation(self, tenant: str, escalation_id: str) -> Escalation:
        """One escalation. Raises `NotFound`."""
        return _found(self._escalations.get((tenant, escalation_id)), f"escalation {escalation_id}")

    async def evidence(self, tenant: str, run_id: str) -> Evidence:
        """The evidence of a run. Raises `NotFound`."""
        return _found(self._evidence.get((tenant, run_id)), f"evidence {run_id}")

    async def context(self, tenant: str, run_id: str) -> Context:
        """The newest context of a run. Raises `NotFound`."""
        return _found(self._contexts.get((tenant, run_id)), f"context {run_id}")

    async def approval(self, tenant: str, approval_id: str) -> Approval:
        """One approval. Raises `NotFound`."""
        return _found(self._approvals.get((tenant, approval_id)), f"approval {approval_id}")

    async def handoff(self, tenant: str, handoff_id: str) -> Handoff:
        """One handoff. Raises `NotFound`."""
        return _found(self._handoffs.get((tenant, handoff_id)), f"handoff {handoff_id}")

    async def draft(self, tenant: str, draft_id: str) -> Draft:
        """One draft. Raises `NotFound`."""
        return _found(self._drafts.get((tenant, draft_id)), f"draft {draft_id}")

    async def decision(self, tenant: str, run_id: str) -> Decision | None:
        """The decision of a run, if it has come to one."""
        return self._decisions.get((tenant, run_id))

    async def matrix(self, tenant: str, ticket_id: str) -> Matrix:
        """What of the escalation matrix the ticket has passed; an empty one when nobody has looked yet."""
        return self._matrix(tenant, ticket_id)

    def _matrix(self, tenant: str, ticket_id: str) -> Matrix:
        return self._matrices.get((tenant, ticket_id)) or Matrix(ticket_id=ticket_id)

    async def last_escalation(self, tenant: str, ticket_id: str) -> Escalation | None:
        """The ticket's newest escalation, ended or not."""
        theirs = [e for (owner, _), e in self._escalations.items() if owner == tenant and e.ticket_id == ticket_id]
        return max(theirs, key=lambda escalation: escalation.opened_at, default=None)

    async def delegations(self, tenant: str, at: datetime) -> tuple[Delegation, ...]:
        """The delegations made at run time that are not over at `at`."""
        known = self.delegated.get(tenant, ())
        return tuple(one for one in known if one.ended_at is None and at < one.last)


R = TypeVar("R")


def _keep(shelf: dict[tuple[str, str], T], tenant: str, record: T | None) -> None:
    if record is None:
        return
    known = shelf.get((tenant, record.id))
    if known is None or known.version <= record.version:
        shelf[tenant, record.id] = record


def _found(record: R | None, name: str) -> R:
    if record is None:
        raise NotFound(f"there is no {name}")
    return record
