"""What every document store keeps and finds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.storage.documents import SqlDocuments, open_documents
from domain.errors import Unavailable
from domain.evidence import DocumentKind
from retrieval.documents import Document
from retrieval.ports import Change, DocumentStore, Embedded, Filters, Scope
from tests.retrieval.made import APRIL, MARCH, a_few_tickets, document

TICKET = DocumentKind.TICKET
SCOPE = Scope(tenant="acme", kind=TICKET, embedder="one", dimension=4)
ANY = Filters()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlDocuments]:
    opened = open_documents(tmp_path / "records.db")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlDocuments]:
    opened = open_documents(tmp_path_factory.mktemp("filled") / "records.db")
    opened.put(a_few_tickets())
    yield opened
    opened.close()


def _vector(*places: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.eye(4, dtype=np.float32)[list(places)]


def test_what_was_put_is_read_back_unchanged(filled: DocumentStore) -> None:
    expected = {one.id: one for one in a_few_tickets() if one.tenant == "acme"}
    assert filled.get("acme", TICKET, [*expected, "unknown"]) == expected


def test_putting_twice_changes_nothing_the_second_time(store: DocumentStore) -> None:
    assert store.put(a_few_tickets()) == Change(added=46)
    assert store.put(a_few_tickets()) == Change(unchanged=46)
    assert store.count("acme", TICKET) == 25


def test_of_one_id_twice_in_a_batch_the_last_counts(store: DocumentStore) -> None:
    assert store.put([document("T-1", "first"), document("T-1", "second")]).added == 1
    assert store.get("acme", TICKET, ["T-1"])["T-1"].title == "second"


def test_a_changed_text_loses_its_vectors_and_its_old_words(store: DocumentStore) -> None:
    store.put([document("T-1", "printer jams"), document("T-2", "another")])
    store.put_vectors(SCOPE, [Embedded("T-1", _vector(0))])
    assert store.put([document("T-1", "mailbox full")]).updated == 1
    assert store.vectors(SCOPE, ["T-1"]) == {}
    assert [one.id for one in store.missing("one", 10)] == ["T-1", "T-2"]
    assert not store.wording("acme", TICKET, "printer", 5, ANY).share
    assert [*store.wording("acme", TICKET, "mailbox", 5, ANY).share] == ["T-1"]


def test_a_changed_category_keeps_vectors_and_words(store: DocumentStore) -> None:
    store.put([document("T-1", "printer jams"), document("T-2", "another")])
    store.put_vectors(SCOPE, [Embedded("T-1", _vector(0))])
    assert store.put([document("T-1", "printer jams", category="print")]).updated == 1
    assert "T-1" in store.vectors(SCOPE, ["T-1"])
    assert [*store.wording("acme", TICKET, "printer", 5, Filters(category="print")).share] == ["T-1"]


def test_a_deleted_document_leaves_nothing_behind(store: DocumentStore) -> None:
    store.put(a_few_tickets())
    store.put_vectors(SCOPE, [Embedded("T-1", _vector(0)), Embedded("T-2", _vector(1))])
    store.delete("acme", TICKET, ["T-1", "unknown"])
    assert store.get("acme", TICKET, ["T-1"]) == {}
    assert store.count_vectors(SCOPE) == 1
    assert "T-1" not in store.wording("acme", TICKET, "vpn-gw-03 619", 5, ANY).share
    assert store.get("other", TICKET, ["T-1"])


def test_vectors_come_back_exactly_in_order_and_by_document(store: DocumentStore) -> None:
    store.put([document("T-1", "a"), document("T-2", "b")])
    store.put_vectors(SCOPE, [Embedded("T-2", _vector(2, 0, 1)), Embedded("T-1", _vector(3))])
    assert store.count_vectors(SCOPE) == 4
    found = store.vectors(SCOPE, ["T-1", "T-2", "T-9"])
    assert sorted(found) == ["T-1", "T-2"]
    assert np.array_equal(found["T-2"], _vector(2, 0, 1))
    assert [[row.id for row in batch] for batch in store.all_vectors(SCOPE, batch=1)] == [["T-1"], ["T-2"]]
    assert store.scopes() == [SCOPE]


def test_vectors_wait_until_the_index_is_said_to_have_them(store: DocumentStore) -> None:
    store.put([document("T-1", "a"), document("T-2", "b")])
    store.put_vectors(SCOPE, [Embedded("T-1", _vector(0)), Embedded("T-2", _vector(1))])
    store.mark_indexed(SCOPE, ["T-1"])
    assert [row.id for batch in store.all_vectors(SCOPE, waiting=True) for row in batch] == ["T-2"]
    store.put_vectors(SCOPE, [Embedded("T-1", _vector(3))])
    assert [row.id for batch in store.all_vectors(SCOPE, waiting=True) for row in batch] == ["T-1", "T-2"]


def test_vectors_of_two_embedders_live_side_by_side(store: DocumentStore) -> None:
    other = SCOPE.model_copy(update={"embedder": "two"})
    store.put([document("T-1", "a")])
    store.put_vectors(SCOPE, [Embedded("T-1", _vector(0))])
    assert store.missing_among("two", [document("T-1", "a")])
    store.put_vectors(other, [Embedded("T-1", _vector(1))])
    assert not store.missing_among("two", [document("T-1", "a")])
    store.forget_embedder("one")
    assert store.scopes() == [other]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (ANY, [*sorted(f"F-{n}" for n in range(20)), "T-1", "T-2", "T-3", "T-4", "T-5"]),
        (Filters(category="filler", exclude=tuple(f"F-{n}" for n in range(19))), ["F-19"]),
        (Filters(requester="dana"), ["T-2", "T-3"]),
        (Filters(requester="dana", service="mail"), ["T-3"]),
        (Filters(category="network"), ["T-1"]),
        (Filters(known_by=MARCH), ["T-1", "T-2", "T-3"]),
        (Filters(known_by=APRIL, exclude=("T-1", "T-9")), ["T-2", "T-3", "T-4"]),
    ],
)
def test_filters_let_through_what_they_say(filled: DocumentStore, filters: Filters, expected: list[str]) -> None:
    assert filled.passing("acme", TICKET, filters) == expected
    some = [id for id in expected if id != "T-2"]
    assert filled.passing("acme", TICKET, filters, among=[*some, "unknown"]) == some
    found = filled.wording("acme", TICKET, "the vpn tunnel printer mailbox", 10, filters).share
    assert set(found) <= set(expected)


@pytest.mark.parametrize("identifier", ["vpn-gw-03", "VPN-GW-03", "619", "error 619", "gw"])
def test_identifiers_are_found_whole_and_in_parts(filled: DocumentStore, identifier: str) -> None:
    share = filled.wording("acme", TICKET, identifier, 5, ANY).share
    assert max(share, key=lambda id: share[id]) == "T-1"


@pytest.mark.parametrize("code", ["ERR_0x80070005", "err_0x80070005", "0x80070005"])
def test_an_error_code_is_found(filled: DocumentStore, code: str) -> None:
    assert [*filled.wording("acme", TICKET, code, 5, ANY).share] == ["T-2"]


def test_asked_for_documents_get_their_share_though_others_are_nearer(filled: DocumentStore) -> None:
    best = filled.wording("acme", TICKET, "vpn-gw-03 tunnel", 1, ANY).share
    both = filled.wording("acme", TICKET, "vpn-gw-03 tunnel", 1, ANY, also=["T-4", "T-2"]).share
    assert [*best] == ["T-1"]
    assert set(both) == {"T-1", "T-4"}
    assert 0 < both["T-4"] < both["T-1"] <= 1


def test_another_tenants_words_do_not_weigh(store: DocumentStore) -> None:
    store.put(a_few_tickets())
    before = store.wording("acme", TICKET, "vpn tunnel drops", 5, ANY)
    store.put([document(f"O-{n}", "vpn tunnel", "vpn drops", tenant="other") for n in range(50)])
    store.put([document(f"A-{n}", "vpn", kind=DocumentKind.ARTICLE) for n in range(50)])
    assert store.wording("acme", TICKET, "vpn tunnel drops", 5, ANY) == before


@given(text=st.text(max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_makes_word_search_fail(filled: DocumentStore, text: str) -> None:
    wording = filled.wording("acme", TICKET, text, 5, ANY, also=["T-1"])
    assert all(0 <= share <= 1 for share in wording.share.values())


@pytest.mark.parametrize(
    "text", ['"', "NEAR(a b)", "vpn*", "a AND", "\x00", "😀", "terms:vpn", "') --", "{a b}:c", "^", "vpn " * 5000]
)
def test_query_language_is_read_as_words(filled: DocumentStore, text: str) -> None:
    assert set(filled.wording("acme", TICKET, text, 5, ANY).share) <= {"T-1", "T-2", "T-3", "T-4", "T-5"}


@given(
    title=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30),
    text=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60),
)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_stored_as_it_is(filled: SqlDocuments, title: str, text: str) -> None:
    one = Document(tenant="any", kind=DocumentKind.ARTICLE, id="x", title=title, text=text)
    filled.put([one])
    assert filled.get("any", DocumentKind.ARTICLE, ["x"]) == {"x": one}


def test_a_tenant_without_documents_has_none(filled: DocumentStore) -> None:
    assert filled.count("nobody", TICKET) == 0
    assert filled.wording("nobody", TICKET, "vpn", 5, ANY).share == {}
    filled.delete("nobody", TICKET, ["T-1"])


def test_a_locked_database_is_unavailable_and_says_so(tmp_path: Path) -> None:
    store = open_documents(tmp_path / "records.db")
    store.close()
    for file in tmp_path.iterdir():
        file.unlink()
    (tmp_path / "records.db").mkdir()
    with pytest.raises(Unavailable):
        store.count("acme", TICKET)
