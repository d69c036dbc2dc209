"""Drafts and articles: a published text was approved, and a patch is the next version."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import IllegalMove
from domain.knowledge import ArticleBody, Draft, DraftState, KnowledgeChoice
from domain.publishing import article_from
from tests.conftest import NOW

TEXT = ArticleBody(
    title="VPN error 619", symptom="It says 619.", cause="Old client.", resolution=("Update.", "Restart.")
)


def _draft(**change: object) -> Draft:
    fresh = Draft(
        id="drf_1", ticket_id="T-1", escalation_id="esc_1", at=NOW, choice=KnowledgeChoice.NEW, why="new",
        state=DraftState.AWAITING_REVIEW, article=TEXT,
    )  # fmt: skip
    return fresh.model_copy(update=change)


@given(st.lists(st.sampled_from([*DraftState]), max_size=6))
def test_nothing_is_published_that_was_not_approved_right_before(moves: list[DraftState]) -> None:
    draft, taken = _draft(), [DraftState.AWAITING_REVIEW]
    for to in moves:
        try:
            draft = draft.move(to, by="lea")
        except IllegalMove:
            continue
        taken.append(to)
    assert draft.version == len(taken)
    if DraftState.PUBLISHED in taken:
        assert taken == [DraftState.AWAITING_REVIEW, DraftState.APPROVED, DraftState.PUBLISHED]
    assert DraftState.REFUSED not in taken and DraftState.LINKED not in taken


def test_a_rejection_keeps_who_and_why() -> None:
    rejected = _draft().move(DraftState.REJECTED, by="lea", reason="too thin")
    assert (rejected.reviewed_by, rejected.review_reason) == ("lea", "too thin")


def test_the_same_draft_always_becomes_the_same_article() -> None:
    approved = _draft().move(DraftState.APPROVED, by="lea")
    assert article_from(approved, None, NOW) == article_from(approved, None, NOW)
    assert article_from(approved, None, NOW).source_tickets == ("T-1",)


def test_a_patch_is_the_next_version_and_keeps_its_sources() -> None:
    first = article_from(_draft(), None, NOW)
    patch = _draft(ticket_id="T-2", article=TEXT.model_copy(update={"cause": "Older client."}))
    second = article_from(patch, first, NOW)
    assert (second.id, second.version, second.source_tickets) == (first.id, 2, ("T-1", "T-2"))
    assert second.body.cause == "Older client."


def test_a_draft_without_a_text_cannot_be_published() -> None:
    with pytest.raises(IllegalMove, match="has no text to publish"):
        article_from(_draft(article=None), None, NOW)


def test_an_article_reads_in_the_order_symptom_cause_steps() -> None:
    assert TEXT.as_text() == "It says 619.\n\nOld client.\n\n1. Update.\n2. Restart."
