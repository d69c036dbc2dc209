"""The vector index in Chroma: embedded, one collection for each scope, always derived from the store."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, cast

import numpy as np

from domain.errors import CouldNotLook
from retrieval.ports import Embedded, Near, Scope, Vector

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection
    from chromadb.api.types import Where

_SYNC_THRESHOLD = 50_000
"""Vectors that Chroma keeps in its log before it writes its graph to disk. A process killed while it writes can
leave a collection unusable, so it writes seldom; the price is a slower first query after opening."""

_ADD = 1000
_MANY = 5000


class ChromaIndex:
    """Implements `retrieval.ports.VectorIndex` in a folder that this process alone uses.

    A folder that cannot be opened is set aside under another name and begun anew: the store can fill it again.
    Raises `CouldNotLook`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = RLock()
        self._opened: Client | None = None
        self._collections: dict[str, Collection] = {}

    def add(self, scope: Scope, rows: Sequence[Embedded]) -> None:
        """Adds or replaces the vectors of documents."""
        if rows:
            with self._asking("add to it"):
                _upsert(self._collection(scope), rows)

    def delete(self, scope: Scope, ids: Sequence[str]) -> None:
        """Forgets documents; unknown ids are no error."""
        with self._asking("delete from it"):
            collection = self._existing(scope)
            if collection is None:
                return
            _delete(collection, ids)

    def near(self, scope: Scope, vector: Vector, limit: int) -> list[Near]:
        """Up to `limit` documents, nearest first, each once. A scope never added to has none."""
        with self._asking("search it"):
            collection = self._existing(scope)
            if collection is None or limit < 1:
                return []
            pieces = collection.count()
            wanted = min(limit, pieces)
            while True:
                best = _nearest(collection, vector, wanted)
                if len(best) >= limit or wanted >= pieces:
                    return [Near(id=id, cosine=cosine) for id, cosine in list(best.items())[:limit]]
                # Several pieces of one document came back: ask for more until there are enough documents.
                wanted = min(wanted * 3, pieces)

    def count(self, scope: Scope) -> int:
        """How many vectors (pieces) a scope has."""
        with self._asking("count it"):
            collection = self._existing(scope)
            return collection.count() if collection is not None else 0

    def replace(self, scope: Scope, batches: Iterator[list[Embedded]]) -> None:
        """Builds the scope anew beside the old one, then puts it in its place."""
        name = collection_name(scope)
        with self._asking("rebuild it"):
            self._forget(f"{name}.new")
            fresh = self._created(f"{name}.new", scope)
            for batch in batches:
                _upsert(fresh, batch)
            # A kill between these two lines leaves no collection; the next start finds it missing and builds again.
            self._forget(name)
            fresh.modify(name=name)
            self._collections[name] = fresh

    def drop(self, scope: Scope) -> None:
        """Forgets a whole scope."""
        with self._asking("drop a collection"):
            self._forget(collection_name(scope))

    def embedders(self) -> set[str]:
        """The embedders whose vectors are there."""
        with self._asking("list it"):
            held = (collection.metadata or {} for collection in self._client().list_collections())
            return {str(metadata["embedder"]) for metadata in held if "embedder" in metadata}

    def close(self) -> None:
        """Lets go of the folder."""
        with self._lock:
            if self._opened is not None:
                self._opened.close()
            self._opened = None
            self._collections.clear()

    @contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        from chromadb.errors import ChromaError

        with self._lock:
            try:
                yield
            except (ChromaError, OSError, RuntimeError) as error:
                # The handle may be stale; the next call asks for it anew.
                self._collections.clear()
                raise CouldNotLook(
                    f"the search index did not let us {what}: {error}",
                    mend="it is rebuilt at the next start, or now with `tierwise reindex`",
                ) from error

    def _client(self) -> Client:
        if self._opened is None:
            try:
                self._opened = _open(self._folder)
            except _unreadable():
                _set_aside(self._folder)
                self._opened = _open(self._folder)
        return self._opened

    def _collection(self, scope: Scope) -> Collection:
        return self._existing(scope) or self._created(collection_name(scope), scope)

    def _existing(self, scope: Scope) -> Collection | None:
        from chromadb.errors import NotFoundError

        name = collection_name(scope)
        if name not in self._collections:
            try:
                self._collections[name] = self._client().get_collection(name, embedding_function=None)
            except NotFoundError:
                return None
        return self._collections[name]

    def _created(self, name: str, scope: Scope) -> Collection:
        collection = self._client().create_collection(
            name,
            embedding_function=None,
            metadata={"embedder": scope.embedder, "dimension": scope.dimension, "kind": str(scope.kind)},
            configuration={
                "hnsw": {"space": "cosine", "ef_search": 100, "sync_threshold": _SYNC_THRESHOLD},
            },
        )
        self._collections[name] = collection
        return collection

    def _forget(self, name: str) -> None:
        from chromadb.errors import NotFoundError

        self._collections.pop(name, None)
        try:
            self._client().delete_collection(name)
        except NotFoundError:
            return


def collection_name(scope: Scope) -> str:
    """A name Chroma allows for any tenant and embedder; it carries kind, model and dimension."""
    tenant, embedder = (_digest(part) for part in (scope.tenant, scope.embedder))
    model = re.sub(r"[^A-Za-z0-9]+", "-", scope.embedder).strip("-")[:60] or "model"
    return f"{scope.kind}.{tenant}.{model}.{embedder[:8]}.{scope.dimension}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _open(folder: Path) -> Client:
    import chromadb
    from chromadb.config import Settings

    folder.mkdir(parents=True, exist_ok=True)
    opened = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    return cast("Client", opened)


def _unreadable() -> tuple[type[Exception], ...]:
    from chromadb.errors import ChromaError

    # Chroma says ValueError or RuntimeError for some kinds of damage to its own files.
    return ChromaError, ValueError, RuntimeError


def _set_aside(folder: Path) -> None:
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()
    number = 1
    while folder.with_name(f"{folder.name}.damaged-{number}").exists():
        number += 1
    folder.rename(folder.with_name(f"{folder.name}.damaged-{number}"))


def _delete(collection: Collection, ids: Sequence[str]) -> None:
    for at in range(0, len(ids), _MANY):
        collection.delete(where=_one_of(ids[at : at + _MANY]))


def _one_of(ids: Sequence[str]) -> Where:
    named: list[str | int | float | bool] = [*ids]
    return {"document": {"$in": named}}  # type: ignore[dict-item]  # Chroma's type says Literal, its code str


def _upsert(collection: Collection, rows: Sequence[Embedded]) -> None:
    # A document that had more pieces before would keep the last of them.
    beyond = collection.get(ids=[f"{len(row.vectors)}:{row.id}" for row in rows], include=[])["ids"]
    _delete(collection, [key.split(":", 1)[1] for key in beyond])
    pieces = [(row.id, piece, vector) for row in rows for piece, vector in enumerate(row.vectors)]
    for at in range(0, len(pieces), _ADD):
        some = pieces[at : at + _ADD]
        collection.upsert(
            ids=[f"{piece}:{id}" for id, piece, _ in some],
            embeddings=[vector for _, _, vector in some],
            metadatas=[{"document": id} for id, _, _ in some],
        )


def _nearest(collection: Collection, vector: Vector, pieces: int) -> dict[str, float]:
    """The documents of the nearest pieces, nearest first, each with its best cosine."""
    if pieces < 1:
        return {}
    answer = collection.query(query_embeddings=vector[np.newaxis], n_results=pieces, include=["distances"])
    best: dict[str, float] = {}
    for key, distance in zip(answer["ids"][0], (answer["distances"] or [[]])[0], strict=True):
        best.setdefault(key.split(":", 1)[1], max(-1.0, 1.0 - distance))
    return best
