"""Fusion, filters over many documents, and an index or store out of reach."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from adapters.memory.search import MemorySearch
from adapters.storage.documents import SqlDocuments, open_documents
from domain.errors import CouldNotLook, ModelDamaged
from domain.evidence import DocumentKind
from domain.ports import SearchQuery
from retrieval.embeddings import HashEmbedder
from retrieval.exact import ExactIndex
from retrieval.ingest import Indexer
from retrieval.ports import Matrix, Near, Scope, Vector
from retrieval.search import Floor, HybridSearch
from tests.retrieval.made import APRIL, MARCH, document

TICKET = DocumentKind.TICKET
MODEL = HashEmbedder()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlDocuments]:
    opened = open_documents(tmp_path_factory.mktemp("many") / "records.db")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def search(store: SqlDocuments) -> HybridSearch:
    index = ExactIndex()
    common = [document(f"C-{n}", f"vpn tunnel drops {n}", category="net", known_at=APRIL) for n in range(900)]
    rare = [document(f"R-{n}", f"the vpn is slow and the tunnel {n}", category="net") for n in range(3)]
    Indexer(store, index, MODEL).index([*common, *rare])
    return HybridSearch(store, index, MODEL, Floor(dense=-1.0))


def test_the_few_that_pass_a_filter_are_found_behind_hundreds_that_do_not(search: HybridSearch) -> None:
    query = SearchQuery(text="vpn tunnel drops", kind=TICKET, known_by=MARCH, limit=5)
    found = asyncio.run(search.search("acme", query))
    assert {hit.id for hit in found.hits} == {"R-0", "R-1", "R-2"}


def test_a_filter_that_many_pass_gives_as_many_as_asked(search: HybridSearch) -> None:
    excluded = tuple(f"C-{n}" for n in range(0, 900, 2))
    query = SearchQuery(text="vpn tunnel drops", kind=TICKET, category="net", exclude=excluded, limit=20)
    hits = asyncio.run(search.search("acme", query)).hits
    assert len(hits) == 20
    assert not {hit.id for hit in hits} & set(excluded)


@pytest.mark.parametrize(
    ("dense", "lexical", "mass", "reached"),
    [(0.4, 0.0, 0.0, True), (0.2, 1.0, 0.3, False), (0.2, 0.6, 7.0, True), (0.3, 0.4, 50.0, False)],
)
def test_near_enough_is_near_in_meaning_or_in_words_that_say_something(
    dense: float, lexical: float, mass: float, reached: bool
) -> None:
    assert Floor().reached(dense, lexical, mass) is reached


class _Silent(ExactIndex):
    """An index that does not answer."""

    def near(self, scope: Scope, vector: Vector, limit: int) -> list[Near]:
        raise CouldNotLook("the search index did not let us search it", mend="start again")


class _Damaged(HashEmbedder):
    """A model that cannot be loaded."""

    def encode(self, texts: Sequence[str]) -> Matrix:
        raise ModelDamaged("not the published model", mend="install it again")


def test_an_index_out_of_reach_is_not_the_same_as_nothing(store: SqlDocuments) -> None:
    search = HybridSearch(store, _Silent(), MODEL)
    found = asyncio.run(search.search("acme", SearchQuery(text="vpn", kind=TICKET)))
    assert (found.status, found.hits) == ("could_not_look", ())
    assert found.detail == "the search index did not let us search it; start again"


def test_a_store_out_of_reach_is_not_the_same_as_nothing(tmp_path: Path) -> None:
    store = open_documents(tmp_path / "records.db")
    store.close()
    for file in tmp_path.iterdir():
        file.unlink()
    (tmp_path / "records.db").mkdir()
    found = asyncio.run(HybridSearch(store, ExactIndex(), MODEL).search("acme", SearchQuery(text="vpn", kind=TICKET)))
    assert found.status == "could_not_look"


def test_a_damaged_model_is_not_the_same_as_nothing(store: SqlDocuments) -> None:
    search = HybridSearch(store, ExactIndex(), _Damaged())
    assert asyncio.run(search.search("acme", SearchQuery(text="vpn", kind=TICKET))).status == "could_not_look"
    with pytest.raises(CouldNotLook, match="install it again"):
        asyncio.run(search.similarity("a", ["b"]))


def test_the_fake_can_be_told_to_be_out_of_reach() -> None:
    search = MemorySearch([document("T-1", "vpn")], out_of_reach=True)
    assert asyncio.run(search.search("acme", SearchQuery(text="vpn", kind=TICKET))).status == "could_not_look"
    with pytest.raises(CouldNotLook):
        asyncio.run(search.similarity("a", ["b"]))
    search.out_of_reach = False
    assert asyncio.run(search.search("acme", SearchQuery(text="vpn", kind=TICKET))).status == "found"
