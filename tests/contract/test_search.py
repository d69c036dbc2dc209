"""What every evidence search answers, the real one and the one in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.memory.search import MemorySearch
from adapters.storage.documents import open_documents
from domain.evidence import DocumentKind, Found
from domain.ports import EvidenceSearch, SearchQuery
from retrieval.chroma import ChromaIndex
from retrieval.embeddings import HashEmbedder, Remembering
from retrieval.ingest import Indexer
from retrieval.search import HybridSearch
from tests.retrieval.made import APRIL, MARCH, a_few_tickets

TICKET = DocumentKind.TICKET


@pytest.fixture(params=["hybrid", "memory"], scope="module")
def search(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EvidenceSearch]:
    if request.param == "memory":
        yield MemorySearch(a_few_tickets())
        return
    folder: Path = tmp_path_factory.mktemp("search")
    store, index, embedder = open_documents(folder / "r.db"), ChromaIndex(folder / "index"), Remembering(HashEmbedder())
    Indexer(store, index, embedder).index(a_few_tickets())
    yield HybridSearch(store, index, embedder)
    index.close()
    store.close()


def _ask(search: EvidenceSearch, query: SearchQuery, tenant: str = "acme") -> Found:
    return asyncio.run(search.search(tenant, query))


def _ids(found: Found) -> list[str]:
    return [hit.id for hit in found.hits]


def test_the_ticket_that_says_the_same_comes_first(search: EvidenceSearch) -> None:
    found = _ask(search, SearchQuery(text="vpn-gw-03 closes the tunnel", kind=TICKET))
    assert found.status == "found"
    assert found.hits[0].id == "T-1"
    assert found.hits[0].title == "VPN tunnel drops"
    assert found.hits[0].snippet == "vpn-gw-03 closes the tunnel with error 619."


def test_scores_lie_between_0_and_1_and_fall(search: EvidenceSearch) -> None:
    scores = [hit.score for hit in _ask(search, SearchQuery(text="the tunnel of the vpn", kind=TICKET)).hits]
    assert len(scores) > 1
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("text", ["zzqx wwvk", "", "   ", "?!…", "\x00"])
def test_rubbish_finds_nothing_after_having_looked(search: EvidenceSearch, text: str) -> None:
    found = _ask(search, SearchQuery(text=text, kind=TICKET))
    assert (found.status, found.hits) == ("nothing", ())
    assert found.looked_in == "tickets of acme"


def test_an_empty_index_finds_nothing(search: EvidenceSearch) -> None:
    assert _ask(search, SearchQuery(text="vpn tunnel", kind=DocumentKind.PROBLEM)).status == "nothing"
    assert _ask(search, SearchQuery(text="vpn tunnel", kind=TICKET), tenant="nobody").status == "nothing"


def test_no_more_hits_than_asked_for(search: EvidenceSearch) -> None:
    assert len(_ask(search, SearchQuery(text="vpn tunnel", kind=TICKET, limit=1)).hits) == 1
    assert _ask(search, SearchQuery(text="vpn tunnel", kind=TICKET, limit=0)).status == "nothing"


def test_excluded_tickets_never_appear(search: EvidenceSearch) -> None:
    found = _ask(search, SearchQuery(text="vpn tunnel is slow", kind=TICKET, exclude=("T-1", "T-5", "unknown")))
    assert found.hits[0].id == "T-4"
    assert not {"T-1", "T-5"} & set(_ids(found))


def test_only_what_was_known_by_then_is_found(search: EvidenceSearch) -> None:
    march = _ask(search, SearchQuery(text="vpn tunnel", kind=TICKET, known_by=MARCH))
    assert "T-1" in _ids(march)
    assert not {"T-4", "T-5"} & set(_ids(march))
    april = _ask(search, SearchQuery(text="vpn tunnel", kind=TICKET, known_by=APRIL))
    assert {"T-1", "T-4"} <= set(_ids(april))
    assert "T-5" not in _ids(april)


def test_the_requesters_own_cases_can_be_asked_for(search: EvidenceSearch) -> None:
    found = _ask(search, SearchQuery(text="My printer jams", kind=TICKET, requester="dana"))
    assert set(_ids(found)) == {"T-2", "T-3"}
    assert _ask(search, SearchQuery(text="vpn tunnel", kind=TICKET, requester="erin")).status == "nothing"


def test_category_and_service_narrow_the_search(search: EvidenceSearch) -> None:
    assert _ids(_ask(search, SearchQuery(text="vpn tunnel", kind=TICKET, category="network"))) == ["T-1"]
    assert _ids(_ask(search, SearchQuery(text="my mailbox", kind=TICKET, service="mail"))) == ["T-3"]


def test_tenants_do_not_see_each_other(search: EvidenceSearch) -> None:
    found = _ask(search, SearchQuery(text="vpn tunnel drops", kind=TICKET), tenant="other")
    assert found.hits[0].id == "T-1"
    assert not {"T-2", "T-3", "T-4", "T-5"} & set(_ids(found))


@given(text=st.text(max_size=40))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_makes_it_raise(search: EvidenceSearch, text: str) -> None:
    assert _ask(search, SearchQuery(text=text, kind=TICKET)).status in ("found", "nothing")


def test_a_text_is_most_like_itself(search: EvidenceSearch) -> None:
    alike = asyncio.run(search.similarity("the vpn drops", ["printer jams again", "the vpn drops", "the vpn fails"]))
    assert alike[1] == pytest.approx(1.0, abs=1e-5)
    assert alike[0] < alike[2] < alike[1]
    assert asyncio.run(search.similarity("the vpn drops", [])) == []
