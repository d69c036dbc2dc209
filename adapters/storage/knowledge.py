"""Articles and known problems in SQL."""

from __future__ import annotations

import asyncio

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from adapters.storage.engine import reading
from adapters.storage.schema import articles, problems
from domain.errors import NotFound
from domain.knowledge import Article, ArticleState, KnownProblem


class SqlKnowledge:
    """`domain.ports.KnowledgeBase` on a SQL database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def article(self, tenant: str, article_id: str) -> Article:
        """The newest version. Raises `NotFound`."""
        return await asyncio.to_thread(self._article, tenant, article_id)

    async def problem(self, tenant: str, problem_id: str) -> KnownProblem:
        """The known problem. Raises `NotFound`."""
        return await asyncio.to_thread(self._problem, tenant, problem_id)

    def _article(self, tenant: str, article_id: str) -> Article:
        with reading(self._engine) as connection:
            return get_article(connection, tenant, article_id)

    def _problem(self, tenant: str, problem_id: str) -> KnownProblem:
        with reading(self._engine) as connection:
            query = select(problems.c.body).where(problems.c.tenant == tenant, problems.c.id == problem_id)
            body = connection.execute(query).scalar_one_or_none()
        if body is None:
            raise NotFound(f"there is no known problem {problem_id}")
        return KnownProblem.model_validate_json(body)


def get_article(connection: Connection, tenant: str, article_id: str) -> Article:
    """The newest version of an article. Raises `NotFound`."""
    query = (
        select(articles.c.body)
        .where(articles.c.tenant == tenant, articles.c.id == article_id)
        .order_by(articles.c.version.desc())
        .limit(1)
    )
    body = connection.execute(query).scalar_one_or_none()
    if body is None:
        raise NotFound(f"there is no article {article_id}")
    return Article.model_validate_json(body)


def put_article(connection: Connection, tenant: str, article: Article) -> None:
    """Writes one version of an article; the same version again changes nothing but its text."""
    values = {
        "tenant": tenant, "id": article.id, "version": article.version, "state": article.state,
        "updated_at": article.updated_at, "body": article.model_dump_json(),
    }  # fmt: skip
    changed = {name: values[name] for name in ("state", "updated_at", "body")}
    statement = upsert(articles).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["tenant", "id", "version"], set_=changed))


def put_problem(connection: Connection, tenant: str, problem: KnownProblem) -> None:
    """Writes a known problem."""
    values = {
        "tenant": tenant, "id": problem.id, "status": problem.status, "body": problem.model_dump_json()
    }  # fmt: skip
    changed = {name: values[name] for name in ("status", "body")}
    statement = upsert(problems).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["tenant", "id"], set_=changed))


def list_articles(connection: Connection, tenant: str, limit: int = 100, after: str = "") -> list[Article]:
    """The newest version of every article that is not archived, by id; `after` pages on."""
    newest = (
        select(articles.c.id, func.max(articles.c.version).label("version"))
        .where(articles.c.tenant == tenant, articles.c.id > after)
        .group_by(articles.c.id)
        .subquery()
    )
    query = (
        select(articles.c.body)
        .join(newest, (articles.c.id == newest.c.id) & (articles.c.version == newest.c.version))
        .where(articles.c.tenant == tenant, articles.c.state != ArticleState.ARCHIVED)
        .order_by(articles.c.id)
        .limit(limit)
    )
    return [Article.model_validate_json(body) for body in connection.execute(query).scalars()]


def list_problems(connection: Connection, tenant: str) -> list[KnownProblem]:
    """Every known problem, by id."""
    query = select(problems.c.body).where(problems.c.tenant == tenant).order_by(problems.c.id)
    return [KnownProblem.model_validate_json(body) for body in connection.execute(query).scalars()]
