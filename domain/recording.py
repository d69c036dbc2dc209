"""How a journey is recorded: one atomic save for each step, and a way to read the records back."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from domain.approval import Approval
from domain.assessment import Assessment, Decision
from domain.audit.basis import Basis
from domain.base import Moment, Record
from domain.context import Context
from domain.delegation import Delegation
from domain.effects import Effect
from domain.escalation import Escalation
from domain.evidence import Evidence
from domain.handoff import Handoff
from domain.journey import Timer
from domain.knowledge import Draft
from domain.language_model import ModelCall
from domain.matrix import Matrix
from domain.route import Route
from domain.ticket import Ticket


class Changes(Record):
    """What one step of the graph wants recorded: all of it or nothing, and the same again if it runs twice.

    Assessment, context, evidence and route are kept under the run's id: the newest of a run replaces the earlier.
    """

    run_id: str
    ticket_id: str
    assessment: Assessment | None = None
    decision: Decision | None = None
    escalation: Escalation | None = None
    context: Context | None = None
    evidence: Evidence | None = None
    route: Route | None = None
    handoff: Handoff | None = None
    approval: Approval | None = None
    draft: Draft | None = None
    matrix: Matrix | None = None
    calls: tuple[ModelCall, ...] = ()
    """Questions to a model, each kept under its run, prompt and content."""
    effects: tuple[Effect, ...] = ()
    timers: tuple[Timer, ...] = ()
    at: Moment | None = None
    """When context, evidence or route were found, or the calls were made."""
    basis: Basis | None = None
    """What the decision rests on, for the decision log."""
    looked_at: Ticket | None = None
    """The ticket as the decision saw it."""


class JourneyRecords(Protocol):
    """The records of a tenant as the graph uses them. A record that is missing raises `NotFound`."""

    async def save(self, tenant: str, changes: Changes) -> None:
        """Writes everything in one transaction. Records of an older version and effects already known stay."""
        ...

    async def escalation(self, tenant: str, escalation_id: str) -> Escalation:
        """One escalation."""
        ...

    async def evidence(self, tenant: str, run_id: str) -> Evidence:
        """The evidence of a run."""
        ...

    async def context(self, tenant: str, run_id: str) -> Context:
        """The newest context of a run."""
        ...

    async def approval(self, tenant: str, approval_id: str) -> Approval:
        """One approval."""
        ...

    async def handoff(self, tenant: str, handoff_id: str) -> Handoff:
        """One handoff."""
        ...

    async def draft(self, tenant: str, draft_id: str) -> Draft:
        """One draft."""
        ...

    async def last_escalation(self, tenant: str, ticket_id: str) -> Escalation | None:
        """The ticket's newest escalation, ended or not."""
        ...

    async def delegations(self, tenant: str, at: datetime) -> tuple[Delegation, ...]:
        """The delegations made at run time that are not over at `at`."""
        ...

    async def decision(self, tenant: str, run_id: str) -> Decision | None:
        """The decision of a run, if it has come to one."""
        ...

    async def matrix(self, tenant: str, ticket_id: str) -> Matrix:
        """What of the escalation matrix the ticket has passed; an empty one when nobody has looked yet."""
        ...
