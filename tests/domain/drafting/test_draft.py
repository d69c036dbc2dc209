"""Drafts come out of what was written, or are refused."""

from __future__ import annotations

from domain.asof import cut_after
from domain.drafting.decision import NearArticle
from domain.drafting.draft import ASK_STEPS, write_draft
from domain.knowledge import Article, ArticleBody, DraftState, KnowledgeChoice
from domain.ticket import Event
from tests.domain.made import after, answered, event, ticket, wrote


def noted(number: int, at: float, body: str) -> Event:
    """An internal note."""
    return event(number, at, "comment", by="cy", role="technician", visibility="internal", body=body)


PUBLIC = ticket(
    answered(1, 10, "We restarted the gateway."),
    wrote(2, 20, "Still the same error. I use version 5.2.1 on Windows 11."),
    answered(3, 30, "The outage was caused by an expired certificate. We renewed the certificate on the gateway."),
    wrote(4, 40, "Works now, thanks! Reach me at ren@example.com or +49 30 1234567."),
    event(5, 50, "closed"),
    body="Hello,\nthe VPN tunnel does not connect. Ask Ren Ito, ren@example.com.",
    subject="VPN down",
)


def test_symptom_environment_cause_and_steps_land_in_their_places() -> None:
    draft = write_draft(PUBLIC, after(60))
    assert draft.choice == KnowledgeChoice.NEW
    assert draft.state == DraftState.AWAITING_REVIEW
    body = draft.article
    assert body is not None
    assert body.title == "VPN down"
    assert "the VPN tunnel does not connect." in body.symptom
    assert body.environment == "version 5.2.1, Windows 11"
    assert body.cause == "The outage was caused by an expired certificate."
    assert body.resolution == ("We renewed the certificate on the gateway.",)
    assert "confirmed it in e4" in draft.why


def test_what_did_not_help_is_left_out() -> None:
    draft = write_draft(PUBLIC, after(60))
    assert draft.article is not None
    assert "restarted" not in draft.article.as_text()


def test_people_are_masked() -> None:
    text = write_draft(PUBLIC, after(60)).model_dump_json()
    assert "ren@example.com" not in text
    assert "1234567" not in text
    assert "Ren" not in text


def test_a_draft_from_public_words_is_public_and_masks_hosts_one_from_notes_is_internal() -> None:
    draft = write_draft(PUBLIC, after(60))
    assert draft.article is not None and draft.article.audience == "public"
    inside = ticket(noted(1, 9, "Renewed the certificate on vpn.corp.example.com."), body="The VPN does not connect.")
    draft = write_draft(inside, after(60))
    assert draft.article is not None and draft.article.audience == "internal"
    assert draft.article.resolution == ("Renewed the certificate on vpn.corp.example.com.",)


def test_a_first_message_alone_is_refused_with_questions() -> None:
    draft = write_draft(cut_after(PUBLIC, 1), after(60))
    assert (draft.choice, draft.state, draft.article) == (KnowledgeChoice.REFUSE, DraftState.REFUSED, None)
    assert draft.questions[0] == ASK_STEPS
    assert 2 <= len(draft.questions) <= 4
    assert draft.claims[0].text == "VPN down"


def test_a_bare_it_is_solved_is_refused() -> None:
    solved = ticket(answered(1, 5, "The issue is solved now."), wrote(2, 6, "Confirmed, works."), event(3, 7, "closed"))
    assert write_draft(solved, after(9)).choice == KnowledgeChoice.REFUSE


def test_an_existing_article_is_linked_or_patched() -> None:
    known = ArticleBody(title="VPN", symptom="VPN down, the tunnel does not connect", resolution=("Call the desk",))
    article = Article(id="KB-7", body=known, created_at=after(0), updated_at=after(0))
    draft = write_draft(PUBLIC, after(60), neighbours=(NearArticle(article=article, score=0.9),))
    assert (draft.choice, draft.article_id, draft.overlaps) == (KnowledgeChoice.PATCH, "KB-7", ("KB-7",))
    assert draft.article is not None
    assert draft.article.resolution == ("Call the desk", "We renewed the certificate on the gateway.")
    whole = article.model_copy(update={"body": draft.article})
    again = write_draft(PUBLIC, after(60), neighbours=(NearArticle(article=whole, score=0.9),))
    assert (again.choice, again.state, again.article) == (KnowledgeChoice.LINK, DraftState.LINKED, None)


def test_the_steps_of_a_list_stay_together_and_in_order() -> None:
    body = "Please do this:\n1. Stop the service.\n2. Delete the folder cache.\n3. Start the service."
    draft = write_draft(ticket(answered(1, 5, body), wrote(2, 9, "That helped.")), after(10))
    assert draft.article is not None
    steps = [step for step in draft.article.resolution if step[0].isdigit()]
    assert steps == ["1. Stop the service.", "2. Delete the folder cache.", "3. Start the service."]


def test_the_same_ticket_gives_the_same_draft() -> None:
    assert write_draft(PUBLIC, after(60)) == write_draft(PUBLIC, after(60))
