"""The candidates of one search measured against the query and put in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from domain.base import Record
from domain.ports import About
from domain.relevance import IDENTIFIERS_FULL, Likeness, Relevance
from retrieval.documents import Document
from retrieval.ports import Embedder, Matrix, Vector, Wording
from retrieval.words import identifiers

PARTS_OF_QUERY = 2
"""More of a long report (a pasted log, mostly) is searched by its words alone."""


class Ranked(Record):
    """A document with its score (0–1) and what it rests on."""

    id: str
    score: float
    dense: float
    lexical: float
    shares: tuple[str, ...] = ()
    """Identifiers that it has in common with the query, as the query writes them, the rarest first."""


@dataclass(frozen=True)
class Question:
    """A query as it is compared: its title, the vectors of its parts, the words it is worth."""

    text: str
    title: str
    vectors: Matrix
    """(parts, dimension): the first is of its beginning."""
    of_title: Vector
    about: About = field(default_factory=About)

    @classmethod
    def of(cls, text: str, about: About, embedder: Embedder) -> Question:
        """The first line is the title where something follows it."""
        title, _, rest = text.strip().partition("\n")
        if not rest.strip():
            rows = embedder.encode([text.strip()])
            return cls(text=text, title=title, vectors=rows, of_title=rows[0], about=about)
        parts = embedder.pieces(rest.strip(), title)[:PARTS_OF_QUERY]
        rows = embedder.encode([*parts, title])
        return cls(text=text, title=title, vectors=rows[:-1], of_title=rows[-1], about=about)

    @property
    def has_title(self) -> bool:
        """Whether the title is not all there is."""
        return self.title.strip() != self.text.strip()


@dataclass(frozen=True)
class Candidates:
    """What a search found before ranking. Every document has vectors; the last of them is that of its title."""

    vectors: Mapping[str, Matrix]
    documents: Mapping[str, Document]
    words: Wording
    title_words: Wording
    named: Mapping[str, str] = field(default_factory=dict)
    """The query's identifiers, as `retrieval.words.identifiers` gives them."""

    @classmethod
    def of(
        cls, question: Question, vectors: Mapping[str, Matrix], documents: Mapping[str, Document],
        words: Wording, title_words: Wording,
    ) -> Candidates:  # fmt: skip
        """The documents that have both vectors and a text."""
        held = {id: documents[id] for id in vectors if id in documents}
        return cls({id: vectors[id] for id in held}, held, words, title_words, identifiers(question.text))


def rank(question: Question, found: Candidates, weights: Relevance) -> list[Ranked]:
    """Every candidate, best first; ids decide between equals."""
    ranked = []
    for id, document in found.documents.items():
        shared = _shared(document, found) if found.named else ()
        likeness = _likeness(question, found, id, document, shared)
        ranked.append(
            Ranked(
                id=id, score=weights.score(likeness, found.words.mass), dense=likeness.meaning,
                lexical=likeness.words, shares=tuple(found.named[term] for term in shared),
            )
        )  # fmt: skip
    return sorted(ranked, key=lambda hit: (-hit.score, -hit.dense, hit.id))


def likenesses(question: Question, found: Candidates) -> Iterator[tuple[str, Likeness]]:
    """What `rank` rests on, for whoever learns its weights."""
    for id, document in found.documents.items():
        yield id, _likeness(question, found, id, document, _shared(document, found) if found.named else ())


def _likeness(
    question: Question, found: Candidates, id: str, document: Document, shared: Sequence[str]
) -> Likeness:  # fmt: skip
    rows, about = found.vectors[id], question.about
    worth = sum(found.words.idf.get(term, 0.0) for term in shared)
    return Likeness(
        meaning=float((rows @ question.vectors.T).max()),
        words=found.words.share.get(id, 0.0),
        title_words=found.title_words.share.get(id, 0.0),
        titles=float(np.dot(rows[-1], question.of_title)),
        identifiers=min(1.0, worth / IDENTIFIERS_FULL),
        requester=_same(about.requester, document.requester),
        asset=_same(about.asset, document.asset),
        service=_same(about.service, document.service),
        category=_same(about.category, document.category),
    )


def _shared(document: Document, found: Candidates) -> tuple[str, ...]:
    held = identifiers(document.whole)
    both = [term for term in found.named if term in held]
    return tuple(sorted(both, key=lambda term: (-found.words.idf.get(term, 0.0), term)))


def _same(one: str | None, other: str | None) -> float:
    return float(one is not None and one == other)
