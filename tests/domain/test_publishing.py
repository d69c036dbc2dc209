"""An approved draft becomes an article, or the next version of one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.errors import IllegalMove
from domain.knowledge import ArticleBody, Draft, DraftState, KnowledgeChoice
from domain.publishing import article_from

AT = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)


def draft(**changes: object) -> Draft:
    base = Draft(
        id="d1", ticket_id="T-1", escalation_id=None, at=AT, choice=KnowledgeChoice.NEW, why="new",
        state=DraftState.AWAITING_REVIEW,
        article=ArticleBody(title="VPN drops", symptom="It drops.", resolution=("Update.",)),
    )  # fmt: skip
    return base.model_copy(update=changes)


def test_a_new_article_names_its_ticket_and_its_reviewer() -> None:
    approved = draft().move(DraftState.APPROVED, by="kim")
    article = article_from(approved, None, AT)
    assert (article.version, article.reviewer, article.source_tickets) == (1, "kim", ("T-1",))
    assert article_from(approved, None, AT).id == article.id


def test_a_patch_is_the_next_version_and_keeps_where_it_came_from() -> None:
    first = article_from(draft(), None, AT)
    changed = draft(id="d2", ticket_id="T-2", choice=KnowledgeChoice.PATCH, article_id=first.id)
    second = article_from(changed, first, AT)
    assert (second.id, second.version, second.source_tickets) == (first.id, 2, ("T-1", "T-2"))


def test_a_draft_without_text_is_never_published() -> None:
    with pytest.raises(IllegalMove, match="no text"):
        article_from(draft(article=None), None, AT)


@pytest.mark.parametrize("state", [DraftState.REFUSED, DraftState.LINKED, DraftState.REJECTED, DraftState.PUBLISHED])
def test_a_decided_draft_is_not_decided_again(state: DraftState) -> None:
    with pytest.raises(IllegalMove):
        draft(state=state).move(DraftState.APPROVED, by="kim")


def test_each_decision_counts_the_version_up() -> None:
    approved = draft().move(DraftState.APPROVED, by="kim", reason="good")
    assert (approved.version, approved.reviewed_by, approved.review_reason) == (2, "kim", "good")
    assert approved.move(DraftState.PUBLISHED).version == 3
