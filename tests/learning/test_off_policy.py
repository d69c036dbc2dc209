"""The value of a routing policy from a log, where the truth is known because we made it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.errors import BadInput
from learning.off_policy import PolicyValue, expected_rewards, policy_value, propensities

GOOD = np.array([[0.9, 0.4, 0.3], [0.3, 0.8, 0.5], [0.5, 0.5, 0.7]])
"""Kinds of tickets × technicians: chance of a lasting fix."""
LOGGED = np.array([[0.3, 0.4, 0.3], [0.5, 0.2, 0.3], [0.3, 0.3, 0.4]])
BEST = np.eye(3)
SOME = np.array([[0.7, 0.2, 0.1], [0.2, 0.6, 0.2], [0.1, 0.3, 0.6]])


def _log(size: int, seed: int) -> tuple[list[str], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 3, size=size)
    taken = np.array([rng.choice(3, p=LOGGED[kind]) for kind in kinds])
    reward = (rng.random(size) < GOOD[kinds, taken]).astype(float)
    return [f"kind {kind}" for kind in kinds], taken, reward, kinds


def _value(size: int, seed: int, policy: NDArray[np.float64]) -> PolicyValue:
    kinds, taken, reward, rows = _log(size, seed)
    return policy_value(
        taken, reward, propensities(kinds, taken, 3), policy[rows], expected_rewards(kinds, taken, reward, 3), seed=seed
    )


@pytest.mark.parametrize("policy", [BEST, SOME], ids=["always the best", "mostly the best"])
def test_the_interval_holds_the_true_value_about_as_often_as_it_says(policy: NDArray[np.float64]) -> None:
    truth = float((policy * GOOD).sum(axis=1).mean())
    held = [one.low <= truth <= one.high for one in (_value(400, seed, policy).doubly_robust for seed in range(60))]
    assert np.mean(held) >= 0.85


def test_all_three_estimators_agree_with_the_truth_on_a_large_log() -> None:
    truth = float((SOME * GOOD).sum(axis=1).mean())
    value = _value(20_000, 1, SOME)
    for one in (value.ips, value.snips, value.doubly_robust):
        assert one.mean == pytest.approx(truth, abs=0.02)
    assert value.gain.mean == pytest.approx(truth - float((LOGGED * GOOD).sum(axis=1).mean()), abs=0.02)
    assert value.gain.low > 0
    assert "rests on" in value.word


def test_a_policy_that_the_log_never_followed_is_said_to_rest_on_nothing() -> None:
    kinds, taken, reward, _ = _log(300, 2)
    wide = np.zeros((300, 4))
    wide[:, 3] = 1.0
    value = policy_value(
        taken, reward, propensities(kinds, taken, 4), wide, expected_rewards(kinds, taken, reward, 4), seed=0
    )
    assert value.overlap < 0.05
    assert "too little to go by" in value.word


def test_the_same_seed_gives_the_same_interval() -> None:
    assert _value(200, 3, SOME) == _value(200, 3, SOME)


def test_a_log_of_nothing_or_of_other_shapes_is_refused() -> None:
    kinds, taken, reward, rows = _log(20, 1)
    known, expected = propensities(kinds, taken, 3), expected_rewards(kinds, taken, reward, 3)
    with pytest.raises(BadInput, match="no routed ticket"):
        policy_value(taken[:0], reward[:0], known[:0], SOME[rows][:0], expected[:0], seed=0)
    with pytest.raises(BadInput, match="shapes"):
        policy_value(taken, reward, known, SOME[rows][:5], expected, seed=0)
    with pytest.raises(BadInput, match="sum to 1"):
        policy_value(taken, reward, known, 2 * SOME[rows], expected, seed=0)
