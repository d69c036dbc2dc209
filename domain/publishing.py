"""From an approved draft to an article. Pure."""

from __future__ import annotations

from datetime import datetime

from domain.base import derived_id
from domain.errors import IllegalMove
from domain.knowledge import Article, ArticleState, Draft


def article_from(draft: Draft, existing: Article | None, at: datetime) -> Article:
    """The article that an approved draft becomes: a new one, or the next version of the one it patches.

    Publishing the same draft again gives the same version. Raises `IllegalMove` when the draft holds no text.
    """
    if draft.article is None:
        raise IllegalMove(f"draft {draft.id} has no text to publish")
    if existing is not None and existing.body == draft.article and draft.ticket_id in existing.source_tickets:
        return existing
    if existing is not None:
        return existing.model_copy(
            update={
                "version": existing.version + 1,
                "body": draft.article,
                "updated_at": at,
                "reviewer": draft.reviewed_by,
                "source_tickets": tuple(dict.fromkeys((*existing.source_tickets, draft.ticket_id))),
            }
        )
    return Article(
        id=draft.article_id or derived_id("kb", draft.id),
        state=ArticleState.VALIDATED,
        body=draft.article,
        created_at=at,
        updated_at=at,
        author="tierwise",
        reviewer=draft.reviewed_by,
        source_tickets=(draft.ticket_id,),
    )
