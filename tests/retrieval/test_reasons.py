"""What a hit says of itself: why it was found, what it is worth as advice, and which copies it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.storage.documents import open_documents
from domain.evidence import DocumentKind, Hit, SignalKind
from domain.ports import About, SearchQuery
from retrieval.embeddings import HashEmbedder
from retrieval.exact import ExactIndex
from retrieval.ingest import Indexer
from retrieval.search import Floor, HybridSearch
from tests.retrieval.made import MARCH, document

TICKET = DocumentKind.TICKET
ENDED = {"reopened": False, "bounced": False, "explained": True}
TEXT = "The gateway vpn-gw-03 closes the tunnel with error 0x80070005 every evening"


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HybridSearch]:
    folder: Path = tmp_path_factory.mktemp("reasons")
    store, index, model = open_documents(folder / "r.db"), ExactIndex(), HashEmbedder()
    bare = document("T-1", "VPN tunnel", TEXT, service="vpn", requester="dana")
    tickets = [
        bare.model_copy(update={**ENDED, "reopened": True}),
        bare.model_copy(update={**ENDED, "id": "T-2", "asset": "LT-7"}),
        bare.model_copy(update={**ENDED, "id": "T-3", "explained": False, "text": TEXT.replace("03", "04")}),
        bare.model_copy(update={**ENDED, "id": "T-4", "bounced": True, "text": f"{TEXT} and the printer is slow"}),
        *[document(f"F-{n}", f"filler{n}", f"alpha{n} beta{n}") for n in range(30)],
    ]
    Indexer(store, index, model).index(tickets)
    yield HybridSearch(store, index, model, Floor(dense=-1.0))
    store.close()


def _hits(search: HybridSearch, **more: object) -> dict[str, Hit]:
    query = SearchQuery(text=f"VPN tunnel\n{TEXT}", kind=TICKET, limit=4).model_copy(update=more)
    return {hit.id: hit for hit in search.look("acme", query)}


def _kinds(hit: Hit) -> set[SignalKind]:
    return {signal.kind for signal in hit.why}


def test_a_hit_names_the_identifiers_that_it_shares_with_the_query(search: HybridSearch) -> None:
    (signal,) = (one for one in _hits(search)["T-2"].why if one.kind == SignalKind.IDENTIFIER)
    assert set(signal.values) == {"vpn-gw-03", "0x80070005"}
    (other,) = (one for one in _hits(search)["T-3"].why if one.kind == SignalKind.IDENTIFIER)
    assert other.values == ("0x80070005",)


def test_a_hit_says_what_it_has_in_common_and_how_long_ago_it_ended(search: HybridSearch) -> None:
    about = About(requester="dana", service="mail", asset="LT-7", at=MARCH + timedelta(days=3))
    hit = _hits(search, about=about)["T-2"]
    assert {SignalKind.REQUESTER, SignalKind.ASSET} <= _kinds(hit)
    assert SignalKind.SERVICE not in _kinds(hit)
    assert "ended 3 days before" in {signal.text for signal in hit.why}


def test_a_hit_that_ended_after_the_asking_has_no_age(search: HybridSearch) -> None:
    hit = _hits(search, about=About(at=MARCH - timedelta(days=1)))["T-2"]
    assert SignalKind.AGE not in _kinds(hit)


def test_how_a_ticket_ended_is_said(search: HybridSearch) -> None:
    hits = _hits(search)
    assert SignalKind.REOPENED in _kinds(hits["T-1"])
    assert SignalKind.RESOLVED_WELL in _kinds(hits["T-2"])
    assert SignalKind.UNEXPLAINED in _kinds(hits["T-3"])
    assert SignalKind.BOUNCED in _kinds(hits["T-4"])


def test_as_advice_a_ticket_that_was_opened_again_comes_behind_its_equal(search: HybridSearch) -> None:
    like, advice = list(_hits(search)), list(_hits(search, asking="advice"))
    assert like.index("T-1") < like.index("T-2")
    assert advice.index("T-2") < advice.index("T-1")
    assert set(like) == set(advice)


def test_likeness_does_not_ask_how_a_ticket_ended(search: HybridSearch) -> None:
    hits = _hits(search)
    assert hits["T-1"].score == hits["T-2"].score


def test_near_copies_are_named_under_the_better_hit_another_host_is_no_copy(search: HybridSearch) -> None:
    hits = _hits(search, fold=True)
    assert hits["T-1"].also == ("T-2",)
    assert "T-2" not in hits
    assert {"T-3", "T-4"} <= set(hits)
    assert not any(hit.also for hit in _hits(search).values())


def test_the_snippet_shows_where_the_words_stand(search: HybridSearch) -> None:
    hit = _hits(search, text="evening tunnel vpn-gw-03")["T-2"]
    assert {hit.snippet[start:end] for start, end in hit.marks} == {"vpn-gw-03", "tunnel", "evening"}
