"""The whole opinion on one ticket, with nothing stored and nothing sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agents.asker import AGENTS_THAT_ASK
from domain.approval import ApprovalAction
from domain.approving import Asking, approval_for, facts_of
from domain.asked_back import AskedBack
from domain.asof import as_of
from domain.assessment import Action, Assessment, Decision
from domain.base import Moment, Record
from domain.context import Context
from domain.deciding import decide
from domain.errors import NotFound
from domain.evidence import Evidence
from domain.handoff import Handoff
from domain.language_model import LanguageModel, ModelCall
from domain.policy.policy import Policy
from domain.ports import Bursts, EvidenceSearch, Judges, KnowledgeBase, TicketHistory, TrackRecord
from domain.route import Route
from domain.sla.clocks import SlaClock, sla_clocks
from domain.ticket import Ticket
from graph.build import make_agents


class Opinion(Record):
    """What Tierwise thinks of a ticket, and what it would do. The later parts are there when it would escalate."""

    ticket_id: str
    at: Moment
    assessment: Assessment
    decision: Decision
    sla: tuple[SlaClock, ...]
    context: Context | None = None
    evidence: Evidence | None = None
    route: Route | None = None
    approval: ApprovalAction | None = None
    approvers: tuple[str, ...] = ()
    """Who would be asked to sign."""
    decide_by: Moment | None = None
    """When the request for a signature would expire if it were made now."""
    handoff: Handoff | None = None
    calls: tuple[ModelCall, ...] = ()
    """What was asked of a language model, and what came of it."""


class OneMore:
    """A history in which one ticket looks as it was handed in; everything else is as stored."""

    def __init__(self, history: TicketHistory, ticket: Ticket) -> None:
        self._history = history
        self._ticket = ticket

    async def ticket(self, tenant: str, ticket_id: str, at: datetime) -> Ticket:
        """The ticket cut at `at`. Raises `NotFound`."""
        if ticket_id == self._ticket.id:
            if self._ticket.created_at > at:
                raise NotFound(f"ticket {ticket_id} was not open yet at {at.isoformat()}")
            return as_of(self._ticket, at)
        return await self._history.ticket(tenant, ticket_id, at)

    async def tickets(self, tenant: str, ids: Sequence[str], at: datetime) -> list[Ticket]:
        """Those of the named tickets that exist, in the order asked for."""
        return await self._history.tickets(tenant, ids, at)

    async def of_requester(self, tenant: str, requester: str, at: datetime, limit: int = 20) -> list[Ticket]:
        """The requester's tickets, newest first."""
        return await self._history.of_requester(tenant, requester, at, limit)

    async def opened_between(self, tenant: str, start: datetime, end: datetime) -> list[Ticket]:
        """Tickets opened in [start, end)."""
        return await self._history.opened_between(tenant, start, end)

    async def open_load(self, tenant: str, at: datetime) -> dict[str, int]:
        """Technician → open tickets."""
        return await self._history.open_load(tenant, at)

    async def track_records(self, tenant: str, category: str | None, at: datetime) -> list[TrackRecord]:
        """Every technician's record."""
        return await self._history.track_records(tenant, category, at)

    async def asked_back(self, tenant: str, category: str | None, at: datetime) -> AskedBack:
        """Of the stored tickets."""
        return await self._history.asked_back(tenant, category, at)

    async def usual_minutes(self, tenant: str, category: str | None, at: datetime) -> float | None:
        """Median minutes to resolution."""
        return await self._history.usual_minutes(tenant, category, at)

    async def escalated_share(self, tenant: str, at: datetime) -> float | None:
        """Share of resolved tickets that had climbed a tier."""
        return await self._history.escalated_share(tenant, at)


async def opinion(
    tenant: str, ticket: Ticket, at: datetime, *, policy: Policy, history: TicketHistory, search: EvidenceSearch,
    knowledge: KnowledgeBase, bursts: Bursts, judges: Judges | None = None, model: LanguageModel | None = None,
    may_ask: frozenset[str] = AGENTS_THAT_ASK,
) -> Opinion:  # fmt: skip
    """Triage, and where it would escalate also context, route and handoff. Raises `NotFound` before its creation."""
    agents = make_agents(
        policy, OneMore(history, ticket), search, knowledge, bursts, judges, model, may_ask
    )  # fmt: skip
    triaged = await agents.triage({"tenant": tenant, "ticket_id": ticket.id, "at": at})
    assessment = triaged["assessment"]
    cut = as_of(ticket, at)
    decision = decide(assessment, cut, policy, at, last_escalation_ended=None, has_open_escalation=False)
    first = Opinion(
        ticket_id=ticket.id,
        at=at,
        assessment=assessment,
        decision=decision,
        sla=sla_clocks(cut, policy, at),
        calls=triaged["calls"],
    )
    if decision.action != Action.ESCALATE:
        return first
    gathered = await agents.context_gatherer(
        {"tenant": tenant, "ticket_id": ticket.id, "at": at, "assessment": assessment, "decision": decision}
    )
    context, evidence = gathered["context"], gathered["evidence"]
    routed = await agents.router(
        {
            "tenant": tenant, "ticket_id": ticket.id, "at": at, "assessment": assessment, "decision": decision,
            "context": context, "evidence": evidence,
        }
    )  # fmt: skip
    written = await agents.summarizer(
        {
            "tenant": tenant, "ticket_id": ticket.id, "at": at, "assessment": assessment, "decision": decision,
            "context": context, "evidence": evidence, "route": routed["route"],
        }
    )  # fmt: skip
    asking = Asking(facts=facts_of(context), assignee=routed["route"].technician)
    approval = approval_for(cut, policy, at, assessment, escalation_id="opinion", run_id="opinion", asking=asking)
    return first.model_copy(
        update={
            "context": context, "evidence": evidence, "route": routed["route"], "handoff": written["handoff"],
            "approval": approval.action if approval else None,
            "approvers": approval.approvers if approval else (),
            "decide_by": approval.decide_by if approval else None,
            "calls": (*triaged["calls"], *gathered["calls"], *written["calls"]),
        }
    )  # fmt: skip
