"""Measures come out as worked by hand, and as their definitions demand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning.measures import (
    at_capacity,
    auc,
    average_precision,
    brier,
    calibration_bins,
    ece,
    interval,
    lead_time,
    line_for,
)  # fmt: skip


def floats(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array(values, dtype=np.float64)


def test_auc_by_hand_with_a_tie_that_counts_half() -> None:
    # Pairs: (.8 > .3), (.8 > .5), (.5 > .3), (.5 = .5): 3.5 of 4.
    assert auc(floats(0.8, 0.5, 0.5, 0.3), floats(1, 1, 0, 0)) == pytest.approx(3.5 / 4)


def test_average_precision_by_hand() -> None:
    # Hits at ranks 1 and 3: (1/1 + 2/3) / 2.
    assert average_precision(floats(0.9, 0.8, 0.7, 0.1), floats(1, 0, 1, 0)) == pytest.approx((1 + 2 / 3) / 2)


def test_equal_probabilities_come_in_together() -> None:
    assert average_precision(floats(0.5, 0.5, 0.5, 0.5), floats(1, 0, 0, 0)) == pytest.approx(0.25)
    assert auc(floats(0.5, 0.5), floats(1, 0)) == 0.5


def test_calibration_error_by_hand() -> None:
    p, y = floats(0.1, 0.1, 0.9, 0.9), floats(0, 1, 1, 1)
    assert ece(p, y) == pytest.approx(0.5 * 0.4 + 0.5 * 0.1)
    assert brier(p, y) == pytest.approx((0.01 + 0.81 + 0.01 + 0.01) / 4)
    assert [one.count for one in calibration_bins(p, y)] == [2, 2]


def test_a_probability_of_one_falls_into_the_last_bin() -> None:
    (only,) = calibration_bins(floats(1.0, 1.0), floats(1, 1))
    assert only.high == 1.0 and only.count == 2


def test_no_rows_break_nothing() -> None:
    none = floats()
    assert (auc(none, none), average_precision(none, none), ece(none, none), brier(none, none)) == (0.5, 0.0, 0.0, 0.0)
    assert interval(auc, none, none, seed=0).value == 0.5


def test_alerts_fit_the_capacity_and_equal_ones_are_not_cut_in_two() -> None:
    p, y = floats(0.9, 0.6, 0.6, 0.1), floats(1, 1, 0, 0)
    assert at_capacity(p, y, 2).alerts == 1
    three = at_capacity(p, y, 3)
    assert three.alerts == 3 and three.precision == pytest.approx(2 / 3) and three.recall == 1.0
    assert at_capacity(p, y, 0).alerts == 0


def test_lead_time_counts_from_the_first_alert_of_a_ticket() -> None:
    p, y = floats(0.2, 0.9, 0.9, 0.1), floats(1, 1, 1, 0)
    tickets, at = np.array([0, 0, 0, 1]), floats(0, 3600, 7200, 0)
    found = lead_time(p, y, tickets, at, floats(10800, 10800, 10800, np.inf), precision=1.0)
    assert found is not None and found.hours[1] == pytest.approx(2.0) and found.recall == 1.0
    assert lead_time(p, 1 - y, tickets, at, floats(*[np.inf] * 4), precision=1.0) is None


numbers = st.lists(st.tuples(st.integers(0, 10), st.booleans()), min_size=2, max_size=40)


@given(numbers)
def test_ranking_measures_do_not_change_when_the_scale_does(rows: list[tuple[int, bool]]) -> None:
    p = np.array([one / 10 for one, _ in rows])
    y = np.array([float(flag) for _, flag in rows])
    assert auc(p**3, y) == pytest.approx(auc(p, y))
    assert average_precision(p**3, y) == pytest.approx(average_precision(p, y))
    assert auc(-p, y) == pytest.approx(1 - auc(p, y))


@given(numbers, st.integers(0, 45))
def test_a_line_never_lets_more_through_than_there_is_capacity(rows: list[tuple[int, bool]], alerts: int) -> None:
    p = np.array([one / 10 for one, _ in rows])
    assert (p >= line_for(p, alerts)).sum() <= alerts


def test_intervals_hold_the_value_and_are_fixed_by_the_seed() -> None:
    random = np.random.default_rng(1)
    y = (random.random(300) < 0.3).astype(float)
    p = np.clip(0.3 * y + 0.5 * random.random(300), 0, 1)
    one, again = interval(auc, p, y, seed=4), interval(auc, p, y, seed=4)
    assert one == again and one.low < one.value < one.high
    grouped = interval(auc, np.repeat(p, 5), np.repeat(y, 5), seed=4, tickets=np.repeat(np.arange(300), 5))
    assert grouped.high - grouped.low == pytest.approx(one.high - one.low, rel=0.3)
