"""Search in meaning and in words at once, and what it says when there is nothing or nobody to ask.

Score of a document = (dense + λ · lexical) / (1 + λ), where dense is the cosine of its nearest piece, lexical its
share of the query's idf-weighted words, and λ = WEIGHT · m / (m + HALF) grows with m, how much the query says (the sum
of the idf of its words): a short question put in one's own words is read by meaning, a long report also by the words
it repeats. `docs/explanation/search.md` has the measurements.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import numpy as np

from domain.base import Record
from domain.errors import CouldNotLook, Misconfigured, Unavailable
from domain.evidence import DocumentKind, Found, Hit
from domain.ports import SearchQuery
from retrieval.documents import Document
from retrieval.ingest import scope_of
from retrieval.ports import DocumentStore, Embedder, Filters, Scope, Vector, VectorIndex, Wording
from retrieval.words import best_sentence, terms

WEIGHT = 0.6
"""λ for a query that says very much."""

HALF = 100.0
"""The idf mass (nats) at which λ is half of `WEIGHT`: about twenty uncommon words."""

_CANDIDATES = 50
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
        self, store: DocumentStore, index: VectorIndex, embedder: Embedder, floor: Floor | None = None
    ) -> None:
        self._store = store
        self._index = index
        self._embedder = embedder
        self._floor = floor or Floor()

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
        wanted_terms = terms(query.text)
        if not wanted_terms or query.limit < 1:
            return ()
        scope = scope_of(self._embedder, tenant, query.kind)
        filters = Filters.of(query)
        vector = self._embedder.encode([query.text])[0]
        wanted = max(_CANDIDATES, 2 * query.limit)
        dense = self._dense(scope, vector, wanted, filters)
        words = self._store.wording(tenant, query.kind, query.text, wanted, filters, also=list(dense))
        unseen = [id for id in words.share if id not in dense]
        dense |= _cosines(self._store, scope, unseen, vector)
        ranked = rank(dense, words)[: query.limit]
        if not any(self._floor.reached(hit.dense, hit.lexical, words.mass) for hit in ranked):
            return ()
        documents = self._store.get(tenant, query.kind, [hit.id for hit in ranked])
        return tuple(_shown(hit, documents[hit.id], wanted_terms) for hit in ranked if hit.id in documents)

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


class Ranked(Record):
    """A document with its scores."""

    id: str
    score: float
    dense: float
    lexical: float


def lexical_weight(mass: float) -> float:
    """λ for a query whose words have this idf mass (nats, ≥ 0)."""
    return WEIGHT * mass / (mass + HALF)


def rank(dense: Mapping[str, float], words: Wording) -> list[Ranked]:
    """Every document with a cosine by its fused score (0–1), best first; ids decide between equals."""
    weight = lexical_weight(words.mass)
    ranked = []
    for id, cosine in dense.items():
        lexical = words.share.get(id, 0.0)
        score = (max(0.0, cosine) + weight * lexical) / (1.0 + weight)
        ranked.append(Ranked(id=id, score=min(1.0, score), dense=cosine, lexical=lexical))
    return sorted(ranked, key=lambda hit: (-hit.score, -hit.dense, hit.id))


def _cosines(store: DocumentStore, scope: Scope, ids: Sequence[str], vector: Vector) -> dict[str, float]:
    return {id: float((rows @ vector).max()) for id, rows in store.vectors(scope, ids).items()}


def _shown(hit: Ranked, document: Document, wanted: Sequence[str]) -> Hit:
    return Hit(
        kind=document.kind,
        id=document.id,
        title=document.title,
        score=round(hit.score, 6),
        dense=round(min(1.0, hit.dense), 6),
        lexical=round(hit.lexical, 6),
        snippet=best_sentence(document.text or document.title, wanted),
    )
