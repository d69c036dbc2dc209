"""An additive model: each feature adds its own log-odds from a table, and so do a few chosen pairs of features.

Gradient boosting (Friedman 2001) in which a tree may use one feature, or the two of a chosen pair, is a generalised
additive model with pairwise terms (Lou, Caruana, Gehrke & Hooker 2013). Features are cut into bins first, so that each
effect is a small table that can be read off the fitted booster exactly, through its public decision function: the
value at the bin (or the two bins) against the value where everything is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Asked = Callable[[Codes], Floats]

BINS = 16
"""Bins of a feature, by quantiles; one more holds what is missing."""
ROUNDS = 150
RATE = 0.07
LEAVES = 5
LEAST_IN_LEAF = 25
RIDGE = 2.0
SHARE = 0.5
"""Of the features, tried at each split: neighbours that say the same share their weight."""
PAIRS = 14
"""Pairs with a table of their own: few enough to be read."""
CANDIDATES = 20
"""Features, by the size of their own effect, out of which pairs are chosen."""
SCREENING = 60
"""Rounds of the booster without pairs whose rest the pairs are chosen by."""


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
    """`base`, one table for each used column and one for each pair: their sum is the log-odds."""

    base: float
    tables: dict[int, Table]
    pairs: dict[tuple[int, int], Floats]
    """Two columns → effect by their two bins; both columns have a table with the edges of the bins."""

    def log_odds(self, matrix: Floats) -> Floats:
        """Of each row of a matrix with the columns it was fitted on."""
        total = np.full(len(matrix), self.base)
        for column, table in self.tables.items():
            total += table.of(matrix[:, column])
        for (one, two), effect in self.pairs.items():
            spots = (bins_of(matrix[:, column], self.tables[column].edges) for column in (one, two))
            total += effect[tuple(spots)]
        return total


def bins_of(column: Floats, edges: Floats) -> Codes:
    """0 for what is missing, else 1 + the number of edges below."""
    found = np.searchsorted(edges, column, side="left") + 1
    return np.where(np.isnan(column), 0, found).astype(np.int64)


def fit_additive(
    matrix: Floats, chance: Floats, weight: Floats, seed: int, *, progress: Callable[[int], None] | None = None
) -> Additive:
    """Fits on rows with a chance (0–1) and a weight each. A row whose end is open counts as both, by its chance."""
    edges = [_edges(matrix[:, one]) for one in range(matrix.shape[1])]
    binned = np.column_stack([bins_of(matrix[:, one], edges[one]) for one in range(matrix.shape[1])])
    used = [one for one in range(matrix.shape[1]) if len(np.unique(binned[:, one])) > 1]
    rows, target, counts = _halves(chance, weight)
    if not used:
        share = float(np.clip(np.average(target, weights=counts), 1e-6, 1 - 1e-6))
        return Additive(float(np.log(share / (1 - share))), {}, {})
    ours = binned[:, used]
    sizes = [len(edges[one]) + 2 for one in used]
    screen = _fitted(ours[rows], target, counts, seed, [], SCREENING)
    pairs = _worthwhile(screen, ours, chance, weight, sizes)
    if progress is not None:
        progress(1)
    final = _fitted(ours[rows], target, counts, seed, pairs, ROUNDS)
    if progress is not None:
        progress(1)
    base, singles, doubles = _read_off(final, sizes, pairs)
    tables = {one: Table(edges[one], effect) for one, effect in zip(used, singles, strict=True)}
    named = {(used[one], used[two]): effect for (one, two), effect in doubles.items()}
    return _centred(Additive(base, tables, named), binned, weight)


def _edges(column: Floats) -> Floats:
    there = column[~np.isnan(column)]
    if not len(there):
        return np.empty(0)
    values = np.unique(there)
    if len(values) <= BINS:
        return (values[:-1] + values[1:]) / 2.0
    return np.unique(np.quantile(there, np.linspace(0, 1, BINS + 1)[1:-1]))


def _halves(chance: Floats, weight: Floats) -> tuple[Codes, Codes, Floats]:
    """Row numbers, targets and weights; uncertain rows come twice."""
    every = np.arange(len(chance))
    yes, no = weight * chance, weight * (1.0 - chance)
    keep_yes, keep_no = yes > 1e-9, no > 1e-9
    rows = np.concatenate([every[keep_yes], every[keep_no]])
    target = np.concatenate([np.ones(int(keep_yes.sum())), np.zeros(int(keep_no.sum()))]).astype(np.int64)
    counts = np.concatenate([yes[keep_yes], no[keep_no]])
    return rows, target, counts * (len(chance) / counts.sum())


def _fitted(
    binned: Codes, target: Codes, counts: Floats, seed: int, pairs: Sequence[tuple[int, int]], rounds: int
) -> Asked:
    """The decision function of a booster that uses single columns and the given pairs."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    booster = HistGradientBoostingClassifier(
        max_iter=rounds, learning_rate=RATE, max_leaf_nodes=LEAVES, min_samples_leaf=LEAST_IN_LEAF,
        l2_regularization=RIDGE, early_stopping=False, max_features=SHARE, random_state=seed,
        interaction_cst=[*({one} for one in range(binned.shape[1])), *({one, two} for one, two in pairs)],
    )  # fmt: skip
    # Several threads wait for each other more than they work on tables of this size, and sums would differ by machine.
    with threadpool_limits(1, user_api="openmp"):
        booster.fit(binned, target, sample_weight=counts)

    def asked(rows: Codes) -> Floats:
        with threadpool_limits(1, user_api="openmp"):
            return np.asarray(booster.decision_function(rows), dtype=np.float64)

    return asked


def _worthwhile(
    screen: Asked, binned: Codes, chance: Floats, weight: Floats, sizes: Sequence[int]
) -> list[tuple[int, int]]:
    """The pairs whose joint bins explain most of what single columns leave over: the gain of one Newton step on the
    cells, as boosting counts it, less that on each column alone."""
    base, singles, _ = _read_off(screen, sizes, [])
    log_odds = base + sum(effect[binned[:, one]] for one, effect in enumerate(singles))
    guess = 1.0 / (1.0 + np.exp(-log_odds))
    rest, bend = weight * (chance - guess), weight * guess * (1.0 - guess)
    sizable = np.argsort([-float(np.std(effect[binned[:, one]])) for one, effect in enumerate(singles)], kind="stable")
    kept = sorted(int(one) for one in sizable[:CANDIDATES])
    coarse = {one: _coarse(binned[:, one], sizes[one]) for one in kept}
    alone = {one: _gain(coarse[one], rest, bend) for one in kept}
    gains = {
        (one, two): _gain(coarse[one] * _CELLS + coarse[two], rest, bend) - alone[one] - alone[two]
        for number, one in enumerate(kept)
        for two in kept[number + 1 :]
    }
    return sorted(sorted(gains, key=lambda pair: (-gains[pair], pair))[:PAIRS])


_CELLS = 6


def _coarse(column: Codes, size: int) -> Codes:
    """At most `_CELLS` cells: missing, then bins in equal runs."""
    return np.where(column == 0, 0, 1 + (column - 1) * (_CELLS - 1) // max(size - 1, 1)).astype(np.int64)


def _gain(cells: Codes, rest: Floats, bend: Floats) -> float:
    slope = np.bincount(cells, weights=rest)
    return float((slope**2 / (np.bincount(cells, weights=bend) + 10.0 * RIDGE)).sum())


def _read_off(
    asked: Asked, sizes: Sequence[int], pairs: Sequence[tuple[int, int]]
) -> tuple[float, list[Floats], dict[tuple[int, int], Floats]]:
    """The log-odds where all is missing, the effect of each bin alone, and what two bins add beyond both alone."""
    blocks = [np.zeros((1, len(sizes)), dtype=np.int64)]
    for column, size in enumerate(sizes):
        block = np.zeros((size, len(sizes)), dtype=np.int64)
        block[:, column] = np.arange(size)
        blocks.append(block)
    for one, two in pairs:
        block = np.zeros((sizes[one] * sizes[two], len(sizes)), dtype=np.int64)
        block[:, one], block[:, two] = (
            np.repeat(np.arange(sizes[one]), sizes[two]),
            np.tile(np.arange(sizes[two]), sizes[one]),
        )
        blocks.append(block)
    told = np.split(asked(np.concatenate(blocks)), np.cumsum([len(block) for block in blocks])[:-1])
    base = float(told[0][0])
    singles = [one - base for one in told[1 : 1 + len(sizes)]]
    doubles = {}
    for (one, two), values in zip(pairs, told[1 + len(sizes) :], strict=True):
        table = values.reshape(sizes[one], sizes[two]) - base
        doubles[(one, two)] = table - singles[one][:, None] - singles[two][None, :]
    return base, singles, doubles


def _centred(model: Additive, binned: Codes, weight: Floats) -> Additive:
    """Moves each mean effect into the base; what has no effect goes."""
    base, tables, pairs = model.base, {}, {}
    for columns, effect in model.pairs.items():
        if np.ptp(effect) > 1e-9:
            mean = float(np.average(effect[binned[:, columns[0]], binned[:, columns[1]]], weights=weight))
            base, pairs[columns] = base + mean, effect - mean
    paired = {column for columns in pairs for column in columns}
    for column, table in model.tables.items():
        mean = float(np.average(table.values[binned[:, column]], weights=weight))
        base += mean
        if np.ptp(table.values) > 1e-9 or column in paired:
            tables[column] = Table(table.edges, table.values - mean)
    return Additive(base, tables, pairs)
