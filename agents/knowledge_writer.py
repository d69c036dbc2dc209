"""The knowledge writer: drafts an article from a closed ticket, or refuses and says what it would need."""

from __future__ import annotations

from datetime import datetime

from agents.article import ArticleRewriter
from agents.asker import Asker
from agents.boilerplate import BoilerplateOfTenant
from agents.views import WriterUpdate, WriterView
from domain.drafting.decision import NearArticle
from domain.drafting.draft import Findings, read_findings, write_draft
from domain.errors import NotFound
from domain.evidence import DocumentKind
from domain.policy.policy import Policy
from domain.ports import EvidenceSearch, KnowledgeBase, SearchQuery, TicketHistory
from domain.ticket import Ticket

_NEIGHBOURS = 5


class KnowledgeWriter:
    """Extractive: every line of a draft is one that somebody wrote on the ticket, with names and addresses masked."""

    def __init__(
        self, policy: Policy, history: TicketHistory, search: EvidenceSearch, knowledge: KnowledgeBase,
        asker: Asker | None = None,
    ) -> None:  # fmt: skip
        self._policy = policy
        self._history = history
        self._search = search
        self._knowledge = knowledge
        self._boilerplate = BoilerplateOfTenant(history)
        self._rewriter = ArticleRewriter(asker) if asker else None

    async def __call__(self, state: WriterView) -> WriterUpdate:
        """The draft as of the state's moment. Raises `NotFound` when there is no such ticket."""
        tenant, at = state["tenant"], state["at"]
        ticket = await self._history.ticket(tenant, state["ticket_id"], at)
        boilerplate = await self._boilerplate.at(tenant, at)
        found = read_findings(ticket, boilerplate)
        draft = write_draft(
            ticket,
            at,
            escalation_id=state.get("escalation_id"),
            neighbours=await self._neighbours(tenant, found, at) if found.enough else (),
            boilerplate=boilerplate,
            category=self._category(ticket),
        )
        if self._rewriter is None:
            return {"draft": draft, "calls": ()}
        draft, calls = await self._rewriter.better(draft, found, ticket, tenant)
        return {"draft": draft, "calls": calls}

    async def _neighbours(self, tenant: str, found: Findings, at: datetime) -> tuple[NearArticle, ...] | None:
        """The articles nearest to the symptom; none, not an empty tuple, when search could not look."""
        text = "\n".join(one.text for one in found.symptom)
        hits = await self._search.search(
            tenant, SearchQuery(text=text, kind=DocumentKind.ARTICLE, limit=_NEIGHBOURS, known_by=at)
        )
        if hits.status == "could_not_look":
            return None
        near: list[NearArticle] = []
        for hit in hits.hits:
            try:
                article = await self._knowledge.article(tenant, hit.id)
            except NotFound:
                continue
            near.append(NearArticle(article=article, score=hit.score))
        return tuple(near)

    def _category(self, ticket: Ticket) -> str | None:
        known = self._policy.category(ticket.category)
        return known.id if known else None
