"""Articles and known problems in memory: the shipped fake of `KnowledgeBase`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.errors import NotFound
from domain.knowledge import Article, KnownProblem


class MemoryKnowledge:
    """Implements `domain.ports.KnowledgeBase`; of several versions of an article the newest answers."""

    def __init__(
        self,
        articles: Mapping[str, Sequence[Article]] | None = None,
        problems: Mapping[str, Sequence[KnownProblem]] | None = None,
    ) -> None:
        self._articles = {
            tenant: {one.id: one for one in sorted(those, key=lambda article: article.version)}
            for tenant, those in (articles or {}).items()
        }
        self._problems = {tenant: {one.id: one for one in those} for tenant, those in (problems or {}).items()}

    async def article(self, tenant: str, article_id: str) -> Article:
        """The newest version. Raises `NotFound`."""
        found = self._articles.get(tenant, {}).get(article_id)
        if found is None:
            raise NotFound(f"no article {article_id!r}", mend="check the id and the tenant")
        return found

    async def problem(self, tenant: str, problem_id: str) -> KnownProblem:
        """The known problem. Raises `NotFound`."""
        found = self._problems.get(tenant, {}).get(problem_id)
        if found is None:
            raise NotFound(f"no known problem {problem_id!r}", mend="check the id and the tenant")
        return found
