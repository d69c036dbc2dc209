"""The tables of the searchable documents, and how their rows are asked for and read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TypeVar

import numpy as np
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    exists,
    select,
)

from adapters.storage.schema import Micros, metadata
from domain.evidence import DocumentKind
from retrieval.documents import Document
from retrieval.ports import Embedded, Filters, Scope

T = TypeVar("T")

documents = Table(
    "documents",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("number", Integer, nullable=False, comment="its row in the word index of the tenant and kind"),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("text_hash", String, nullable=False),
    Column("category", String),
    Column("service", String),
    Column("requester", String),
    Column("asset", String),
    Column("reopened", Boolean),
    Column("bounced", Boolean),
    Column("explained", Boolean),
    Column("known_at", Micros),
    UniqueConstraint("tenant", "kind", "number"),
    Index(None, "tenant", "kind", "requester"),
    Index(None, "tenant", "kind", "category"),
)

document_vectors = Table(
    "document_vectors",
    metadata,
    Column("tenant", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("embedder", String, primary_key=True),
    Column("document_id", String, primary_key=True),
    Column("piece", Integer, primary_key=True, comment="a long text has several"),
    Column("vector", LargeBinary, nullable=False, comment="float32, little-endian, of length 1"),
    Column("indexed", Boolean, nullable=False, comment="whether the vector index has it"),
    Index(None, "tenant", "kind", "embedder", "indexed"),
)

_MANY = 5000
"""SQLite takes 32,766 parameters in one statement."""


def values_of(document: Document) -> dict[str, object]:
    """The columns of a document, its number left out."""
    return {**document.model_dump(), "text_hash": document.text_hash}


def document_of(row: Row[tuple[object, ...]]) -> Document:
    """The document in a row of `documents`."""
    named = row._mapping
    return Document.model_validate({name: named[name] for name in Document.model_fields})


def in_batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The items in parts that one statement can take."""
    return (items[at : at + _MANY] for at in range(0, len(items), _MANY))


def documents_of(tenant: str, kind: DocumentKind, ids: Sequence[str] | None = None) -> list[ColumnElement[bool]]:
    """The documents of a tenant and kind, or the named ones of them."""
    conditions = [documents.c.tenant == tenant, documents.c.kind == kind]
    return conditions if ids is None else [*conditions, documents.c.id.in_(ids)]


def vectors_of(tenant: str, kind: DocumentKind, ids: Sequence[str]) -> list[ColumnElement[bool]]:
    """The vectors of the named documents, of every embedder."""
    own = document_vectors.c
    return [own.tenant == tenant, own.kind == kind, own.document_id.in_(ids)]


def vectors_in(scope: Scope) -> list[ColumnElement[bool]]:
    """The vectors of a scope."""
    own = document_vectors.c
    return [own.tenant == scope.tenant, own.kind == scope.kind, own.embedder == scope.embedder]


def passes(filters: Filters) -> list[ColumnElement[bool]]:
    """The filters as conditions on `documents`, `exclude` left to the caller: it may be long."""
    wanted = {
        documents.c.requester: filters.requester,
        documents.c.category: filters.category,
        documents.c.service: filters.service,
    }
    conditions = [column == value for column, value in wanted.items() if value is not None]
    return conditions if filters.known_by is None else [*conditions, documents.c.known_at <= filters.known_by]


def has_vector(embedder: str) -> ColumnElement[bool]:
    """Whether a row of `documents` has a vector of the embedder."""
    own = document_vectors.c
    return exists().where(
        own.tenant == documents.c.tenant,
        own.kind == documents.c.kind,
        own.embedder == embedder,
        own.document_id == documents.c.id,
    )


def select_vectors(scope: Scope, ids: Sequence[str]) -> Select[tuple[str, bytes]]:
    """The vectors of the named documents of a scope, the pieces of each together and in order."""
    own = document_vectors.c
    question = select(own.document_id, own.vector).where(*vectors_in(scope), own.document_id.in_(ids))
    return question.order_by(own.document_id, own.piece)


def embedded(rows: Sequence[Row[tuple[str, bytes]]]) -> list[Embedded]:
    """Rows of `select_vectors` by document."""
    return [
        Embedded(id, np.stack([np.frombuffer(row.vector, dtype="<f4") for row in group]))
        for id, group in groupby(rows, key=lambda row: row.document_id)
    ]
