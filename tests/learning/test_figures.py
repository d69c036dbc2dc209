from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from learning.figures import alarms, auc, average_precision, bins_of, brier, curve, ece, target_card
from learning.guard import Present, judged
from learning.held_out import TABLE, Held, Said, Window
from learning.lessons import CANDIDATE, drawn_line

START = datetime(2026, 3, 2, tzinfo=UTC)


@st.composite
def scores(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    size = draw(st.integers(2, 60))
    truth = draw(
        st.lists(st.booleans(), min_size=size, max_size=size).filter(lambda those: 0 < sum(those) < len(those))
    )
    said = draw(st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), min_size=size, max_size=size))
    return np.array(said), np.array(truth, dtype=bool)


@given(scores())
@settings(deadline=None)
def test_ranking_figures_are_those_of_scikit_learn_also_with_ties(given: tuple[np.ndarray, np.ndarray]) -> None:
    said, truth = given
    assert auc(said, truth) == pytest.approx(roc_auc_score(truth, said))
    assert average_precision(said, truth) == pytest.approx(average_precision_score(truth, said))
    assert curve(said, truth)[-1][0] == pytest.approx(1.0)


@given(scores())
@settings(deadline=None)
def test_bins_hold_every_ticket_once(given: tuple[np.ndarray, np.ndarray]) -> None:
    said, truth = given
    found = bins_of(said, truth)
    assert sum(one.count for one in found) == len(truth)
    assert len({one.predicted for one in found}) == len(found), "tickets foretold alike lie in one bin"
    assert 0 <= ece(said, truth) <= 1 and 0 <= brier(said, truth) <= 1


def held(number: int, happened: bool | None, **peaks: float) -> Held:
    """A ticket on which each judge said its peak at creation; none of `happened`: its end is not known."""
    begun = START + timedelta(hours=number)
    one = Held(id=f"T-{number}", begun=begun, ended=happened is not None, escalated=happened)
    for judge, peak in peaks.items():
        said = Said()
        said.hear(peak, begun, early=True)
        one.said[judge, "escalation"] = said
    return one


def window(rows: list[Held], technician_days: int = 10) -> Window:
    return Window(START, START + timedelta(days=30), rows, technician_days=technician_days)


def contest(better: float, worse: float, size: int = 200) -> Window:
    """The candidate tells the two kinds apart by `better`, the points table by `worse`, both with the same noise."""
    draw = np.random.default_rng(4)
    rows = []
    for number in range(size):
        happened = number % 3 == 0
        noise, other = draw.normal(0, 0.1, 2)
        rows.append(
            held(
                number, happened,
                **{
                    CANDIDATE: float(np.clip(0.3 + better * (happened - 0.33) + noise, 0, 1)),
                    TABLE: float(np.clip(0.3 + worse * (happened - 0.33) + other, 0, 1)),
                    "mdl_present": float(np.clip(0.3 + 0.5 * (happened - 0.33) + other, 0, 1)),
                },
            )
        )  # fmt: skip
    return window(rows)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=50), st.integers(-3, 60), st.floats(0, 1))
def test_a_drawn_line_lets_at_most_so_many_alerts_through(peaks: list[float], alerts: int, least: float) -> None:
    line = drawn_line(peaks, alerts, least)
    assert least <= line <= 1
    if alerts <= 0:
        assert line == least
    else:
        assert sum(one >= line for one in peaks) <= alerts or max(peaks) == 1.0


def test_alerts_are_counted_on_all_tickets_but_judged_on_those_with_a_known_end() -> None:
    rows = [held(0, True, a=0.9), held(1, False, a=0.8), held(2, True, a=0.1), held(3, None, a=0.9)]
    found = alarms(window(rows), "a", "escalation", 0.5, 0)
    assert found.alerts == 3 and found.per_technician_day == pytest.approx(0.3)
    assert found.precision is not None and found.precision.value == 0.5
    assert found.recall is not None and found.recall.value == 0.5
    assert found.false_per_technician_day == pytest.approx(0.1)


def test_the_guard_lets_the_better_one_through() -> None:
    verdict = judged(contest(0.5, 0.1), CANDIDATE, {"escalation": 0.33}, None, {}, 0, 0)
    assert verdict.ok and {one.against for one in verdict.comparisons} == {TABLE, "the usual rate"}


def test_the_guard_stops_what_ranks_clearly_worse_than_the_points_table() -> None:
    verdict = judged(contest(0.0, 0.6), CANDIDATE, {"escalation": 0.33}, None, {}, 0, 0)
    assert not verdict.ok and any("worse than points table" in why for why in verdict.why_not)


def test_noise_does_not_decide() -> None:
    assert judged(contest(0.30, 0.30), CANDIDATE, {"escalation": 0.33}, None, {}, 0, 0).ok


def test_a_window_that_says_too_little_keeps_the_model_in_shadow() -> None:
    verdict = judged(contest(0.5, 0.1, size=40), CANDIDATE, {"escalation": 0.33}, None, {}, 0, 0)
    assert not verdict.ok and "too little to tell: 40 with a known end" in verdict.why_not[0]


def test_the_present_model_is_compared_with_only_on_what_it_has_not_seen() -> None:
    found = contest(0.05, 0.0)
    fresh = Present("mdl_present", ("escalation",), START - timedelta(days=1))
    assert any("mdl_present" in why for why in judged(found, CANDIDATE, {"escalation": 0.33}, fresh, {}, 0, 0).why_not)
    knows_all = Present("mdl_present", ("escalation",), START + timedelta(days=30))
    [against] = [
        one
        for one in judged(found, CANDIDATE, {"escalation": 0.33}, knows_all, {}, 0, 0).comparisons
        if one.against == "mdl_present"
    ]
    assert against.ok and "not compared" in against.why


def test_a_target_must_not_be_lost() -> None:
    present = Present("mdl_present", ("escalation", "sla_breach"), START + timedelta(days=30))
    verdict = judged(contest(0.5, 0.1), CANDIDATE, {"escalation": 0.33}, present, {}, 0, 0)
    assert "sla_breach would not be foretold any more" in verdict.why_not


def test_more_cases_got_wrong_again_stop_it_and_as_many_do_not() -> None:
    found = contest(0.5, 0.1)
    worse = judged(found, CANDIDATE, {"escalation": 0.33}, None, {CANDIDATE: 3, TABLE: 2}, 5, 0)
    assert worse.why_not == ("of 5 cases that people had put right, it gets 3 wrong again, points table 2",)
    assert judged(found, CANDIDATE, {"escalation": 0.33}, None, {CANDIDATE: 2, TABLE: 2}, 5, 0).ok


def test_a_closed_ticket_that_names_no_tier_is_of_unknown_end_unless_its_outcome_says() -> None:
    silent = Held(id="T", begun=held(0, None).begun, ended=True)
    assert silent.truth("escalation") is None
    silent.tiered = True
    assert silent.truth("escalation") is False


def test_a_card_says_when_nothing_is_known_of_the_window() -> None:
    rows = [held(number, None, **{CANDIDATE: 0.5, TABLE: 0.5}) for number in range(5)]
    card = target_card(
        window(rows), CANDIDATE, "escalation", line=0.5, table_line=0.6, usual_rate=0.3, capacity=1.0, seed=0
    )
    assert card is None
