"""Figures of ranked teams against the team that ended up with each ticket, with bootstrap intervals over tickets.

Macro-F1 is the mean of the F1 of every team that is a truth or a first guess of the tickets scored, 0 where precision
and recall are undefined, as scikit-learn's `f1_score(average="macro")` has it: a team that was only guessed counts as
0, a team that the test tickets never have and nobody guesses counts not at all.
ECE: mean distance of the first guess's probability to its share of right answers in ten bins of equal width, weighted
by tickets (Naeini, Cooper and Hauskrecht 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.base import Record
from evals.metrics import Estimate, bootstrap

DRAWS = 500
"""Of the bootstrap of macro-F1 and accuracy at coverage."""
COVERAGES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
BINS = 10


@dataclass(frozen=True)
class Ranked:
    """A method's answer on one ticket: teams, likeliest first, and how sure it is of the first."""

    teams: tuple[str, ...]
    sure: float


class Coverage(Record):
    """Of the surest share of the tickets, how many are right."""

    share: float
    right: Estimate
    from_probability: float


class Scores(Record):
    """One method's figures."""

    top_1: Estimate
    top_3: Estimate
    top_5: Estimate
    macro_f1: Estimate
    at_coverage: tuple[Coverage, ...]
    ece: float | None
    """None for methods that state no probability."""


def score(ranked: Sequence[Ranked], truth: Sequence[str], seed: int, *, probabilities: bool = True) -> Scores:
    """`ranked` and `truth` go together; there is at least one."""
    places = np.asarray([_place(one.teams, team) for one, team in zip(ranked, truth, strict=True)])
    sure = np.asarray([one.sure for one in ranked])
    first = [one.teams[0] if one.teams else "" for one in ranked]
    return Scores(
        **{f"top_{k}": bootstrap((places < k).astype(float).tolist(), seed=seed) for k in (1, 3, 5)},
        macro_f1=_macro_f1(first, truth, seed),
        at_coverage=tuple(_coverage(sure, places == 0, share, seed) for share in COVERAGES),
        ece=_ece(sure, places == 0) if probabilities else None,
    )


def _place(teams: Sequence[str], team: str) -> int:
    return teams.index(team) if team in teams else len(teams) + 1_000


def _macro_f1(first: Sequence[str], truth: Sequence[str], seed: int) -> Estimate:
    names = {team: number for number, team in enumerate(sorted({*first, *truth}))}
    guess = np.asarray([names[one] for one in first])
    right = np.asarray([names[one] for one in truth])
    picks = np.random.default_rng(seed).integers(0, len(guess), size=(DRAWS, len(guess)))
    drawn = [_f1(guess[pick], right[pick], len(names)) for pick in picks]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Estimate(mean=_f1(guess, right, len(names)), low=float(low), high=float(high))


def _f1(guess: NDArray[np.int64], right: NDArray[np.int64], size: int) -> float:
    hits = np.bincount(guess[guess == right], minlength=size)
    both = np.bincount(guess, minlength=size) + np.bincount(right, minlength=size)
    there = both > 0
    return float((2 * hits[there] / both[there]).mean())


def _coverage(sure: NDArray[np.float64], right: NDArray[np.bool_], share: float, seed: int) -> Coverage:
    kept = max(1, int(share * len(sure)))
    order = np.argsort(-sure, kind="stable")[:kept]
    rng, drawn = np.random.default_rng(seed), []
    for _ in range(DRAWS):
        pick = rng.integers(0, len(sure), size=len(sure))
        drawn.append(right[pick][np.argsort(-sure[pick], kind="stable")[:kept]].mean())
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Coverage(
        share=share, right=Estimate(mean=float(right[order].mean()), low=float(low), high=float(high)),
        from_probability=float(sure[order[-1]]),
    )  # fmt: skip


def _ece(sure: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [abs(float((sure[bins == one] - right[bins == one]).sum())) for one in range(BINS)]
    return float(sum(gaps) / len(sure))
