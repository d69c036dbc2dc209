"""The searchable documents with their vectors and words in SQL: what the vector index is derived from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, union_all, update

from adapters.storage import fulltext
from adapters.storage.document_tables import (
    document_of,
    document_vectors,
    documents,
    documents_of,
    embedded,
    has_vector,
    in_batches,
    passes,
    select_vectors,
    values_of,
    vectors_in,
    vectors_of,
)
from adapters.storage.engine import open_engine, reading, transaction
from domain.evidence import DocumentKind
from retrieval.documents import Document
from retrieval.ports import Change, Embedded, Filters, Matrix, Scope, Wording


def open_documents(path: Path) -> SqlDocuments:
    """The documents of a records database; creates it where it is missing."""
    return SqlDocuments(open_engine(path))


class SqlDocuments:
    """Implements `retrieval.ports.DocumentStore` on SQLite. Raises `Unavailable`, `DiskFull`, `Misconfigured`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        """Lets go of the database file."""
        self._engine.dispose()

    def put(self, new: Sequence[Document]) -> Change:
        """Writes documents. A changed text loses its vectors; of repeated ids the last one counts."""
        groups: dict[tuple[str, DocumentKind], dict[str, Document]] = defaultdict(dict)
        for document in new:
            groups[document.tenant, document.kind][document.id] = document
        added = updated = unchanged = 0
        with transaction(self._engine) as connection:
            for (tenant, kind), group in groups.items():
                known = _rows(connection, tenant, kind, list(group))
                fresh = [one for one in group.values() if one.id not in known]
                moved = [one for id, one in group.items() if id in known and document_of(known[id]) != one]
                _add(connection, tenant, kind, fresh)
                for one in moved:
                    _change(connection, one, known[one.id])
                added += len(fresh)
                updated += len(moved)
                unchanged += len(group) - len(fresh) - len(moved)
        return Change(added=added, updated=updated, unchanged=unchanged)

    def delete(self, tenant: str, kind: DocumentKind, ids: Sequence[str]) -> None:
        """Forgets documents, their vectors and words; unknown ids are no error."""
        with transaction(self._engine) as connection:
            for some in in_batches(ids):
                rows = _rows(connection, tenant, kind, some)
                fulltext.remove(connection, tenant, kind, [row.number for row in rows.values()])
                connection.execute(delete(documents).where(*documents_of(tenant, kind, some)))
                connection.execute(delete(document_vectors).where(*vectors_of(tenant, kind, some)))

    def get(self, tenant: str, kind: DocumentKind, ids: Sequence[str]) -> dict[str, Document]:
        """Those of the named documents that exist, by id."""
        with reading(self._engine) as connection:
            return {id: document_of(row) for id, row in _rows(connection, tenant, kind, ids).items()}

    def passing(
        self, tenant: str, kind: DocumentKind, filters: Filters, *, among: Sequence[str] | None = None
    ) -> list[str]:
        """The ids that pass the filters, in order of id: of all documents, or of those `among` them."""
        question = select(documents.c.id).where(*documents_of(tenant, kind), *passes(filters))
        with reading(self._engine) as connection:
            if among is None:
                found = connection.execute(question).scalars().all()
            else:
                found = [
                    id
                    for some in in_batches(among)
                    for id in connection.execute(question.where(documents.c.id.in_(some))).scalars()
                ]
        return sorted(set(found) - set(filters.exclude))

    def count(self, tenant: str, kind: DocumentKind) -> int:
        """How many documents there are."""
        question = select(func.count()).where(*documents_of(tenant, kind))
        with reading(self._engine) as connection:
            return connection.execute(question).scalar_one()

    def wording(
        self,
        tenant: str,
        kind: DocumentKind,
        text: str,
        limit: int,
        filters: Filters,
        also: Sequence[str] = (),
    ) -> Wording:
        """The `limit` documents nearest in words that pass the filters, and those `also` asked for."""
        with reading(self._engine) as connection:
            asked = fulltext.asked(connection, tenant, kind, text)
            if asked is None:
                return Wording(mass=0.0, share={})
            scores = fulltext.scores(tenant, kind, asked)
            scored = (
                select(documents.c.id, scores.c.score)
                .join(scores, documents.c.number == scores.c.number)
                .where(*documents_of(tenant, kind))
            )
            # Excluded ids may be many; asking for as many more keeps them out of the statement.
            most = limit + len(filters.exclude)
            best = scored.where(*passes(filters)).order_by(scores.c.score.desc()).limit(most).subquery()
            excluded = set(filters.exclude)
            found = connection.execute(union_all(select(best), scored.where(documents.c.id.in_(also)))).all()
        near = [row for row in found if row.id not in excluded or row.id in also]
        share = {row.id: min(1.0, row.score / asked.mass) for row in near}
        return Wording(mass=asked.mass, share=share, idf=asked.idf)

    def missing(self, embedder: str, limit: int) -> list[Document]:
        """Up to `limit` documents of any tenant without a vector of `embedder`."""
        question = select(documents).where(~has_vector(embedder)).limit(limit)
        with reading(self._engine) as connection:
            return [document_of(row) for row in connection.execute(question)]

    def missing_among(self, embedder: str, some: Sequence[Document]) -> list[Document]:
        """Those of the documents that have no vector of `embedder`."""
        groups: dict[tuple[str, DocumentKind], list[Document]] = defaultdict(list)
        for document in some:
            groups[document.tenant, document.kind].append(document)
        lacking: list[Document] = []
        with reading(self._engine) as connection:
            for (tenant, kind), group in groups.items():
                conditions = vectors_of(tenant, kind, [one.id for one in group])
                question = select(document_vectors.c.document_id).where(
                    *conditions, document_vectors.c.embedder == embedder
                )
                have = set(connection.execute(question).scalars())
                lacking += [one for one in group if one.id not in have]
        return lacking

    def put_vectors(self, scope: Scope, rows: Sequence[Embedded]) -> None:
        """Stores vectors, not yet in the index; those of the same documents are replaced."""
        if not rows:
            return
        own = {"tenant": scope.tenant, "kind": scope.kind, "embedder": scope.embedder, "indexed": False}
        values = [
            {**own, "document_id": row.id, "piece": piece, "vector": vector.astype("<f4").tobytes()}
            for row in rows
            for piece, vector in enumerate(row.vectors)
        ]
        with transaction(self._engine) as connection:
            for some in in_batches([row.id for row in rows]):
                conditions = vectors_of(scope.tenant, scope.kind, some)
                connection.execute(
                    delete(document_vectors).where(*conditions, document_vectors.c.embedder == scope.embedder)
                )
            connection.execute(insert(document_vectors), values)

    def vectors(self, scope: Scope, ids: Sequence[str]) -> dict[str, Matrix]:
        """The vectors of those of the named documents that have some, by id."""
        found: dict[str, Matrix] = {}
        with reading(self._engine) as connection:
            for some in in_batches(ids):
                rows = connection.execute(select_vectors(scope, some)).all()
                found |= {one.id: one.vectors for one in embedded(rows)}
        return found

    def all_vectors(self, scope: Scope, *, waiting: bool = False, batch: int = 1000) -> Iterator[list[Embedded]]:
        """The vectors of a scope in batches of documents; with `waiting` only those not yet in the index."""
        last = ""
        own = document_vectors.c.document_id
        while True:
            ids = select(own).distinct().where(*vectors_in(scope), own > last).order_by(own).limit(batch)
            if waiting:
                ids = ids.where(~document_vectors.c.indexed)
            with reading(self._engine) as connection:
                some = connection.execute(ids).scalars().all()
                if not some:
                    return
                found = embedded(connection.execute(select_vectors(scope, some)).all())
            yield found
            last = some[-1]

    def mark_indexed(self, scope: Scope, ids: Sequence[str]) -> None:
        """Notes that the index holds the vectors of these documents."""
        with transaction(self._engine) as connection:
            for some in in_batches(ids):
                own = (*vectors_in(scope), document_vectors.c.document_id.in_(some))
                connection.execute(update(document_vectors).where(*own).values(indexed=True))

    def count_vectors(self, scope: Scope) -> int:
        """How many vectors (pieces) a scope has."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).where(*vectors_in(scope))).scalar_one()

    def scopes(self) -> list[Scope]:
        """Every scope that has a vector."""
        own = document_vectors.c
        question = select(own.tenant, own.kind, own.embedder, func.max(func.length(own.vector)).label("bytes"))
        question = question.group_by(own.tenant, own.kind, own.embedder)
        with reading(self._engine) as connection:
            rows = connection.execute(question.order_by(own.tenant, own.kind, own.embedder)).all()
        return [
            Scope(
                tenant=row.tenant,
                kind=DocumentKind(row.kind),
                embedder=row.embedder,
                dimension=row.bytes // 4,
            )
            for row in rows
        ]

    def forget_embedder(self, embedder: str) -> None:
        """Deletes every vector of an embedder."""
        with transaction(self._engine) as connection:
            connection.execute(delete(document_vectors).where(document_vectors.c.embedder == embedder))


def _rows(
    connection: Connection, tenant: str, kind: DocumentKind, ids: Sequence[str]
) -> dict[str, Row[tuple[object, ...]]]:
    return {
        row.id: row
        for some in in_batches(ids)
        for row in connection.execute(select(documents).where(*documents_of(tenant, kind, some)))
    }


def _add(connection: Connection, tenant: str, kind: DocumentKind, fresh: Sequence[Document]) -> None:
    if not fresh:
        return
    highest = select(func.coalesce(func.max(documents.c.number), 0)).where(*documents_of(tenant, kind))
    first = connection.execute(highest).scalar_one() + 1
    numbered = dict(enumerate(fresh, first))
    connection.execute(insert(documents), [{**values_of(one), "number": number} for number, one in numbered.items()])
    fulltext.add(connection, tenant, kind, {number: (one.title, one.text) for number, one in numbered.items()})


def _change(connection: Connection, new: Document, old: Row[tuple[object, ...]]) -> None:
    own = documents_of(new.tenant, new.kind, [new.id])
    connection.execute(update(documents).where(*own).values(values_of(new)))
    if new.text_hash != old.text_hash:
        fulltext.remove(connection, new.tenant, new.kind, [old.number])
        fulltext.add(connection, new.tenant, new.kind, {old.number: (new.title, new.text)})
        connection.execute(delete(document_vectors).where(*vectors_of(new.tenant, new.kind, [new.id])))
