"""What says the same is told once; other numbers, names or a denial make another sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.handoff import Claim
from domain.summarising.redundancy import Said, told_once

FIRST = "We restarted the print service on srv-01 this morning"


@pytest.mark.parametrize("second", [FIRST.upper(), "This morning we restarted the print service on srv-01 again."])
def test_nearly_the_same_words_say_the_same(second: str) -> None:
    assert Said([FIRST]).already(second)


@pytest.mark.parametrize(
    "second",
    [
        "We restarted the print service on srv-02 this morning",
        "We have not restarted the print service on srv-01 this morning",
        "The printer jams.",
    ],
)
def test_another_machine_a_denial_or_other_words_say_something_else(second: str) -> None:
    assert not Said([FIRST]).already(second)


def test_what_was_told_elsewhere_is_left_out() -> None:
    one, other = Claim(text=FIRST, sources=("e1",)), Claim(text="It prints.", sources=("e2",))
    assert told_once((one, other), besides=(one,)) == (other,)


@given(st.lists(st.text(max_size=40), max_size=8))
def test_what_is_kept_keeps_its_order_and_telling_it_again_changes_nothing(texts: list[str]) -> None:
    claims = tuple(Claim(text=text, sources=(str(at),)) for at, text in enumerate(texts))
    kept = told_once(claims)
    assert [one for one in claims if one in kept] == list(kept)
    assert told_once(kept) == kept
    assert bool(kept) == bool(claims)
