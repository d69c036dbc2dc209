"""Store and index stay in step, whatever is killed, damaged or swapped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from adapters.storage.documents import SqlDocuments, open_documents
from domain.errors import CouldNotLook, EmbedderMismatch, Misconfigured
from domain.evidence import DocumentKind
from retrieval.chroma import ChromaIndex
from retrieval.documents import Document
from retrieval.embeddings import HashEmbedder
from retrieval.exact import ExactIndex
from retrieval.ingest import PARTS_OF_TICKET, Indexer, pieces_of, scope_of
from retrieval.ports import Embedded, Matrix, Scope
from tests.retrieval.made import document

TICKET = DocumentKind.TICKET
MODEL = HashEmbedder()
SCOPE = scope_of(MODEL, "acme", TICKET)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlDocuments]:
    opened = open_documents(tmp_path / "records.db")
    yield opened
    opened.close()


def _many(count: int) -> list[Document]:
    return [document(f"T-{n}", f"subject number{n} body text{n}") for n in range(count)]


class _Dying(HashEmbedder):
    """Fails at the n-th call, as a process that is killed there."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self._calls = calls

    def encode(self, texts: Sequence[str]) -> Matrix:
        self._calls -= 1
        if self._calls < 0:
            raise Misconfigured("killed here")
        return super().encode(texts)


def test_everything_read_is_stored_embedded_and_indexed(store: SqlDocuments) -> None:
    index, told = ExactIndex(), list[int]()
    report = Indexer(store, index, MODEL).index(_many(1200), told.append)
    assert (report.read, report.added, report.embedded) == (1200, 1200, 1200)
    assert told == [512, 1024, 1200]
    assert index.count(SCOPE) == store.count_vectors(SCOPE) == 1200
    assert not list(store.all_vectors(SCOPE, waiting=True))


def test_importing_again_computes_nothing(store: SqlDocuments) -> None:
    index = ExactIndex()
    Indexer(store, index, MODEL).index(_many(30))
    report = Indexer(store, index, _Dying(0)).index([])
    assert report.read == 0
    again = Indexer(store, index, MODEL).index(_many(30))
    assert (again.unchanged, again.embedded) == (30, 0)


def test_an_import_that_was_killed_goes_on_where_it_was(store: SqlDocuments) -> None:
    index = ExactIndex()
    with pytest.raises(Misconfigured):
        Indexer(store, index, _Dying(2)).index(_many(1500))
    assert 0 < store.count_vectors(SCOPE) < 1500
    report = Indexer(store, index, MODEL).index(_many(1500))
    assert report.embedded < 1500
    assert index.count(SCOPE) == store.count_vectors(SCOPE) == 1500


def test_a_changed_text_is_embedded_anew(store: SqlDocuments) -> None:
    index = ExactIndex()
    indexer = Indexer(store, index, MODEL)
    indexer.index(_many(3))
    report = indexer.index([document("T-1", "entirely other words")])
    assert (report.updated, report.embedded) == (1, 1)
    assert index.near(SCOPE, MODEL.encode(["entirely other words"])[0], 1)[0].id == "T-1"
    assert index.count(SCOPE) == 3


def test_the_last_of_two_versions_wins_across_batches(store: SqlDocuments) -> None:
    index = ExactIndex()
    Indexer(store, index, MODEL).index([*_many(600), document("T-1", "entirely other words")])
    assert index.near(SCOPE, MODEL.encode(["entirely other words"])[0], 1)[0].cosine == pytest.approx(1.0)
    assert store.count_vectors(SCOPE) == 600


def test_a_document_without_words_is_left_out_and_an_emptied_one_forgotten(store: SqlDocuments) -> None:
    index = ExactIndex()
    indexer = Indexer(store, index, MODEL)
    report = indexer.index([document("T-1", "words"), document("T-2", "", " \n")])
    assert (report.read, report.added, report.empty) == (2, 1, 1)
    indexer.index([document("T-1", "")])
    assert store.count("acme", TICKET) == index.count(SCOPE) == 0


def test_a_removed_document_is_gone_from_both(store: SqlDocuments) -> None:
    index = ExactIndex()
    indexer = Indexer(store, index, MODEL)
    indexer.index(_many(3))
    indexer.remove("acme", TICKET, ["T-1"])
    assert store.count("acme", TICKET) == index.count(SCOPE) == 2


def test_vectors_that_never_reached_the_index_are_added_at_the_start(store: SqlDocuments) -> None:
    index = ExactIndex()
    indexer = Indexer(store, index, MODEL)
    indexer.index(_many(3))
    late = document("T-9", "written before the process died")
    store.put([late])
    store.put_vectors(SCOPE, [Embedded("T-9", MODEL.encode([late.whole]))])
    (check,) = indexer.check()
    assert check.in_step
    assert not check.rebuilt
    assert index.count(SCOPE) == 4


def test_documents_whose_vectors_were_never_computed_are_caught_up(store: SqlDocuments) -> None:
    index = ExactIndex()
    store.put(_many(3))
    assert Indexer(store, index, MODEL).catch_up() == 3
    assert index.count(SCOPE) == 3


def test_an_index_out_of_step_is_rebuilt_from_the_store(store: SqlDocuments) -> None:
    index = ExactIndex()
    indexer = Indexer(store, index, MODEL)
    indexer.index(_many(4))
    index.delete(SCOPE, ["T-1"])
    (check,) = indexer.check()
    assert check.rebuilt
    assert check.detail == "the index holds 3 vectors, the store 4"
    assert index.count(SCOPE) == 4


def test_vectors_that_are_not_the_stores_are_noticed(store: SqlDocuments) -> None:
    index = ExactIndex()
    indexer = Indexer(store, index, MODEL)
    indexer.index(_many(4))
    noise = np.zeros((1, MODEL.dimension), dtype=np.float32)
    noise[0, 0] = 1.0
    index.add(SCOPE, [Embedded(f"T-{n}", noise) for n in range(4)])
    (check,) = indexer.check()
    assert check.rebuilt
    assert "does not find itself" in check.detail


class _Broken(ExactIndex):
    """Answers nothing, ever."""

    def count(self, scope: Scope) -> int:
        raise CouldNotLook("hnsw segment writer")


def test_an_index_that_cannot_be_mended_says_what_to_do(store: SqlDocuments) -> None:
    Indexer(store, ExactIndex(), MODEL).index(_many(2))
    with pytest.raises(CouldNotLook, match=r"could not be mended.*delete the index folder"):
        Indexer(store, _Broken(), MODEL).check()


@pytest.mark.parametrize("damage", ["gone", "garbage", "no vectors"])
def test_a_damaged_chroma_folder_is_rebuilt_with_every_vector(store: SqlDocuments, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "index"
    first = ChromaIndex(folder)
    Indexer(store, first, MODEL).index(_many(50))
    first.close()
    for file in [one for one in folder.rglob("*") if one.is_file()]:
        if damage == "gone" or (damage == "no vectors" and file.name != "chroma.sqlite3"):
            file.unlink()
        elif damage == "garbage":
            file.write_bytes(b"garbage" * 1000)
    second = ChromaIndex(folder)
    checks = Indexer(store, second, MODEL).check()
    assert all(check.in_step for check in checks)
    assert second.count(SCOPE) == 50
    assert second.near(SCOPE, MODEL.encode(["subject number7 body text7"])[0], 1)[0].id == "T-7"
    second.close()


def test_what_chroma_was_told_is_there_after_reopening(store: SqlDocuments, tmp_path: Path) -> None:
    first = ChromaIndex(tmp_path / "index")
    Indexer(store, first, MODEL).index(_many(20))
    first.close()
    second = ChromaIndex(tmp_path / "index")
    (check,) = Indexer(store, second, MODEL).check()
    assert not check.rebuilt
    second.close()


def test_another_embedding_model_is_refused_by_name_until_rebuilt(store: SqlDocuments) -> None:
    index, other = ExactIndex(), HashEmbedder(dimension=64)
    Indexer(store, index, MODEL).index(_many(5))
    changed = Indexer(store, index, other)
    for start in (changed.check, lambda: changed.index(_many(6))):
        with pytest.raises(EmbedderMismatch, match=r"hash-256-200.*hash-64-200.*tierwise reindex"):
            start()
    assert store.count("acme", TICKET) == 5
    assert changed.rebuild().embedded == 5
    assert [check.rebuilt for check in changed.check()] == [False]
    assert {scope.embedder for scope in store.scopes()} == index.embedders() == {"hash-64-200/2"}


def test_a_rebuild_that_was_killed_goes_on(store: SqlDocuments) -> None:
    index, other = ExactIndex(), HashEmbedder(dimension=64)
    Indexer(store, index, MODEL).index(_many(5))
    store.put_vectors(scope_of(other, "acme", TICKET), [Embedded("T-1", other.encode(["half"]))])
    assert Indexer(store, index, other).rebuild().embedded == 4
    assert index.count(scope_of(other, "acme", TICKET)) == 5


def test_a_long_article_is_embedded_whole_a_ticket_by_its_beginning_and_both_by_their_titles() -> None:
    text = " ".join(f"word{n}" for n in range(5000))
    article = document("KB-1", "How to", text, kind=DocumentKind.ARTICLE)
    pieces = pieces_of(article, MODEL)
    assert pieces[-1] == "How to"
    assert all(piece.startswith("How to\n") for piece in pieces[:-1])
    assert all(len(piece.split()) <= 200 for piece in pieces)
    assert {word for piece in pieces for word in piece.split()} >= set(text.split())
    ticket = document("T-1", "How to", text)
    assert pieces_of(ticket, MODEL) == [*pieces[:PARTS_OF_TICKET], "How to"]
    assert pieces_of(document("T-1", "How to"), MODEL) == ["How to"]
