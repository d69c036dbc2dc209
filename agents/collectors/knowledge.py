"""Known problems and articles as evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from agents.collectors.similar import nearness
from domain.evidence import EvidenceItem, Found
from domain.knowledge import Article, ArticleState, KnownProblem


def known_problems(found: Found, problems: Iterable[KnownProblem], at: datetime) -> tuple[EvidenceItem, ...]:
    """The hits that are problems known at `at`, in the hits' order; the workaround is how they are resolved."""
    by_id: Mapping[str, KnownProblem] = {problem.id: problem for problem in problems if problem.opened_at <= at}
    return tuple(
        EvidenceItem(
            kind="problem", id=hit.id, title=by_id[hit.id].title, score=nearness(hit),
            how_resolved=by_id[hit.id].workaround, team=by_id[hit.id].owner_team,
            resolved_at=_past(by_id[hit.id].fixed_at, at), why=hit.why, also=hit.also,
        )
        for hit in found.hits
        if hit.id in by_id
    )  # fmt: skip


def articles(found: Found, known: Iterable[Article], at: datetime) -> tuple[EvidenceItem, ...]:
    """The hits that are articles in use at `at`, in the hits' order; archived ones are left out."""
    by_id = {
        article.id: article for article in known if article.created_at <= at and article.state != ArticleState.ARCHIVED
    }
    return tuple(
        EvidenceItem(
            kind="article", id=hit.id, title=by_id[hit.id].body.title, score=nearness(hit),
            how_resolved="\n".join(by_id[hit.id].body.resolution) or None, by_whom=by_id[hit.id].author,
            why=hit.why, also=hit.also,
        )
        for hit in found.hits
        if hit.id in by_id
    )  # fmt: skip


def _past(moment: datetime | None, at: datetime) -> datetime | None:
    return moment if moment is not None and moment <= at else None
