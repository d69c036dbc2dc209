from __future__ import annotations

from math import exp, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bursts.tail import surprise


@pytest.mark.parametrize(
    ("count", "mean", "expected"), [(1, 0.5, 1 - exp(-0.5)), (2, 1.0, 1 - 2 * exp(-1.0)), (3, 0.1, 0.00015465)]
)
def test_without_spread_the_tail_is_that_of_poisson(count: int, mean: float, expected: float) -> None:
    assert exp(-surprise(count, mean, inf)) == pytest.approx(expected, rel=1e-3)


def test_the_tail_agrees_with_drawn_counts() -> None:
    rng = np.random.default_rng(7)
    drawn = rng.negative_binomial(4.0, 4.0 / (4.0 + 3.0), size=400_000)
    for count in (1, 3, 6, 10):
        assert exp(-surprise(count, 3.0, 4.0)) == pytest.approx(float((drawn >= count).mean()), rel=0.05)


@given(st.integers(0, 300), st.floats(1e-6, 500.0), st.one_of(st.just(inf), st.floats(0.3, 1e4)))
def test_more_is_never_less_surprising_and_spread_never_adds_to_a_large_surprise(
    count: int, mean: float, size: float
) -> None:
    here, more = surprise(count, mean, size), surprise(count + 1, mean, size)
    assert 0.0 <= here <= more + 1e-9 <= 700.0 + 1e-6
    if count > mean + 3 * (mean + mean * mean / min(size, 1e9)) ** 0.5 + 1:
        assert surprise(count, mean, inf) >= here - 1e-6
