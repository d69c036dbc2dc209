"""Search over a list of documents in memory: the shipped fake of `EvidenceSearch`, without a model or a disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.errors import CouldNotLook
from domain.evidence import Found, Hit
from domain.ports import SearchQuery
from retrieval.documents import Document
from retrieval.embeddings import HashEmbedder
from retrieval.reasons import advice, reasons
from retrieval.words import best_sentence, identifiers, marks, terms


class MemorySearch:
    """Implements `domain.ports.EvidenceSearch` by the words that texts share.

    `out_of_reach` makes it answer `could_not_look` until it is set back.
    """

    def __init__(self, documents: Iterable[Document] = (), *, out_of_reach: bool = False) -> None:
        self._documents = {(one.tenant, one.kind, one.id): one for one in documents}
        self._embedder = HashEmbedder()
        self.out_of_reach = out_of_reach

    def add(self, *documents: Document) -> None:
        """Adds documents, or replaces those of the same id."""
        self._documents |= {(one.tenant, one.kind, one.id): one for one in documents}

    async def search(self, tenant: str, query: SearchQuery) -> Found:
        """The documents that share words with the query, best first."""
        looked_in = f"{query.kind}s of {tenant}"
        if self.out_of_reach:
            return Found(status="could_not_look", looked_in=looked_in, detail="told to be out of reach")
        wanted = set(terms(query.text))
        candidates = [one for one in self._documents.values() if one.tenant == tenant and _passes(one, query)]
        hits = [hit for hit in (_hit(one, wanted, query) for one in candidates) if hit.score > 0]
        best = sorted(hits, key=lambda hit: (-hit.score, hit.id))[: max(0, query.limit)]
        if not best:
            return Found(status="nothing", looked_in=looked_in, detail="no document shares a word")
        return Found(status="found", hits=tuple(best), looked_in=looked_in)

    async def similarity(self, text: str, others: Sequence[str]) -> list[float]:
        """Cosine of the hashed words. Raises `CouldNotLook` when told to be out of reach."""
        if self.out_of_reach:
            raise CouldNotLook("told to be out of reach", mend="set `out_of_reach` back")
        rows = self._embedder.encode([text, *others])
        return [min(1.0, max(-1.0, float(value))) for value in rows[1:] @ rows[0]]


def _passes(document: Document, query: SearchQuery) -> bool:
    known = query.known_by is None or (document.known_at is not None and document.known_at <= query.known_by)
    return (
        known
        and document.kind == query.kind
        and document.id not in query.exclude
        and query.requester in (None, document.requester)
        and query.category in (None, document.category)
        and query.service in (None, document.service)
    )


def _hit(document: Document, wanted: set[str], query: SearchQuery) -> Hit:
    share = len(wanted & set(terms(document.whole))) / max(1, len(wanted))
    weights = {term: float(len(term)) for term in wanted if len(term) > 2}
    named, held = identifiers(query.text), identifiers(document.whole)
    snippet = best_sentence(document.text or document.title, weights)
    return Hit(
        kind=document.kind,
        id=document.id,
        title=document.title,
        score=share * advice(document) if query.asking == "advice" else share,
        lexical=share,
        snippet=snippet,
        marks=marks(snippet, weights),
        why=reasons(document, query.about, [named[term] for term in named if term in held]),
    )
