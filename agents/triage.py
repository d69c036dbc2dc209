"""Triage: reads the ticket and what stands around it, and states an opinion."""

from __future__ import annotations

from datetime import datetime

from agents.collectors.around import companions, neighbours
from agents.collectors.playbooks import find_playbook
from agents.reading import TicketReader
from agents.views import TriageUpdate, TriageView
from domain.asof import standing
from domain.audit.seen import seen
from domain.errors import CouldNotLook
from domain.evidence import DocumentKind
from domain.policy.policy import Policy
from domain.ports import Bursts, EvidenceSearch, Judgement, Judges, SearchQuery, TicketHistory
from domain.surroundings import Companion, Neighbour, Surroundings
from domain.text.passages import own_request_text
from domain.thresholds import DUPLICATE_WINDOW, NEIGHBOURS
from domain.ticket import Ticket
from domain.triage import assess

_MOST_COMPANIONS = 40
"""The latest tickets compared with this one."""


class Triage:
    """Assesses a ticket as of the run's moment. An index out of reach leaves out what only it could tell."""

    def __init__(
        self, policy: Policy, history: TicketHistory, search: EvidenceSearch, bursts: Bursts,
        judges: Judges | None = None, reader: TicketReader | None = None,
    ) -> None:  # fmt: skip
        self._policy = policy
        self._history = history
        self._search = search
        self._bursts = bursts
        self._judges = judges
        self._reader = reader

    async def __call__(self, state: TriageView) -> TriageUpdate:
        """The assessment of the ticket at `at`. Raises `NotFound` when there is no such ticket."""
        tenant, at = state["tenant"], state["at"]
        ticket = await self._history.ticket(tenant, state["ticket_id"], at)
        around = Surroundings(
            neighbours=await self._neighbours(tenant, ticket, at),
            escalated_share=await self._history.escalated_share(tenant, at),
            companions=await self._companions(tenant, ticket, at),
            burst=await self._bursts.burst(tenant, ticket, at),
            usual_minutes=await self._history.usual_minutes(tenant, standing(ticket).category, at),
            judgement=await self._judgement(tenant, at),
        )
        assessment = assess(ticket, self._policy, at, around)
        found = await find_playbook(ticket, self._policy, assessment, self._search)
        assessment = assessment.model_copy(update={"playbook": found})
        noted = seen(ticket, at, around).model_dump_json(by_alias=True)
        if self._reader is None:
            return {"assessment": assessment, "calls": (), "seen": noted}
        assessment, calls = await self._reader.read(ticket, assessment, tenant)
        return {"assessment": assessment, "calls": calls, "seen": noted}

    async def _judgement(self, tenant: str, at: datetime) -> Judgement | None:
        if self._judges is None or self._policy.learning.mode == "off":
            return None
        return await self._judges.judgement(tenant, at)

    async def _neighbours(self, tenant: str, ticket: Ticket, at: datetime) -> tuple[Neighbour, ...]:
        text = own_request_text(ticket)
        if not text:
            return ()
        found = await self._search.search(
            tenant,
            SearchQuery(text=text, kind=DocumentKind.TICKET, limit=NEIGHBOURS, exclude=(ticket.id,), known_by=at),
        )
        past = await self._history.tickets(tenant, [hit.id for hit in found.hits], at)
        return neighbours(found, past)

    async def _companions(self, tenant: str, ticket: Ticket, at: datetime) -> tuple[Companion, ...]:
        others = await self._lately(tenant, ticket, at)
        text = own_request_text(ticket)
        if not others or not text:
            return ()
        try:
            near = await self._search.similarity(text, [own_request_text(other) for other in others])
        except CouldNotLook:
            return companions(ticket, others, None)
        return companions(ticket, others, near)

    async def _lately(self, tenant: str, ticket: Ticket, at: datetime) -> list[Ticket]:
        """Tickets that could be the same request, newest first."""
        since = ticket.created_at - DUPLICATE_WINDOW
        found: dict[str, Ticket] = {}
        if ticket.requester_id:
            own = await self._history.of_requester(tenant, ticket.requester_id, at)
            found |= {one.id: one for one in own if one.created_at >= since}
        if ticket.asset:
            window = await self._history.opened_between(tenant, since, at)
            found |= {one.id: one for one in window if one.asset == ticket.asset}
        found.pop(ticket.id, None)
        newest = sorted(found.values(), key=lambda one: (one.created_at, one.id), reverse=True)
        return newest[:_MOST_COMPANIONS]
