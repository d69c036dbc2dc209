"""New, patch or link."""

from __future__ import annotations

from domain.drafting.decision import NearArticle, choose, share
from domain.knowledge import Article, ArticleBody, KnowledgeChoice
from tests.domain.made import after

BODY = ArticleBody(
    title="VPN down",
    symptom="The VPN tunnel does not connect",
    resolution=("Renew the gateway certificate", "Restart the client"),
)


def near(score: float, *steps: str, symptom: str = "VPN tunnel does not connect any more") -> NearArticle:
    body = ArticleBody(title="VPN", symptom=symptom, resolution=steps)
    article = Article(id="KB-1", body=body, created_at=after(0), updated_at=after(0))
    return NearArticle(article=article, score=score)


def test_without_a_near_article_on_the_symptom_it_is_new() -> None:
    assert choose(BODY, ()).choice == KnowledgeChoice.NEW
    assert choose(BODY, (near(0.3, *BODY.resolution),)).choice == KnowledgeChoice.NEW
    other = near(0.9, *BODY.resolution, symptom="Printer prints grey pages only")
    assert choose(BODY, (other,)).choice == KnowledgeChoice.NEW


def test_an_article_that_holds_every_step_is_linked() -> None:
    chosen = choose(BODY, (near(0.9, "Renew the certificate of the gateway, then restart the client"),))
    assert chosen.choice == KnowledgeChoice.LINK
    assert chosen.article is not None and chosen.article.id == "KB-1"


def test_an_article_that_lacks_a_step_is_patched_with_that_step() -> None:
    chosen = choose(BODY, (near(0.9, "Restart the client"),))
    assert chosen.choice == KnowledgeChoice.PATCH
    assert chosen.new_steps == ("Renew the gateway certificate",)


def test_share_counts_content_words() -> None:
    assert share("restart the client", "client was slow") == 0.5
    assert share("the", "anything") == 1.0
