"""Opinions of several kinds pooled into one probability for each team: a conditional logit (McFadden 1974).

Every ticket is a choice among teams; each team has the same few features (log shares by kind of ticket, the text's
log-odds, who has it now). One weight for each feature, fitted by penalised maximum likelihood, makes the pooled
probability calibrated on what it was fitted on. Tickets weigh less the older they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PENALTY = 1e-4
"""Of the squared weights against the mean log-likelihood."""
START = 0.2
SHARPNESS = (0.2, 3.0)
"""Bounds of the factor on the fitted weights."""


def fit_pool(features: NDArray[np.float32], chosen: NDArray[np.int64], weights: Floats) -> Floats:
    """(features,) weights from (tickets, teams, features), the team each ended with and each ticket's weight."""
    from scipy.optimize import minimize

    rows, size = np.arange(len(chosen)), features.shape[2]
    share = weights / weights.sum()
    flat = features.reshape(-1, size)
    picked = features[rows, chosen].astype(np.float64)

    def loss(at: Floats) -> tuple[float, Floats]:
        odds = pooled(features, at)
        likelihood = float(share @ np.log(odds[rows, chosen] + 1e-12))
        expected = (odds * share[:, None]).astype(np.float32).ravel() @ flat
        return PENALTY * float(at @ at) - likelihood, 2 * PENALTY * at + expected - share @ picked

    return np.asarray(minimize(loss, np.full(size, START), jac=True, method="L-BFGS-B").x, dtype=np.float64)


def sharpness(features: NDArray[np.float32], chosen: NDArray[np.int64], weights: Floats, ages: Floats) -> float:
    """The factor by which all weights are scaled so that the first guess's probability fits how often it is right."""
    from scipy.optimize import minimize_scalar

    logits = (features @ weights.astype(features.dtype)).astype(np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    right = logits.argmax(axis=1) == chosen
    share = ages / ages.sum()

    def loss(factor: float) -> float:
        first = np.clip(1.0 / np.exp(factor * logits).sum(axis=1), 1e-9, 1 - 1e-9)
        return -float(share @ np.where(right, np.log(first), np.log(1 - first)))

    return float(minimize_scalar(loss, bounds=SHARPNESS, method="bounded").x)


def pooled(features: NDArray[np.float32] | Floats, weights: Floats) -> Floats:
    """(…, teams): the probability of each team from its features; they sum to 1."""
    logits = (features @ weights.astype(features.dtype)).astype(np.float64)
    logits = logits - logits.max(axis=-1, keepdims=True)
    grown = np.exp(logits)
    return np.asarray(grown / grown.sum(axis=-1, keepdims=True), dtype=np.float64)


def line_for(probabilities: Floats, right: NDArray[np.bool_], precision: float, fewest: int) -> float | None:
    """The lowest probability from which on the share of right answers reaches `precision`.

    The share is that of all answers at or above the line; none when no line with `fewest` answers reaches it.
    """
    order = np.argsort(-probabilities, kind="stable")
    reached = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(reached >= precision)
    good = good[good >= fewest - 1]
    return float(probabilities[order[good[-1]]]) if len(good) else None
