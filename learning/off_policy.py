"""What a routing policy would have been worth on tickets that were routed by another: value from a log, with intervals.

Shapes: n tickets, k choices (teams or technicians). The log holds for each ticket the choice that was taken and what
came of it; the policy in question states a probability for each choice. Propensities (how likely the log's own policy
was to take each choice) are estimated from the log by kind of ticket, so nothing that decided the routing and is not
in the kind is corrected for: values are comparisons under that assumption, not promises.

Estimators: importance sampling (Horvitz and Thompson 1952) with clipped weights; its self-normalised form
(Swaminathan and Joachims 2015); doubly robust with a reward model that has not seen the ticket (Dudík, Langford and Li
2011). Effective sample size as in Kish (1965). Intervals: percentile bootstrap over tickets (Efron 1979), with the
propensities and rewards as estimated once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from domain.base import Record
from domain.errors import BadInput

Floats = NDArray[np.float64]
Choices = NDArray[np.int64]

CLIP = 20.0
"""Largest weight of one ticket. Keeps one odd ticket from deciding; biases towards the log."""
PRIOR = 2.0
"""Weight of all tickets in the shares of one kind, in tickets."""
RARE = 0.01
"""A choice that the log takes less often than this is not supported: hardly anything is known of it."""
ENOUGH_EFFECTIVE = 30.0
"""Effective tickets below which a value is said to rest on too little."""
ENOUGH_OVERLAP = 0.8
"""Share of the policy's choices with support below which a value is said to be mostly the reward model's."""
DRAWS = 1000


class Interval(Record):
    """A value with its bootstrap 95 % interval."""

    mean: float
    low: float
    high: float


class PolicyValue(Record):
    """The value of a policy on a log, in the unit of the reward."""

    tickets: int
    logged: Interval
    """What really came of the log's own choices."""
    ips: Interval
    snips: Interval
    doubly_robust: Interval
    """The figure to read; the other two show how much it rests on the reward model."""
    gain: Interval
    """Doubly robust value less what was logged, paired by ticket."""
    effective: float
    """Tickets that the weights leave, as if they all weighed alike."""
    overlap: float
    """Share of the policy's choices that the log takes often enough to learn from."""
    clipped: float
    """Share of tickets whose weight was cut."""
    word: str
    """Whether the value can be read, in plain words."""


def policy_value(
    taken: Choices, reward: Floats, logged: Floats, target: Floats, expected: Floats, *, seed: int
) -> PolicyValue:
    """The value of `target` on a log.

    `taken` (n,): the column that was chosen. `reward` (n,). `logged` (n, k): propensities of the log's own policy,
    `target` (n, k): those of the policy in question, rows summing to 1; `expected` (n, k): the reward expected of each
    choice by a model that has not seen the ticket. Raises `BadInput` when shapes disagree or nothing is given.
    """
    _check(taken, reward, logged, target, expected)
    rows = np.arange(len(taken))
    raw = target[rows, taken] / np.maximum(logged[rows, taken], 1e-6)
    weight = np.minimum(raw, CLIP)
    model = (target * expected).sum(axis=1)
    doubly = model + weight * (reward - expected[rows, taken])
    overlap = float((target * (logged >= RARE)).sum() / len(taken))
    effective = float(weight.sum() ** 2 / max(1e-12, float((weight**2).sum())))
    picks = np.random.default_rng(seed).integers(0, len(taken), size=(DRAWS, len(taken)))
    return PolicyValue(
        tickets=len(taken), logged=_interval(reward, picks), ips=_interval(weight * reward, picks),
        snips=_ratio(weight * reward, weight, picks), doubly_robust=_interval(doubly, picks),
        gain=_interval(doubly - reward, picks), effective=effective, overlap=overlap,
        clipped=float((raw > CLIP).mean()), word=_word(effective, overlap, len(taken)),
    )  # fmt: skip


def propensities(kinds: Sequence[str], taken: Choices, choices: int) -> Floats:
    """(n, choices): how likely the log was to take each choice for a ticket of its kind, shrunken to all tickets.

    Estimated shares make better weights than the true ones would (Hirano, Imbens and Ridder 2003).
    """
    groups, counts = _counted(kinds, taken, np.ones(len(taken)), choices)
    everywhere = (counts.sum(axis=0) + 1.0 / choices) / (counts.sum() + 1.0)
    shares = (counts + PRIOR * everywhere) / (counts.sum(axis=1, keepdims=True) + PRIOR)
    return np.asarray(shares[groups], dtype=np.float64)


def expected_rewards(kinds: Sequence[str], taken: Choices, reward: Floats, choices: int) -> Floats:
    """(n, choices): mean reward of each choice on tickets of the kind, each ticket's own left out.

    Shrunken towards the choice's mean over all kinds, and that towards the mean of everything, by `PRIOR` tickets each.
    """
    groups, counts = _counted(kinds, taken, np.ones(len(taken)), choices)
    _, sums = _counted(kinds, taken, reward, choices)
    own = np.zeros((len(taken), choices))
    own[np.arange(len(taken)), taken] = 1.0
    own_reward = own * reward[:, None]
    rest = max(1, len(taken) - 1)
    mean = (reward.sum() - reward) / rest
    of_choice = (sums.sum(axis=0) - own_reward + PRIOR * mean[:, None]) / (counts.sum(axis=0) - own + PRIOR)
    return np.asarray(
        (sums[groups] - own_reward + PRIOR * of_choice) / (counts[groups] - own + PRIOR), dtype=np.float64
    )


def _counted(kinds: Sequence[str], taken: Choices, amount: Floats, choices: int) -> tuple[Choices, Floats]:
    names = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
    groups = np.asarray([names[kind] for kind in kinds], dtype=np.int64)
    found = np.zeros((len(names), choices))
    np.add.at(found, (groups, taken), amount)
    return groups, found


def _interval(values: Floats, picks: Choices) -> Interval:
    low, high = np.quantile(values[picks].mean(axis=1), (0.025, 0.975))
    return Interval(mean=float(values.mean()), low=float(low), high=float(high))


def _ratio(above: Floats, below: Floats, picks: Choices) -> Interval:
    drawn = above[picks].sum(axis=1) / np.maximum(below[picks].sum(axis=1), 1e-12)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Interval(mean=float(above.sum() / max(float(below.sum()), 1e-12)), low=float(low), high=float(high))


def _word(effective: float, overlap: float, tickets: int) -> str:
    if effective < ENOUGH_EFFECTIVE:
        return f"too little to go by: the log chose like this policy on as good as {effective:.0f} of {tickets} tickets"
    if overlap < ENOUGH_OVERLAP:
        return (
            f"mostly extrapolated: {1 - overlap:.0%} of this policy's choices are ones the log hardly ever made"
            " for such tickets"
        )
    return f"rests on as good as {effective:.0f} of {tickets} tickets; {overlap:.0%} of the choices are in the log"


def _check(taken: Choices, reward: Floats, logged: Floats, target: Floats, expected: Floats) -> None:
    size = len(taken)
    if size == 0:
        raise BadInput("no routed ticket to value a policy on", mend="give a history with assignments and ends")
    if reward.shape != (size,) or not logged.shape == target.shape == expected.shape or len(logged) != size:
        raise BadInput("log and policy have different shapes", mend="give one row for each ticket in all of them")
    if not np.allclose(target.sum(axis=1), 1.0, atol=1e-6) or (target < 0).any():
        raise BadInput("a policy's probabilities do not sum to 1", mend="divide each row by its sum")
