"""How texts are cut into words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.words import best_sentence, identifiers, marks, terms


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
    assert best_sentence(text, dict.fromkeys(terms("tunnel closes"), 1.0)) == "The tunnel of vpn-gw-03 closes."
    assert best_sentence(text, {"zebra": 1.0}) == "Good morning."
    assert best_sentence("", {"x": 1.0}) == ""


@given(st.text(), st.integers(min_value=10, max_value=50))
def test_a_snippet_is_never_longer_than_allowed(text: str, longest: int) -> None:
    assert len(best_sentence(text, dict.fromkeys(terms(text), 1.0), longest)) <= longest


def test_codes_hosts_versions_and_long_numbers_are_identifiers_dates_and_counts_are_not() -> None:
    text = "Build 2.53.1 on VPN-GW-03 says 0x80070005 (ticket 48213) since 2026-03-01 14:05, 3 times in room 12"
    assert list(identifiers(text).values()) == ["2.53.1", "VPN-GW-03", "0x80070005", "48213"]


def test_marks_point_at_the_words_of_the_query_in_any_case_and_an_identifier_is_one_mark() -> None:
    text = "The Tunnels of vpn-gw-03 close."
    found = marks(text, {"tunnel": 2.0, "vpn": 1.0, "gw": 1.0, "03": 1.0})
    assert [text[start:end] for start, end in found] == ["Tunnels", "vpn-gw-03"]


@given(st.text(), st.lists(st.text(min_size=1), max_size=4))
def test_marks_stay_within_the_text_in_order(text: str, wanted: list[str]) -> None:
    found = marks(text, dict.fromkeys([*wanted, *terms(text)[:3]], 1.0))
    flat = [place for span in found for place in span]
    assert flat == sorted(flat)
    assert all(0 <= start < end <= len(text) for start, end in found)


def test_of_a_long_sentence_the_part_with_the_words_is_shown() -> None:
    text = "filler " * 80 + "the tunnel closes " + "filler " * 80
    shown = best_sentence(text, {"tunnel": 3.0, "closes": 1.0, "close": 1.0}, 60)
    assert "tunnel closes" in shown
    assert shown.startswith("…")
    assert len(shown) <= 60
