"""The context gatherer: finds evidence and facts, and asks once for what only people can know."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from agents.asker import Asker
from agents.collectors.knowledge import articles, known_problems
from agents.collectors.similar import Looked, looked, nearness, requester_history, similar_tickets
from agents.reading import FieldReader
from agents.views import GathererUpdate, GathererView
from agents.wording import QuestionWording
from domain.asked_back import worth_asking
from domain.asof import standing
from domain.assessment import Assessment, latest
from domain.context import Context
from domain.errors import CouldNotLook, NotFound
from domain.evidence import DocumentKind, Evidence, EvidenceItem, Found
from domain.gathering import gather, wanted_fields
from domain.knowledge import Article, KnownProblem
from domain.language_model import ModelCall
from domain.policy.policy import Policy
from domain.ports import About, EvidenceSearch, KnowledgeBase, SearchQuery, TicketHistory
from domain.text.passages import own_request_text
from domain.thresholds import ARTICLES, EVIDENCE_COSINE, OWN_EARLIER_TICKETS, PROBLEMS, SIMILAR_TICKETS
from domain.ticket import Ticket

_LIMITS = {
    DocumentKind.TICKET: SIMILAR_TICKETS,
    DocumentKind.PROBLEM: PROBLEMS,
    DocumentKind.ARTICLE: ARTICLES,
}


class ContextGatherer:
    """Evidence and facts as of the run's moment; a search that does not answer is said, and the journey goes on."""

    def __init__(
        self, policy: Policy, history: TicketHistory, search: EvidenceSearch, knowledge: KnowledgeBase,
        asker: Asker | None = None,
    ) -> None:  # fmt: skip
        self._policy = policy
        self._history = history
        self._search = search
        self._knowledge = knowledge
        self._reader = FieldReader(asker) if asker else None
        self._wording = QuestionWording(asker) if asker else None

    async def __call__(self, state: GathererView) -> GathererUpdate:
        """Context and evidence. Raises `NotFound` when there is no such ticket."""
        answer = state.get("answer")
        moment = latest(state["at"], answer.at if answer else None)
        tenant = state["tenant"]
        ticket = await self._history.ticket(tenant, state["ticket_id"], moment)
        earlier = await self._earlier(tenant, ticket, moment)
        context = gather(
            ticket,
            self._policy,
            state["assessment"],
            state["decision"],
            moment,
            earlier=earlier,
            context=state.get("context"),
            answer=answer,
            learned=await self._learned(tenant, ticket, state["assessment"], moment),
        )
        evidence = await self._evidence(tenant, ticket, moment, earlier)
        context, calls = await self._with_model(context, ticket, state["assessment"], tenant)
        return {"context": context, "evidence": evidence, "calls": calls}

    async def _with_model(
        self, context: Context, ticket: Ticket, opinion: Assessment, tenant: str
    ) -> tuple[Context, tuple[ModelCall, ...]]:
        """The context with what a model read and how it words the question; what is known and asked stays."""
        if self._reader is None or self._wording is None:
            return context, ()
        fields = wanted_fields(ticket, self._policy, opinion)
        (read, reading), (worded, wording) = await asyncio.gather(
            self._reader.read(ticket, context, fields, opinion, tenant),
            self._wording.better(context, fields, ticket, tenant),
        )
        return worded.model_copy(update={"read": read}), (*reading, *wording)

    async def _learned(self, tenant: str, ticket: Ticket, opinion: Assessment, moment: datetime) -> Mapping[str, str]:
        """Why fields that no form requires are worth asking for in this category."""
        if self._policy.forms.learn == "off":
            return {}
        optional = [one for one in wanted_fields(ticket, self._policy, opinion) if not one.required]
        if not optional:
            return {}
        # The history keeps the helpdesk's own word for the category.
        own = standing(ticket).category or opinion.category
        return worth_asking(optional, await self._history.asked_back(tenant, own, moment))

    async def _earlier(self, tenant: str, ticket: Ticket, moment: datetime) -> list[Ticket]:
        if not ticket.requester_id:
            return []
        own = await self._history.of_requester(tenant, ticket.requester_id, moment, OWN_EARLIER_TICKETS + 1)
        return [one for one in own if one.id != ticket.id and one.created_at <= ticket.created_at][:OWN_EARLIER_TICKETS]

    async def _evidence(self, tenant: str, ticket: Ticket, moment: datetime, earlier: Sequence[Ticket]) -> Evidence:
        looking = (self._find(tenant, ticket, kind, moment) for kind in DocumentKind)
        found = dict(zip(DocumentKind, await asyncio.gather(*looking), strict=True))
        ids = [hit.id for hit in found[DocumentKind.TICKET].hits]
        past = await self._history.tickets(tenant, ids, moment)
        problems = await self._problems(tenant, found[DocumentKind.PROBLEM])
        known = await self._articles(tenant, found[DocumentKind.ARTICLE])
        by_kind: dict[str, tuple[EvidenceItem, ...]] = {
            "ticket": similar_tickets(found[DocumentKind.TICKET], past),
            "problem": known_problems(found[DocumentKind.PROBLEM], problems, moment),
            "article": articles(found[DocumentKind.ARTICLE], known, moment),
        }
        status: dict[str, Looked] = {kind.value: looked(found[kind], by_kind[kind.value]) for kind in DocumentKind}
        by_kind["requester_history"] = requester_history(earlier, await self._nearness(ticket, earlier))
        status["requester_history"] = "found" if earlier else "nothing"
        return Evidence(items=tuple(item for items in by_kind.values() for item in items), looked=status)

    async def _find(self, tenant: str, ticket: Ticket, kind: DocumentKind, moment: datetime) -> Found:
        text = own_request_text(ticket)
        if not text:
            return Found(status="nothing", detail="the ticket has no text to search with")
        exclude = (ticket.id,) if kind == DocumentKind.TICKET else ()
        now = About(
            requester=ticket.requester_id, category=standing(ticket).category, service=ticket.service,
            asset=ticket.asset, at=moment,
        )  # fmt: skip
        query = SearchQuery(
            text=text, kind=kind, limit=_LIMITS[kind], exclude=exclude, known_by=moment, about=now,
            asking="advice", fold=True,
        )  # fmt: skip
        found = await self._search.search(tenant, query)
        near = tuple(hit for hit in found.hits if nearness(hit) >= EVIDENCE_COSINE)
        return found.model_copy(update={"hits": near})

    async def _nearness(self, ticket: Ticket, earlier: Sequence[Ticket]) -> dict[str, float]:
        text = own_request_text(ticket)
        if not earlier or not text:
            return {}
        try:
            near = await self._search.similarity(text, [own_request_text(one) for one in earlier])
        except CouldNotLook:
            return {}
        return {one.id: min(1.0, score) for one, score in zip(earlier, near, strict=True)}

    async def _problems(self, tenant: str, found: Found) -> list[KnownProblem]:
        known = []
        for hit in found.hits:
            try:
                known.append(await self._knowledge.problem(tenant, hit.id))
            except NotFound:
                continue
        return known

    async def _articles(self, tenant: str, found: Found) -> list[Article]:
        known = []
        for hit in found.hits:
            try:
                known.append(await self._knowledge.article(tenant, hit.id))
            except NotFound:
                continue
        return known
