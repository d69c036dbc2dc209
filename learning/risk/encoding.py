"""Keys as numbers: the share of misses among the labelled tickets with that key, shrunk towards the usual share.

Micci-Barreca 2001. Rows that are learned from get the share of the other folds, so that none sees its own label.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

FOLDS = 5
DRAWN = 5.0
"""Tickets by which a key's share is drawn to the usual one."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """One key column as shares."""

    rows: Floats
    """For the rows learned from, out of fold; not-a-number where the key is missing."""
    shares: Floats
    """By code, for later rows."""
    weights: Floats
    """By code: tickets behind the share."""
    usual: float
    """For values never seen."""


def encode(codes: Codes, size: int, chance: Floats, weight: Floats, folds: Codes) -> Encoded:
    """Shares of `codes` (−1: missing, else below `size`), by fold."""
    there = codes >= 0
    spot = np.where(there, codes, size)
    hits = _sums(spot, weight * chance, size)
    seen = _sums(spot, weight, size)
    usual = float(hits.sum() / seen.sum())
    rows = np.full(len(codes), np.nan)
    for fold in range(FOLDS):
        own = folds == fold
        if not own.any():
            continue
        less_hits = hits - _sums(spot[own], (weight * chance)[own], size)
        less_seen = seen - _sums(spot[own], weight[own], size)
        mean = float(less_hits.sum() / less_seen.sum()) if less_seen.sum() > 0 else usual
        rows[own] = ((less_hits + DRAWN * mean) / (less_seen + DRAWN))[spot[own]]
    rows[~there] = np.nan
    shares = (hits + DRAWN * usual) / (seen + DRAWN)
    return Encoded(rows, shares[:size], seen[:size], usual)


def _sums(spot: Codes, amounts: Floats, size: int) -> Floats:
    return np.bincount(spot, weights=amounts, minlength=size + 1).astype(np.float64)
