"""What makes a document nearer than another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.relevance import Likeness, Relevance

_SIGNAL = st.floats(0, 1)
_NOTHING = Likeness(meaning=0.5, words=0.0, title_words=0.0, titles=0.0)


def test_a_short_question_is_read_by_meaning_a_long_report_also_by_words() -> None:
    weights = Relevance()
    assert weights.said(0.0) == 0.0
    assert weights.said(14.0) < 0.2 < 0.6 < weights.said(160.0)


def test_of_equals_in_meaning_the_one_that_shares_words_or_names_comes_first() -> None:
    weights = Relevance(requester=0.2)
    for more in ("words", "title_words", "titles", "identifiers", "requester"):
        assert weights.score(_NOTHING._replace(**{more: 0.4}), 50.0) > weights.score(_NOTHING, 50.0)


def test_the_same_service_weighs_nothing_before_links_have_shown_that_it_should() -> None:
    assert Relevance().score(_NOTHING._replace(service=1.0), 50.0) == Relevance().score(_NOTHING, 50.0)


@given(st.builds(Likeness, st.floats(-1, 1), _SIGNAL, _SIGNAL, st.floats(-1, 1), _SIGNAL), st.floats(0, 1000))
def test_scores_stay_between_0_and_1(likeness: Likeness, mass: float) -> None:
    assert 0.0 <= Relevance().score(likeness, mass) <= 1.0
