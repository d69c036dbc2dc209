"""How texts are cut into words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.words import best_sentence, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vpn-gw-03", {"vpn", "gw", "03", "vpn_gw_03"}),
        ("ERR_0x80070005!", {"err_0x80070005", "err", "0x80070005"}),
        ("error 619.", {"error", "619"}),
        ("10.0.0.7:8080", {"10", "0", "7", "8080", "10_0_0_7_8080"}),
        (r"C:\Windows\System32", {"c", "window", "system32", "c_windows_system32"}),
        ("read-only", {"read", "only"}),
    ],
)
def test_identifiers_stay_whole_and_in_parts(text: str, expected: set[str]) -> None:
    assert set(terms(text)) >= expected
    assert "read_only" not in terms(text)


@pytest.mark.parametrize(("one", "many"), [("printer", "printers"), ("policy", "policies"), ("Drucker", "DRUCKER")])
def test_plurals_and_case_meet(one: str, many: str) -> None:
    assert terms(one) == terms(many)


@pytest.mark.parametrize("word", ["status", "address", "dns", "analysis"])
def test_words_that_only_look_plural_stay(word: str) -> None:
    assert terms(word) == [word]


def test_writing_without_spaces_is_cut_into_pairs() -> None:
    assert terms("印刷機故障") == ["印刷", "刷機", "機故", "故障"]


@given(st.text())
def test_terms_hold_nothing_that_a_query_language_could_read(text: str) -> None:
    for term in terms(text):
        assert term.replace("_", "a").isalnum() or not term.isascii()
        assert not set(term) & set("\"'*^(){}:+- \x00")


def test_the_sentence_with_the_wanted_words_is_shown() -> None:
    text = "Good morning. The tunnel of vpn-gw-03 closes. Thank you for everything, and best regards."
    assert best_sentence(text, terms("tunnel closes")) == "The tunnel of vpn-gw-03 closes."
    assert best_sentence(text, terms("zebra")) == "Good morning."
    assert best_sentence("", ["x"]) == ""


@given(st.text(), st.integers(min_value=10, max_value=50))
def test_a_snippet_is_never_longer_than_allowed(text: str, longest: int) -> None:
    assert len(best_sentence(text, terms(text), longest)) <= longest
