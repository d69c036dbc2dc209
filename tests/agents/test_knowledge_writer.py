"""The knowledge writer drafts, links or refuses, as of the moment."""

from __future__ import annotations

import asyncio

from adapters.memory.history import MemoryHistory
from adapters.memory.knowledge import MemoryKnowledge
from adapters.memory.search import MemorySearch
from agents.knowledge_writer import KnowledgeWriter
from domain.knowledge import Article, ArticleBody, Draft, KnowledgeChoice
from retrieval.documents import article_document
from tests.domain.made import after, answered, event, policy, ticket, wrote

TICKET = ticket(
    answered(1, 10, "We renewed the certificate on the gateway."),
    wrote(2, 20, "Works now, thanks!"),
    event(3, 30, "closed"),
    body="The VPN tunnel does not connect.",
    subject="VPN tunnel",
    category="Remote access",
)


def article(created: float = 0, *steps: str) -> Article:
    body = ArticleBody(title="VPN tunnel", symptom="The VPN tunnel does not connect", resolution=steps)
    return Article(id="KB-1", body=body, created_at=after(created), updated_at=after(created))


def run(*articles: Article, minutes: float = 40, out_of_reach: bool = False) -> Draft:
    search = MemorySearch((article_document(one, "t") for one in articles), out_of_reach=out_of_reach)
    writer = KnowledgeWriter(policy(), MemoryHistory({"t": [TICKET]}), search, MemoryKnowledge({"t": articles}))
    return asyncio.run(writer({"tenant": "t", "ticket_id": "T-1", "at": after(minutes), "escalation_id": "esc"}))[
        "draft"
    ]


def test_without_articles_it_drafts_a_new_one_in_the_policys_category() -> None:
    draft = run()
    assert draft.choice == KnowledgeChoice.NEW
    assert draft.escalation_id == "esc"
    assert draft.article is not None and draft.article.category == "vpn"


def test_an_article_with_the_steps_is_linked() -> None:
    draft = run(article(0, "Renew the certificate on the gateway"))
    assert (draft.choice, draft.article_id) == (KnowledgeChoice.LINK, "KB-1")


def test_an_article_without_the_steps_is_patched() -> None:
    assert run(article(0, "Call the desk")).choice == KnowledgeChoice.PATCH


def test_an_article_of_the_future_does_not_count() -> None:
    assert run(article(1000, "Renew the certificate on the gateway")).choice == KnowledgeChoice.NEW


def test_a_search_out_of_reach_leaves_the_choice_to_the_reviewer() -> None:
    draft = run(article(0, "Renew the certificate on the gateway"), out_of_reach=True)
    assert draft.choice == KnowledgeChoice.NEW
    assert "could not" in draft.why


def test_before_anything_was_done_it_refuses() -> None:
    assert run(minutes=5).choice == KnowledgeChoice.REFUSE
