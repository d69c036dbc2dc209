"""An additive model: each feature adds its own log-odds, read from a table. Fitted by boosting without interactions.

Gradient boosting (Friedman 2001) in which every tree may use one feature only is a generalised additive model with
step functions (Lou, Caruana & Gehrke 2012). Features are cut into bins first, so that each one's effect is a short
table that can be read off the fitted booster exactly, through its public decision function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BINS = 24
"""Bins of a feature, by quantiles; one more holds what is missing."""
ROUNDS = 140
RATE = 0.08
LEAVES = 4
LEAST_IN_LEAF = 40
RIDGE = 2.0
SHARE = 0.5
"""Of the features, tried at each split: neighbours that say the same share their weight."""
BAGS = 2
"""Boosters averaged, each with its own draw of features; an average of additive models is additive."""


@dataclass(frozen=True, slots=True)
class Table:
    """The effect of one column in log-odds: `values[0]` where it is missing, then one for each bin."""

    edges: Floats
    """Upper edges of all bins but the last, ascending."""
    values: Floats

    def of(self, column: Floats) -> Floats:
        """The effect on each row."""
        return self.values[bins_of(column, self.edges)]


@dataclass(frozen=True, slots=True)
class Additive:
    """`base` plus one table for each used column is the log-odds."""

    base: float
    tables: dict[int, Table]

    def log_odds(self, matrix: Floats) -> Floats:
        """Of each row of a matrix with the columns it was fitted on."""
        total = np.full(len(matrix), self.base)
        for column, table in self.tables.items():
            total += table.of(matrix[:, column])
        return total

    def stretched(self, slope: float, shift: float) -> Additive:
        """The same model with log-odds slope × old + shift: reasons still sum."""
        tables = {column: Table(one.edges, one.values * slope) for column, one in self.tables.items()}
        return Additive(self.base * slope + shift, tables)


def bins_of(column: Floats, edges: Floats) -> NDArray[np.int64]:
    """0 for what is missing, else 1 + the number of edges below."""
    found = np.searchsorted(edges, column, side="left") + 1
    return np.where(np.isnan(column), 0, found).astype(np.int64)


def fit_additive(
    matrix: Floats, chance: Floats, weight: Floats, seed: int, *, least: int = LEAST_IN_LEAF, bags: int = BAGS,
    progress: Callable[[int], None] | None = None,
) -> Additive:  # fmt: skip
    """Fits on rows with a chance (0–1) and a weight each. A row whose end is open counts as both, by its chance."""
    # Several threads wait for each other more than they work on tables of this size, and sums would differ by machine.
    from threadpoolctl import threadpool_limits

    edges = [_edges(matrix[:, one]) for one in range(matrix.shape[1])]
    binned = np.column_stack([bins_of(matrix[:, one], edges[one]) for one in range(matrix.shape[1])])
    used = [one for one in range(matrix.shape[1]) if len(np.unique(binned[:, one])) > 1]
    rows, target, counts = _halves(chance, weight)
    if not used:
        share = float(np.clip(np.average(target, weights=counts), 1e-6, 1 - 1e-6))
        return Additive(float(np.log(share / (1 - share))), {})
    base, effects = 0.0, {one: np.zeros(len(edges[one]) + 2) for one in used}
    for bag in range(bags):
        booster = _booster(seed + bag, least)
        with threadpool_limits(1, user_api="openmp"):
            booster.fit(binned[rows][:, used], target, sample_weight=counts)
        base += _read_off(booster, used, edges, effects) / bags
        if progress is not None:
            progress(1)
    return _centred(base, {one: Table(edges[one], effects[one] / bags) for one in used}, binned, weight)


def _edges(column: Floats) -> Floats:
    there = column[~np.isnan(column)]
    if not len(there):
        return np.empty(0)
    values = np.unique(there)
    if len(values) <= BINS:
        return (values[:-1] + values[1:]) / 2.0
    return np.unique(np.quantile(there, np.linspace(0, 1, BINS + 1)[1:-1]))


def _halves(chance: Floats, weight: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Row numbers, targets and weights; uncertain rows come twice."""
    every = np.arange(len(chance))
    yes, no = weight * chance, weight * (1.0 - chance)
    keep_yes, keep_no = yes > 1e-9, no > 1e-9
    rows = np.concatenate([every[keep_yes], every[keep_no]])
    target = np.concatenate([np.ones(int(keep_yes.sum())), np.zeros(int(keep_no.sum()))]).astype(np.int64)
    counts = np.concatenate([yes[keep_yes], no[keep_no]])
    return rows, target, counts * (len(chance) / counts.sum())


def _booster(seed: int, least: int):  # type: ignore[no-untyped-def]  # scikit-learn has no types
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=ROUNDS, learning_rate=RATE, max_leaf_nodes=LEAVES, min_samples_leaf=least, l2_regularization=RIDGE,
        interaction_cst="no_interactions", early_stopping=False, max_features=SHARE, random_state=seed,
    )  # fmt: skip


def _read_off(booster, used: Sequence[int], edges: Sequence[Floats], effects: dict[int, Floats]) -> float:  # type: ignore[no-untyped-def]
    """Adds each column's effect to `effects` and gives the log-odds of the row of zeros."""
    sizes = [len(edges[one]) + 2 for one in used]
    asked = np.zeros((1 + sum(sizes), len(used)))
    row = 1
    for column, size in enumerate(sizes):
        asked[row : row + size, column] = np.arange(size)
        row += size
    told = booster.decision_function(asked)
    row = 1
    for one, size in zip(used, sizes, strict=True):
        effects[one] += told[row : row + size] - told[0]
        row += size
    return float(told[0])


def _centred(base: float, tables: dict[int, Table], binned: NDArray[np.int64], weight: Floats) -> Additive:
    """Moves each column's mean effect into the base; columns without an effect go."""
    kept = {}
    for one, table in tables.items():
        mean = float(np.average(table.values[binned[:, one]], weights=weight))
        base += mean
        values = table.values - mean
        if np.ptp(table.values) > 1e-9:
            kept[one] = Table(table.edges, values)
    return Additive(base, kept)
