"""Articles and known problems of the demo, from articles/*.yaml and problems/*.yaml."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Literal

from app.demo.yaml_files import read_folder
from domain.base import NonEmpty, Record
from domain.knowledge import Article, ArticleBody, KnownProblem
from domain.policy.base import Slug

_REVIEWER = "ophelia-marsh"


class WrittenArticle(Record):
    """An article as it stands in the file."""

    id: NonEmpty
    title: NonEmpty
    symptom: str
    environment: str
    cause: str
    resolution: tuple[str, ...]
    category: Slug
    audience: Literal["internal", "public"] = "internal"
    author: Slug
    reviewer: Slug = _REVIEWER
    created: date
    updated: date


class ArticlesFile(Record):
    """articles/*.yaml"""

    articles: tuple[WrittenArticle, ...]


class ProblemsFile(Record):
    """problems/*.yaml"""

    problems: tuple[KnownProblem, ...]


def read_articles(folder: Path) -> tuple[Article, ...]:
    """Every article, by id."""
    written = [one for file in read_folder(folder, ArticlesFile) for one in file.articles]
    return tuple(_article(one) for one in sorted(written, key=lambda one: one.id))


def read_problems(folder: Path) -> tuple[KnownProblem, ...]:
    """Every known problem, by id."""
    found = [one for file in read_folder(folder, ProblemsFile) for one in file.problems]
    return tuple(sorted(found, key=lambda one: one.id))


def _article(one: WrittenArticle) -> Article:
    body = ArticleBody(
        title=one.title, symptom=one.symptom, environment=one.environment, cause=one.cause,
        resolution=one.resolution, category=one.category, audience=one.audience,
    )  # fmt: skip
    return Article(
        id=one.id, version=1 if one.created == one.updated else 2, body=body, created_at=_noon(one.created),
        updated_at=_noon(one.updated), author=one.author, reviewer=one.reviewer,
    )  # fmt: skip


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)
