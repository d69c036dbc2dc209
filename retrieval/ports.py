"""What search and indexing need from outside: an embedding model, the documents in SQL, and a vector index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from domain.base import Record
from domain.evidence import DocumentKind
from domain.ports import SearchQuery
from retrieval.documents import Document

Matrix = NDArray[np.float32]
"""Vectors as rows: (n, dimension), each of length 1."""

Vector = NDArray[np.float32]
"""One vector of length 1: (dimension,)."""


class Embedder(Protocol):
    """Turns texts into vectors. The same text always gives the same vector."""

    @property
    def name(self) -> str:
        """Names the model and its weights; vectors of different names are never compared."""
        ...

    @property
    def dimension(self) -> int:
        """The number of components of a vector."""
        ...

    def encode(self, texts: Sequence[str]) -> Matrix:
        """One row per text. Raises `Misconfigured` or `ModelDamaged` when the model cannot be loaded."""
        ...

    def pieces(self, text: str, lead: str = "") -> list[str]:
        """The text cut into parts that the model reads to their end, each after `lead`; at least one."""
        ...


class Scope(Record):
    """One collection: the documents of one kind of one tenant, as one embedder sees them."""

    tenant: str
    kind: DocumentKind
    embedder: str
    dimension: int


class Filters(Record):
    """What a hit has to satisfy besides being near. An absent filter lets everything through."""

    exclude: tuple[str, ...] = ()
    requester: str | None = None
    category: str | None = None
    service: str | None = None
    known_by: datetime | None = None

    @classmethod
    def of(cls, query: SearchQuery) -> Filters:
        """The filters of a query."""
        return cls(
            exclude=query.exclude,
            requester=query.requester,
            category=query.category,
            service=query.service,
            known_by=query.known_by,
        )

    @property
    def narrowing(self) -> bool:
        """Whether few documents may pass, so that a wide search could miss all of them."""
        return self.requester is not None or self.category is not None or self.service is not None


class Embedded:
    """The vectors of one document, a row for each piece, in order."""

    __slots__ = ("id", "vectors")

    def __init__(self, id: str, vectors: Matrix) -> None:
        self.id = id
        self.vectors = vectors


class Near(Record):
    """A document near a vector: the cosine similarity of its nearest piece, −1 to 1."""

    id: str
    cosine: float


class Wording(Record):
    """Which documents share words with a query.

    `share` of a document is its BM25 score over `mass`: about the share (0–1) of the query's idf-weighted words
    that it holds, words in its title counting three times, dampened for long documents. A document absent from it
    shares none.
    """

    mass: float
    """The sum of the idf (natural logarithm) of the query's words: how much the query says."""
    share: dict[str, float]
    idf: dict[str, float] = {}
    """The query's words that decide, each with its idf (nats)."""


class Change(Record):
    """What `DocumentStore.put` did: ids are counted once each."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0


class DocumentStore(Protocol):
    """The documents of every tenant with their vectors: the truth that an index is derived from.

    Every method raises `Unavailable` or `DiskFull` when the database cannot be used.
    """

    def put(self, documents: Sequence[Document]) -> Change:
        """Writes documents. A changed text loses its vectors; everything else about it can change freely."""
        ...

    def delete(self, tenant: str, kind: DocumentKind, ids: Sequence[str]) -> None:
        """Forgets documents and their vectors; unknown ids are no error."""
        ...

    def get(self, tenant: str, kind: DocumentKind, ids: Sequence[str]) -> dict[str, Document]:
        """Those of the named documents that exist, by id."""
        ...

    def passing(
        self, tenant: str, kind: DocumentKind, filters: Filters, *, among: Sequence[str] | None = None
    ) -> list[str]:
        """The ids that pass the filters, in order of id: of all documents, or of those `among` them."""
        ...

    def count(self, tenant: str, kind: DocumentKind) -> int:
        """How many documents there are."""
        ...

    def wording(
        self,
        tenant: str,
        kind: DocumentKind,
        text: str,
        limit: int,
        filters: Filters,
        also: Sequence[str] = (),
    ) -> Wording:
        """The `limit` documents nearest in words that pass the filters, and those `also` asked for.

        Any text is allowed. The statistics are those of this tenant and kind alone.
        """
        ...

    def missing(self, embedder: str, limit: int) -> list[Document]:
        """Up to `limit` documents of any tenant without a vector of `embedder`."""
        ...

    def missing_among(self, embedder: str, documents: Sequence[Document]) -> list[Document]:
        """Those of the documents that have no vector of `embedder`."""
        ...

    def put_vectors(self, scope: Scope, rows: Sequence[Embedded]) -> None:
        """Stores vectors, not yet in the index; those of the same documents are replaced."""
        ...

    def vectors(self, scope: Scope, ids: Sequence[str]) -> dict[str, Matrix]:
        """The vectors of those of the named documents that have some, by id."""
        ...

    def all_vectors(self, scope: Scope, *, waiting: bool = False, batch: int = 1000) -> Iterator[list[Embedded]]:
        """The vectors of a scope in batches of documents; with `waiting` only those not yet in the index."""
        ...

    def mark_indexed(self, scope: Scope, ids: Sequence[str]) -> None:
        """Notes that the index holds the vectors of these documents."""
        ...

    def count_vectors(self, scope: Scope) -> int:
        """How many vectors (pieces) a scope has."""
        ...

    def scopes(self) -> list[Scope]:
        """Every scope that has a vector."""
        ...

    def forget_embedder(self, embedder: str) -> None:
        """Deletes every vector of an embedder."""
        ...


class VectorIndex(Protocol):
    """Nearest neighbours by cosine, derived from the store and rebuilt from it at need.

    Every method raises `CouldNotLook` when the index does not answer.
    """

    def add(self, scope: Scope, rows: Sequence[Embedded]) -> None:
        """Adds or replaces the vectors of documents."""
        ...

    def delete(self, scope: Scope, ids: Sequence[str]) -> None:
        """Forgets documents; unknown ids are no error."""
        ...

    def near(self, scope: Scope, vector: Vector, limit: int) -> list[Near]:
        """Up to `limit` documents, nearest first, each once. A scope never added to has none."""
        ...

    def count(self, scope: Scope) -> int:
        """How many vectors (pieces) a scope has."""
        ...

    def replace(self, scope: Scope, batches: Iterator[list[Embedded]]) -> None:
        """Builds the scope anew beside the old one, then puts it in its place."""
        ...

    def drop(self, scope: Scope) -> None:
        """Forgets a whole scope."""
        ...

    def embedders(self) -> set[str]:
        """The embedders whose vectors are there."""
        ...
