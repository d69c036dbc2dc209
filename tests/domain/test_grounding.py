"""A claim says no more than its sources."""

from __future__ import annotations

import pytest

from domain.grounding import grounded, is_grounded, ungrounded
from domain.handoff import Claim

SOURCES = {
    "e1": "Restarted srv-02.example.com:8080 at 14:10, error 0x80070005 again.",
    "e2": "Königstraße printer",
}


def test_words_that_stand_in_any_source_are_grounded() -> None:
    assert ungrounded("restarted the printer", SOURCES) == ("the",)
    assert ungrounded("Restarted printer", SOURCES) == ()


@pytest.mark.parametrize(
    "invented", ["srv-03.example.com:8080", "14:11", "0x80070006", "error 80070005", "KB-1014", "rm -rf"]
)
def test_an_invented_identifier_number_or_command_is_found(invented: str) -> None:
    assert ungrounded(f"Restarted {invented}", SOURCES)


def test_an_identifier_may_not_be_put_together_from_pieces() -> None:
    assert ungrounded("host srv-02.example.org", {"e": "host srv-02.example.com and www.example.org"}) == (
        "srv-02.example.org",
    )


def test_case_and_accents_do_not_matter() -> None:
    assert ungrounded("KONIGSTRASSE Printer", SOURCES) == ()


def test_fixed_words_of_a_template_need_no_source() -> None:
    assert ungrounded("mail to [e-mail]", {"e": "mail to"}, fixed=frozenset({"e", "mail"})) == ()


def test_a_claim_without_or_with_an_unknown_source_is_dropped() -> None:
    claims = (
        Claim(text="printer", sources=()),
        Claim(text="printer", sources=("e9",)),
        Claim(text="printer", sources=("e1",)),
        Claim(text="printer", sources=("e2",)),
    )
    assert grounded(claims, SOURCES) == (claims[3],)
    assert not is_grounded(claims[2], SOURCES)
