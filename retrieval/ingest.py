"""Bringing documents into store and index: resumable, idempotent, and mended when the two are out of step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from domain.base import Record
from domain.errors import CouldNotLook, EmbedderMismatch
from domain.evidence import DocumentKind
from retrieval.documents import Document
from retrieval.ports import Change, DocumentStore, Embedded, Embedder, Scope, VectorIndex

Progress = Callable[[int], None]
"""Is told how many documents are done so far."""

_BATCH = 512
PARTS_OF_TICKET = 2
_CUT = 2
"""Of `pieces_of`: vectors of texts that were cut otherwise are another space."""
_SAMPLE = 5
_SAME = 0.99
"""A vector asked for itself comes back with a cosine of 1; less than this is another vector."""


class IndexReport(Record):
    """What indexing did."""

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    empty: int = 0
    """Documents without a word: nothing could find them, so they are left out."""
    embedded: int = 0
    """Documents whose vectors were computed."""


class Check(Record):
    """The state of one scope of the index."""

    scope: Scope
    in_step: bool
    rebuilt: bool = False
    detail: str = ""


class _Prepared(NamedTuple):
    read: int
    empty: int
    change: Change
    missing: list[Document]


class Indexer:
    """Keeps store and index in step for one embedding model.

    The order is always store, then index, then a note in the store that the index has it; a process killed anywhere
    in between leaves work that `check` or the next `index` picks up.
    """

    def __init__(self, store: DocumentStore, index: VectorIndex, embedder: Embedder) -> None:
        self._store = store
        self._index = index
        self._embedder = embedder

    def index(self, documents: Iterable[Document], progress: Progress | None = None) -> IndexReport:
        """Writes documents, computes the vectors they lack and brings the index in step.

        Raises `EmbedderMismatch`, `CouldNotLook`, `DiskFull`, `Unavailable`; what was done before stays done.
        """
        self.ensure_same_model()
        batches = _batches(documents)
        total = IndexReport()
        # Writing goes on in a thread of its own, one batch behind, while the model computes the next.
        with ThreadPoolExecutor(max_workers=1) as writer:
            prepared = _next(writer, self._prepare, batches)
            written: Future[None] | None = None
            while prepared is not None:
                batch = prepared.result()
                prepared = _next(writer, self._prepare, batches)
                rows = self._embed(batch.missing)
                if written is not None:
                    written.result()
                written = writer.submit(self._write, batch.missing, rows)
                total = _sum(total, batch)
                if progress is not None:
                    progress(total.read)
            if written is not None:
                written.result()
        return total

    def remove(self, tenant: str, kind: DocumentKind, ids: Sequence[str]) -> None:
        """Forgets documents in store and index."""
        self._store.delete(tenant, kind, ids)
        self._index.delete(self.scope(tenant, kind), ids)

    def catch_up(self, progress: Progress | None = None) -> int:
        """Computes every vector that is missing, of all tenants; returns how many documents that were."""
        done = 0
        while missing := self._store.missing(space_of(self._embedder), _BATCH):
            self._write(missing, self._embed(missing))
            done += len(missing)
            if progress is not None:
                progress(done)
        return done

    def check(self) -> list[Check]:
        """Looks at every scope and mends what is damaged, missing or out of step, from the store's vectors.

        For each scope: adds what waits, compares the counts, and asks a few vectors for themselves.
        Raises `EmbedderMismatch`, and `CouldNotLook` when mending did not help.
        """
        self.ensure_same_model()
        return [self._check(scope) for scope in self._own_scopes()]

    def rebuild(self, progress: Progress | None = None) -> IndexReport:
        """Computes what this embedder lacks, builds every scope anew, then forgets other embedders' vectors."""
        others = [scope for scope in self._store.scopes() if scope.embedder != space_of(self._embedder)]
        embedded = self._embed_all(progress)
        for scope in self._own_scopes():
            self._replace(scope)
        for scope in others:
            self._index.drop(scope)
        for name in sorted({scope.embedder for scope in others}):
            self._store.forget_embedder(name)
        return IndexReport(read=embedded, embedded=embedded)

    def ensure_same_model(self) -> None:
        """Raises `EmbedderMismatch` when the vectors are all of another embedding model."""
        stored = {scope.embedder for scope in self._store.scopes()}
        if stored and space_of(self._embedder) not in stored:
            raise EmbedderMismatch(
                f"the index was built with {', '.join(sorted(stored))}, the settings name {space_of(self._embedder)}",
                mend="set the embedding model back, or build the index anew with `tierwise reindex`",
            )

    def scope(self, tenant: str, kind: DocumentKind) -> Scope:
        """The collection of a tenant and kind under this embedder."""
        return scope_of(self._embedder, tenant, kind)

    def _prepare(self, batch: list[Document]) -> _Prepared:
        written = [document for document in batch if document.whole.strip()]
        self._remove_emptied([document for document in batch if not document.whole.strip()])
        change = self._store.put(written)
        newest = {(one.tenant, one.kind, one.id): one for one in written}
        missing = self._store.missing_among(space_of(self._embedder), [*newest.values()])
        return _Prepared(len(batch), len(batch) - len(written), change, missing)

    def _remove_emptied(self, empty: Sequence[Document]) -> None:
        for one in empty:
            if self._store.get(one.tenant, one.kind, [one.id]):
                self.remove(one.tenant, one.kind, [one.id])

    def _embed(self, documents: Sequence[Document]) -> list[Embedded]:
        pieces = [pieces_of(document, self._embedder) for document in documents]
        vectors = self._embedder.encode([piece for some in pieces for piece in some])
        rows, at = [], 0
        for document, some in zip(documents, pieces, strict=True):
            rows.append(Embedded(document.id, vectors[at : at + len(some)]))
            at += len(some)
        return rows

    def _write(self, documents: Sequence[Document], rows: Sequence[Embedded]) -> None:
        groups: dict[Scope, list[Embedded]] = {}
        for document, row in zip(documents, rows, strict=True):
            groups.setdefault(self.scope(document.tenant, document.kind), []).append(row)
        for scope, group in groups.items():
            self._store.put_vectors(scope, group)
            self._index.add(scope, group)
            self._store.mark_indexed(scope, [row.id for row in group])

    def _embed_all(self, progress: Progress | None) -> int:
        done = 0
        while missing := self._store.missing(space_of(self._embedder), _BATCH):
            rows = self._embed(missing)
            for document, row in zip(missing, rows, strict=True):
                self._store.put_vectors(self.scope(document.tenant, document.kind), [row])
            done += len(missing)
            if progress is not None:
                progress(done)
        return done

    def _own_scopes(self) -> list[Scope]:
        return [scope for scope in self._store.scopes() if scope.embedder == space_of(self._embedder)]

    def _check(self, scope: Scope) -> Check:
        detail = self._fault(scope)
        if not detail:
            return Check(scope=scope, in_step=True)
        self._replace(scope)
        still = self._fault(scope)
        if still:
            raise CouldNotLook(
                f"the search index is damaged and could not be mended: {still}",
                mend="stop Tierwise, delete the index folder in the data directory and start again",
            )
        return Check(scope=scope, in_step=True, rebuilt=True, detail=detail)

    def _fault(self, scope: Scope) -> str:
        """What is wrong with a scope; empty when nothing is."""
        try:
            for batch in self._store.all_vectors(scope, waiting=True):
                self._index.add(scope, batch)
                self._store.mark_indexed(scope, [row.id for row in batch])
            held, expected = self._index.count(scope), self._store.count_vectors(scope)
            if held != expected:
                return f"the index holds {held} vectors, the store {expected}"
            for row in next(self._store.all_vectors(scope, batch=_SAMPLE), []):
                near = self._index.near(scope, row.vectors[0], 1)
                if not near or near[0].cosine < _SAME:
                    return f"document {row.id} does not find itself"
        except CouldNotLook as error:
            return error.message
        return ""

    def _replace(self, scope: Scope) -> None:
        self._index.replace(scope, self._store.all_vectors(scope))
        for batch in self._store.all_vectors(scope, waiting=True):
            self._store.mark_indexed(scope, [row.id for row in batch])


def scope_of(embedder: Embedder, tenant: str, kind: DocumentKind) -> Scope:
    """The collection of a tenant and kind under an embedder."""
    return Scope(tenant=tenant, kind=kind, embedder=space_of(embedder), dimension=embedder.dimension)


def space_of(embedder: Embedder) -> str:
    """The name of the space that documents' vectors are in: the embedder, and how texts are cut for it."""
    return f"{embedder.name}/{_CUT}"


def pieces_of(document: Document, embedder: Embedder) -> list[str]:
    """What is embedded of a document.

    Its text in parts, each led by the title, and last the title alone. The first part of a ticket is its beginning.
    Of a ticket at most `PARTS_OF_TICKET` parts: what comes later (pasted logs, mostly) is still found by its words.
    """
    if not document.text:
        return [document.title]
    parts = embedder.pieces(document.text, document.title)
    return [*(parts[:PARTS_OF_TICKET] if document.kind == DocumentKind.TICKET else parts), document.title or parts[0]]


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    for document in documents:
        batch.append(document)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _next(
    writer: ThreadPoolExecutor,
    prepare: Callable[[list[Document]], _Prepared],
    batches: Iterator[list[Document]],
) -> Future[_Prepared] | None:
    batch = next(batches, None)
    return None if batch is None else writer.submit(prepare, batch)


def _sum(total: IndexReport, batch: _Prepared) -> IndexReport:
    return IndexReport(
        read=total.read + batch.read,
        added=total.added + batch.change.added,
        updated=total.updated + batch.change.updated,
        unchanged=total.unchanged + batch.change.unchanged,
        empty=total.empty + batch.empty,
        embedded=total.embedded + len(batch.missing),
    )
