"""What every vector index answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from domain.evidence import DocumentKind
from retrieval.chroma import ChromaIndex
from retrieval.exact import ExactIndex
from retrieval.ports import Embedded, Scope, VectorIndex

SCOPE = Scope(tenant="acme", kind=DocumentKind.TICKET, embedder="one", dimension=4)


@pytest.fixture(params=["chroma", "exact"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    if request.param == "exact":
        yield ExactIndex()
        return
    chroma = ChromaIndex(tmp_path / "index")
    yield chroma
    chroma.close()


def _row(id: str, *rows: tuple[float, float, float, float]) -> Embedded:
    vectors = np.asarray(rows, dtype=np.float32)
    return Embedded(id, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


EAST, NORTH, UP = (1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0)
NORTH_EAST = (1.0, 1.0, 0.0, 0.0)


def _asked(index: VectorIndex, direction: tuple[float, float, float, float], limit: int = 5) -> list[tuple[str, float]]:
    vector = _row("", direction).vectors[0]
    return [(near.id, round(near.cosine, 3)) for near in index.near(SCOPE, vector, limit)]


def test_the_nearest_come_first_with_their_cosine(index: VectorIndex) -> None:
    index.add(SCOPE, [_row("a", EAST), _row("b", NORTH_EAST), _row("c", NORTH)])
    assert _asked(index, EAST, 2) == [("a", 1.0), ("b", 0.707)]


def test_a_document_of_several_pieces_comes_once_with_its_nearest(index: VectorIndex) -> None:
    index.add(SCOPE, [_row("long", UP, EAST, NORTH_EAST), _row("short", NORTH)])
    assert _asked(index, EAST, 2) == [("long", 1.0), ("short", 0.0)]
    assert index.count(SCOPE) == 4


def test_adding_again_replaces_every_piece(index: VectorIndex) -> None:
    index.add(SCOPE, [_row("a", EAST, UP, NORTH)])
    index.add(SCOPE, [_row("a", NORTH)])
    assert index.count(SCOPE) == 1
    assert _asked(index, EAST) == [("a", 0.0)]


def test_deleted_documents_are_not_found(index: VectorIndex) -> None:
    index.add(SCOPE, [_row("a", EAST, UP), _row("b", NORTH)])
    index.delete(SCOPE, ["a", "unknown"])
    assert [id for id, _ in _asked(index, EAST)] == ["b"]
    assert index.count(SCOPE) == 1


def test_a_scope_never_added_to_is_empty(index: VectorIndex) -> None:
    assert _asked(index, EAST) == []
    assert index.count(SCOPE) == 0
    index.delete(SCOPE, ["a"])
    index.drop(SCOPE)


@pytest.mark.parametrize(
    "change", [{"tenant": "other"}, {"kind": DocumentKind.ARTICLE}, {"embedder": "two"}, {"tenant": "ÄÖ/.. \x00😀"}]
)
def test_scopes_do_not_see_each_other(index: VectorIndex, change: dict[str, object]) -> None:
    other = SCOPE.model_copy(update=change)
    index.add(SCOPE, [_row("a", EAST)])
    index.add(other, [_row("b", EAST)])
    assert [id for id, _ in _asked(index, EAST)] == ["a"]
    index.drop(SCOPE)
    assert _asked(index, EAST) == []
    assert index.count(other) == 1


def test_replacing_leaves_only_the_new(index: VectorIndex) -> None:
    index.add(SCOPE, [_row("old", EAST)])
    index.replace(SCOPE, iter([[_row("new", EAST)], [_row("newer", NORTH)]]))
    assert [id for id, _ in _asked(index, EAST)] == ["new", "newer"]
    assert index.count(SCOPE) == 2
    index.add(SCOPE, [_row("later", UP)])
    assert index.count(SCOPE) == 3


def test_it_names_the_embedders_it_holds(index: VectorIndex) -> None:
    assert index.embedders() == set()
    index.add(SCOPE, [_row("a", EAST)])
    index.add(SCOPE.model_copy(update={"embedder": "two"}), [_row("a", EAST)])
    assert index.embedders() == {"one", "two"}


@pytest.mark.parametrize("id", ["1:2", "ticket 7", "ü/ß", "0:"])
def test_any_id_comes_back_as_it_was(index: VectorIndex, id: str) -> None:
    index.add(SCOPE, [_row(id, EAST, NORTH)])
    assert _asked(index, EAST) == [(id, 1.0)]
