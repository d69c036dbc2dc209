"""The vector index by plain arithmetic in memory: the shipped fake of Chroma, exact and gone with the process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retrieval.ports import Embedded, Matrix, Near, Scope, Vector


class ExactIndex:
    """Implements `retrieval.ports.VectorIndex`; compares with every vector."""

    def __init__(self) -> None:
        self._scopes: dict[Scope, dict[str, Matrix]] = {}

    def add(self, scope: Scope, rows: Sequence[Embedded]) -> None:
        """Adds or replaces the vectors of documents."""
        self._scopes.setdefault(scope, {}).update({row.id: row.vectors for row in rows})

    def delete(self, scope: Scope, ids: Sequence[str]) -> None:
        """Forgets documents; unknown ids are no error."""
        for id in ids:
            self._scopes.get(scope, {}).pop(id, None)

    def near(self, scope: Scope, vector: Vector, limit: int) -> list[Near]:
        """Up to `limit` documents, nearest first, each once. A scope never added to has none."""
        held = self._scopes.get(scope, {})
        found = [Near(id=id, cosine=float((vectors @ vector).max())) for id, vectors in held.items()]
        return sorted(found, key=lambda near: (-near.cosine, near.id))[: max(0, limit)]

    def count(self, scope: Scope) -> int:
        """How many vectors (pieces) a scope has."""
        return sum(len(vectors) for vectors in self._scopes.get(scope, {}).values())

    def replace(self, scope: Scope, batches: Iterator[list[Embedded]]) -> None:
        """Builds the scope anew, then puts it in the place of the old one."""
        self._scopes[scope] = {row.id: row.vectors for batch in batches for row in batch}

    def drop(self, scope: Scope) -> None:
        """Forgets a whole scope."""
        self._scopes.pop(scope, None)

    def embedders(self) -> set[str]:
        """The embedders whose vectors are there."""
        return {scope.embedder for scope in self._scopes}
