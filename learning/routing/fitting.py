"""Fitting a team model: for each stage the linear model, the pool's weights, and the line from which on it is followed.

The pool and the line are fitted on answers to tickets that the linear model had not read: it is learned on the
earlier tickets and answers the later ones, block by block, as it will have to in live work.

Maximum likelihood weighs every team of every ticket; what is followed is the first guess. So the weights are scaled
once more, all by one factor, until the first guess's probability fits how often it was right (temperature scaling as
in Guo et al. 2017, on the first guess alone): the order of the teams stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from learning.routing.linear import LinearModel, both_scales
from learning.routing.memory import HALF_LIFE_DAYS, KINDS, Floats
from learning.routing.pool import fit_pool, line_for, pooled, sharpness
from learning.routing.rows import Features, Row, stacked
from learning.routing.seen import STAGES, Stage

STEPS = (0.6, 0.7, 0.8, 0.9, 1.0)
"""Shares of the moments, in order of time: each block between two is answered by what was learned from all before.
The first share is only learned from; the memory knew next to nothing then."""
ENOUGH_ROWS = 50
"""Fewer moments do not fit some twenty weights; the plain pool stands."""
MOST_ROWS = 20_000
"""The latest moments that the linear model is learned from."""
PLAIN = 0.2
"""Weight of each kind of tickets where nothing was fitted: shares averaged on the log scale."""
PLAIN_HOLDER = 1.0
STAYS, STAYS_LINE = 12.0, 0.5
"""Log-odds of the team that has the ticket, in a history where no ticket ever left it, and the line it is above."""
FEWEST_FOLLOWED = 20
"""Answers that a line has to rest on."""


@dataclass(frozen=True)
class Fitted:
    """How a stage is judged. `line`: the probability from which on answers are followed, if any."""

    weights: Floats
    line: float | None
    rows: int
    linear: LinearModel | None


def fit_stages(rows: Sequence[Row], teams: Sequence[str], precision: float, seed: int) -> dict[Stage, Fitted]:
    """What was learned for each stage; a stage with too few moments has the plain pool."""
    # A ticket that moved on after its end may be the only one of its team: the memory has no such team.
    known = set(teams)
    usable = [row for row in rows if row.team in known]
    return {
        stage: _fit([row for row in usable if row.facts.stage == stage][-MOST_ROWS:], teams, precision, seed, stage)
        for stage in STAGES
    }


def _fit(rows: Sequence[Row], teams: Sequence[str], precision: float, seed: int, stage: Stage) -> Fitted:
    columns = len(KINDS[stage]) + 2
    start = int(STEPS[0] * len(rows))
    used = rows[start:]
    if len(used) < ENOUGH_ROWS or len(teams) < 2:
        return Fitted(_plain(columns), None, len(used), None)
    if all(row.team == row.facts.of("team") for row in rows):
        return Fitted(_stays(columns), STAYS_LINE, len(used), None)
    features = stacked(used, len(teams), columns)
    linear = learned(rows, seed)
    if linear is not None:
        features = np.concatenate([features, _ahead(rows, teams, seed)], axis=2)
    place = {team: number for number, team in enumerate(teams)}
    chosen = np.asarray([place[row.team or ""] for row in used], dtype=np.int64)
    ages = _ages(used)
    weights = fit_pool(features, chosen, ages)
    weights = weights * sharpness(features, chosen, weights, ages)
    best, right = _best(pooled(features, weights), chosen)
    return Fitted(weights, line_for(best, right, precision, FEWEST_FOLLOWED), len(used), linear)


def learned(rows: Sequence[Row], seed: int) -> LinearModel | None:
    """The linear model of some moments."""
    return LinearModel.fit([row.read for row in rows], [row.team or "" for row in rows], seed)


def _ahead(rows: Sequence[Row], teams: Sequence[str], seed: int) -> Features:
    """(rows from the first step on, teams, 2): scores by models of earlier moments only."""
    ends = [int(step * len(rows)) for step in STEPS]
    found = []
    for start, end in pairwise(ends):
        model = learned(rows[:start], seed)
        reads = [row.read for row in rows[start:end]]
        scores = model.scores(reads, teams) if model else np.zeros((end - start, len(teams)))
        found.append(both_scales(scores).astype(np.float32))
    return np.concatenate(found)


def _plain(columns: int) -> Floats:
    weights = np.full(columns, PLAIN)
    weights[columns - 2], weights[columns - 1] = PLAIN_HOLDER, 0.0
    return weights


def _stays(columns: int) -> Floats:
    weights = np.zeros(columns)
    weights[columns - 2] = STAYS
    return weights


def _ages(rows: Sequence[Row]) -> Floats:
    days = np.asarray([(rows[-1].at - row.at).total_seconds() / 86_400 for row in rows])
    return np.asarray(2.0 ** (-np.maximum(days, 0.0) / HALF_LIFE_DAYS), dtype=np.float64)


def _best(odds: Floats, chosen: NDArray[np.int64]) -> tuple[Floats, NDArray[np.bool_]]:
    top = odds.argmax(axis=1)
    return odds[np.arange(len(odds)), top], np.asarray(top == chosen)
