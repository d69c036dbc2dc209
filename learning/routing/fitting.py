"""Fitting a team model's pool: one set of weights for each stage, and the line from which on it may be followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from learning.routing.memory import HALF_LIFE_DAYS, KINDS, Floats
from learning.routing.pool import fit_pool, line_for, pooled
from learning.routing.rows import Features, Row, stacked
from learning.routing.seen import STAGES, Stage
from learning.routing.text import TextModel

FOLDS = 5
"""Every text is scored by a model that has not read it."""
ENOUGH_ROWS = 50
"""Fewer moments do not fit some twenty weights; the plain pool stands."""
WARM = 0.2
"""The first share of the moments is left out: the memory knew next to nothing then."""
PLAIN = 0.2
"""Weight of each kind of tickets where nothing was fitted: shares averaged on the log scale."""
PLAIN_HOLDER = 1.0
FEWEST_FOLLOWED = 20
"""Answers that a line has to rest on."""


@dataclass(frozen=True)
class Pooled:
    """How opinions are pooled at a stage. `line`: the probability from which on answers are followed, if any."""

    weights: Floats
    line: float | None
    rows: int


def out_of_fold(
    ids: Sequence[str], texts: Sequence[str], final: Sequence[str], teams: Sequence[str], seed: int
) -> dict[str, Features]:
    """Ticket → (teams,) text scores by models that did not read the ticket.

    The same text on another ticket may have been read: texts do come again, and live work meets them so.
    """
    fold = np.random.default_rng(seed).permutation(len(ids)) % FOLDS
    found: dict[str, Features] = {}
    for number in range(FOLDS):
        held = [int(one) for one in np.flatnonzero(fold == number)]
        rest = [int(one) for one in np.flatnonzero(fold != number)]
        model = TextModel.fit([texts[one] for one in rest], [final[one] for one in rest], seed)
        said = [texts[one] for one in held]
        scores = model.scores(said, teams) if model else np.zeros((len(held), len(teams)))
        found |= {ids[one]: scores[row].astype(np.float32) for row, one in enumerate(held)}
    return found


def fit_stages(
    rows: Sequence[Row], teams: Sequence[str], texts: Mapping[str, Features], precision: float
) -> dict[Stage, Pooled]:
    """The pool of each stage; a stage with too few moments has the plain one."""
    return {stage: _fit([row for row in rows if row.facts.stage == stage], teams, texts, precision, stage)
            for stage in STAGES}  # fmt: skip


def _fit(
    rows: Sequence[Row], teams: Sequence[str], texts: Mapping[str, Features], precision: float, stage: Stage
) -> Pooled:
    columns = len(KINDS[stage]) + 2
    used = [row for row in rows[int(WARM * len(rows)) :] if row.team in teams]
    if len(used) < ENOUGH_ROWS or len(teams) < 2:
        return Pooled(_plain(columns, bool(texts)), None, len(used))
    features = stacked(used, len(teams), columns)
    if texts:
        none = np.zeros(len(teams), dtype=np.float32)
        scores = np.stack([texts.get(row.ticket_id, none) for row in used])
        features = np.concatenate([features, scores[:, :, None]], axis=2)
    place = {team: number for number, team in enumerate(teams)}
    chosen = np.asarray([place[row.team or ""] for row in used], dtype=np.int64)
    weights = fit_pool(features, chosen, _ages(used))
    odds = pooled(features, weights)
    best, right = _best(odds, chosen)
    return Pooled(weights, line_for(best, right, precision, FEWEST_FOLLOWED), len(used))


def _plain(columns: int, text: bool) -> Floats:
    weights = np.full(columns + text, PLAIN)
    weights[columns - 2], weights[columns - 1] = PLAIN_HOLDER, 0.0
    return weights


def _ages(rows: Sequence[Row]) -> Floats:
    days = np.asarray([(rows[-1].at - row.at).total_seconds() / 86_400 for row in rows])
    return np.asarray(2.0 ** (-np.maximum(days, 0.0) / HALF_LIFE_DAYS), dtype=np.float64)


def _best(odds: Floats, chosen: NDArray[np.int64]) -> tuple[Floats, NDArray[np.bool_]]:
    top = odds.argmax(axis=1)
    return odds[np.arange(len(odds)), top], np.asarray(top == chosen)
