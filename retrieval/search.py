"""Search in meaning and in words at once, and what it says when there is nothing or nobody to ask.

Candidates are the nearest by meaning and the nearest by words; `domain.relevance` says how they are ordered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import numpy as np

from domain.base import Record
from domain.errors import CouldNotLook, Misconfigured, Unavailable
from domain.evidence import DocumentKind, Found, Hit
from domain.ports import About, SearchQuery
from domain.relevance import Relevance
from retrieval.documents import Document
from retrieval.folding import fold
from retrieval.ingest import scope_of
from retrieval.ports import DocumentStore, Embedder, Filters, Scope, Vector, VectorIndex
from retrieval.ranker import Candidates, Question, Ranked, rank
from retrieval.reasons import advice, reasons
from retrieval.words import best_sentence, marks, terms

_CANDIDATES = 50
_OF_TITLE = 20
"""Candidates by the words of the query's title alone."""
_TELLING, _SHORT = 1.0, 3
"""A word that a third of the documents hold has an idf of about 0.7 nats."""
_FEW = 500
"""Up to so many documents are each looked at; beyond, the index is asked."""


class Floor(Record):
    """What the best hits have to reach; a search in which none does has found nothing.

    Near enough is near in meaning, or near in words that say something.
    """

    dense: float = 0.35
    """Cosine. Random letters reach 0.34 with the default model, questions on another subject 0.33 half of the time."""
    lexical: float = 0.5
    """Share of the query's words, if what is shared is worth `nats`."""
    nats: float = 1.0
    """Idf (natural logarithm) of the shared words together: keeps "of the" from being a find."""

    def reached(self, dense: float, lexical: float, mass: float) -> bool:
        """Whether a hit is near enough to a query of this idf mass."""
        return dense >= self.dense or (lexical >= self.lexical and lexical * mass >= self.nats)


class HybridSearch:
    """Implements `domain.ports.EvidenceSearch` over a document store and a vector index."""

    def __init__(
        self, store: DocumentStore, index: VectorIndex, embedder: Embedder, floor: Floor | None = None,
        weights: Relevance | None = None,
    ) -> None:  # fmt: skip
        self._store = store
        self._index = index
        self._embedder = embedder
        self._floor = floor or Floor()
        self._weights = weights or Relevance()

    async def search(self, tenant: str, query: SearchQuery) -> Found:
        """The nearest documents, best first. Never raises: what is out of reach is `could_not_look`."""
        looked_in = f"{query.kind}s of {tenant}"
        try:
            hits = await asyncio.to_thread(self.look, tenant, query)
        except (Unavailable, Misconfigured) as error:
            return Found(status="could_not_look", looked_in=looked_in, detail=str(error))
        if not hits:
            return Found(status="nothing", looked_in=looked_in, detail="nothing is near enough")
        return Found(status="found", hits=hits, looked_in=looked_in)

    async def similarity(self, text: str, others: Sequence[str]) -> list[float]:
        """Cosine similarity of `text` to each of `others`, −1 to 1. Raises `CouldNotLook`."""
        if not others:
            return []
        try:
            rows = await asyncio.to_thread(self._embedder.encode, [text, *others])
        except (Unavailable, Misconfigured) as error:
            raise CouldNotLook(f"texts cannot be compared: {error.message}", mend=error.mend) from error
        return [float(np.clip(value, -1.0, 1.0)) for value in rows[1:] @ rows[0]]

    def known_vectors(self, tenant: str, ticket_ids: Sequence[str]) -> dict[str, Vector]:
        """The vectors of tickets that were indexed, by id; a long ticket's is that of its beginning."""
        scope = scope_of(self._embedder, tenant, DocumentKind.TICKET)
        return {id: rows[0] for id, rows in self._store.vectors(scope, ticket_ids).items() if len(rows)}

    def space(self) -> tuple[str, int]:
        """(name, dimension) of the embedding model: vectors of different names are never compared."""
        return self._embedder.name, self._embedder.dimension

    def look(self, tenant: str, query: SearchQuery) -> tuple[Hit, ...]:
        """The hits alone, in this thread. Raises `Unavailable` or `Misconfigured` when something is out of reach."""
        if query.limit < 1 or not terms(query.text):
            return ()
        question = Question.of(query.text, query.about, self._embedder)
        found = self._candidates(tenant, query, question)
        ranked = rank(question, found, self._weights)
        mass = found.words.mass
        if not any(self._floor.reached(hit.dense, hit.lexical, mass) for hit in ranked[: query.limit]):
            return ()
        if query.asking == "advice":
            ranked = _as_advice(ranked, found.documents)
        wanted = telling(found.words.idf)
        if query.fold:
            shown = fold(ranked, found.vectors, found.documents, query.limit)
        else:
            shown = [(hit, ()) for hit in ranked[: query.limit]]
        return tuple(_shown(hit, found.documents[hit.id], query.about, wanted, also) for hit, also in shown)

    def _candidates(self, tenant: str, query: SearchQuery, question: Question) -> Candidates:
        scope = scope_of(self._embedder, tenant, query.kind)
        filters = Filters.of(query)
        wanted = max(_CANDIDATES, 2 * query.limit)
        near = list(self._dense(scope, question.vectors[0], wanted, filters))
        words = self._store.wording(tenant, query.kind, query.text, wanted, filters, also=near)
        title_words = words
        if question.has_title:
            also = [*near, *(id for id in words.share if id not in near)]
            title_words = self._store.wording(tenant, query.kind, question.title, _OF_TITLE, filters, also=also)
            seen = [id for id in title_words.share if id not in words.share and id not in near]
            near += seen
        ids = [*near, *(id for id in words.share if id not in near)]
        vectors = self._store.vectors(scope, ids)
        return Candidates.of(question, vectors, self._store.get(tenant, query.kind, ids), words, title_words)

    def _dense(self, scope: Scope, vector: Vector, wanted: int, filters: Filters) -> dict[str, float]:
        """Candidates by meaning that pass the filters: id → cosine."""
        if filters.narrowing:
            passing = self._store.passing(scope.tenant, scope.kind, filters)
            if len(passing) <= _FEW:
                return _cosines(self._store, scope, passing, vector)
        # Half as many again: a few fall to the filters nearly always, and asking twice costs more than asking wider.
        asked = wanted * 3 // 2 + len(filters.exclude)
        while True:
            near = {one.id: one.cosine for one in self._index.near(scope, vector, asked)}
            passing = self._store.passing(scope.tenant, scope.kind, filters, among=list(near))
            if len(passing) >= wanted or len(near) < asked:
                return {id: near[id] for id in passing}
            # The filters let too few of the nearest through: look further, until all have been seen.
            asked *= 4


def _shown(
    hit: Ranked, document: Document, about: About, wanted: Mapping[str, float], also: tuple[str, ...]
) -> Hit:  # fmt: skip
    snippet = best_sentence(document.text or document.title, wanted)
    return Hit(
        kind=document.kind, id=document.id, title=document.title, score=round(hit.score, 6),
        dense=round(min(1.0, hit.dense), 6), lexical=round(hit.lexical, 6), snippet=snippet,
        marks=marks(snippet, wanted), why=reasons(document, about, hit.shares), also=also,
    )  # fmt: skip


def _cosines(store: DocumentStore, scope: Scope, ids: Sequence[str], vector: Vector) -> dict[str, float]:
    return {id: float((rows @ vector).max()) for id, rows in store.vectors(scope, ids).items()}


def telling(idf: Mapping[str, float]) -> dict[str, float]:
    """The words worth marking, by weight: those that not every other text holds; all of them where all are common."""
    rare = {term: weight for term, weight in idf.items() if weight >= _TELLING}
    return rare or {term: weight for term, weight in idf.items() if len(term) > _SHORT}


def _as_advice(ranked: Sequence[Ranked], documents: Mapping[str, Document]) -> list[Ranked]:
    """What ended badly or tells no solution moves down."""
    weighed = [hit.model_copy(update={"score": hit.score * advice(documents[hit.id])}) for hit in ranked]
    return sorted(weighed, key=lambda hit: (-hit.score, -hit.dense, hit.id))
