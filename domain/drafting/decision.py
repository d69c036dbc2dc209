"""New, patch, link or refuse: what a draft adds to the articles there are."""

from __future__ import annotations

from collections.abc import Sequence

from domain.base import Record
from domain.grounding import words_of
from domain.knowledge import Article, ArticleBody, KnowledgeChoice

NEAR = 0.60
"""From this search score on an article may be about the same symptom."""
SAME_SYMPTOM = 0.50
"""... and it is, when it also holds this share of the draft's symptom words."""
COVERED = 0.60
"""A step is covered when the article holds this share of its words."""
_SHORT = 3
_FILLER = frozenset(
    words_of(
        "the and for with that this from have has had was were been are you your our they them then will would could"
        " should please kindly when while after before into not but can all any its which what there also about out"
    )
)


class NearArticle(Record):
    """An existing article and how near the search puts it, 0–1."""

    article: Article
    score: float


class Choice(Record):
    """What to do with a draft, why, and the article it is about when there is one."""

    choice: KnowledgeChoice
    why: str
    article: Article | None = None
    new_steps: tuple[str, ...] = ()
    """The steps that the article lacks."""


def choose(body: ArticleBody, neighbours: Sequence[NearArticle] | None) -> Choice:
    """Link when the nearest article on the same symptom covers every step, patch when it lacks some, else new.

    None for `neighbours` means that search could not look; that is said, and the reviewer decides.
    """
    if neighbours is None:
        return Choice(choice=KnowledgeChoice.NEW, why="existing articles could not be searched")
    same = [one for one in neighbours if one.score >= NEAR and share(body.symptom, _all(one.article)) >= SAME_SYMPTOM]
    if not same:
        return Choice(choice=KnowledgeChoice.NEW, why="no article describes this symptom")
    nearest = max(same, key=lambda one: (one.score, one.article.id)).article
    text = _all(nearest)
    missing = tuple(step for step in body.resolution if share(step, text) < COVERED)
    if not missing:
        why = f"{nearest.id} describes this symptom and holds every step"
        return Choice(choice=KnowledgeChoice.LINK, why=why, article=nearest)
    why = f"{nearest.id} describes this symptom but lacks {len(missing)} of {len(body.resolution)} steps"
    return Choice(choice=KnowledgeChoice.PATCH, why=why, article=nearest, new_steps=missing)


def share(text: str, other: str) -> float:
    """Share of the content words of `text` that `other` holds, 0–1; a text without content words is held."""
    words = _content(text)
    if not words:
        return 1.0
    held = _content(other)
    return sum(word in held for word in words) / len(words)


def _content(text: str) -> set[str]:
    return {word for word in words_of(text) if len(word) >= _SHORT and word not in _FILLER}


def _all(article: Article) -> str:
    return f"{article.body.title}\n{article.body.as_text()}"
