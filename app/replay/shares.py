"""Shares with bootstrap intervals: tickets are drawn with replacement, the same ones for every figure.

Percentile bootstrap (Efron 1979) of ratios of sums; a difference of two sides is taken within each draw, so it is
paired by ticket.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.replay.result import Share

DRAWS = 1000
_LOW, _HIGH = 0.025, 0.975

Column = NDArray[np.float64]


class Draws:
    """Weights of `tickets` tickets in each draw: how often each was drawn."""

    def __init__(self, tickets: int, seed: int) -> None:
        self._tickets = tickets
        self._seed = seed

    def sums(self, columns: Sequence[Column]) -> NDArray[np.float64]:
        """The sums of the columns in each draw: (draws, columns)."""
        matrix = np.stack(columns, axis=1)
        rng = np.random.default_rng(self._seed)
        found = np.empty((DRAWS, len(columns)))
        for draw in range(DRAWS):
            picked = rng.integers(0, self._tickets, self._tickets)
            found[draw] = np.bincount(picked, minlength=self._tickets) @ matrix
        return found


class Ratios:
    """Ratios of sums over tickets, all from the same draws: fill with `add`, ask with `share` and `difference`."""

    def __init__(self, tickets: int, seed: int) -> None:
        self._draws = Draws(tickets, seed)
        self._columns: list[Column] = []
        self._wanted: dict[str, tuple[int, int | None, float]] = {}
        self._sums: NDArray[np.float64] | None = None

    def add(self, name: str, top: Column, bottom: Column | None, scale: float = 1.0) -> None:
        """A ratio of two columns; without a `bottom`, the sum of `top` over the constant `scale`."""
        self._columns.append(top)
        place = len(self._columns) - 1
        if bottom is not None:
            self._columns.append(bottom)
        self._wanted[name] = (place, place + 1 if bottom is not None else None, scale)

    def share(self, name: str) -> Share | None:
        """The ratio with its interval; none when there is nothing below the line."""
        top, bottom, scale = self._wanted[name]
        below = float(self._columns[bottom].sum()) if bottom is not None else scale
        if below <= 0:
            return None
        return _share(float(self._columns[top].sum()) / below, self._drawn(name), below)

    def difference(self, name: str, other: str) -> Share | None:
        """`other` less `name`, paired by ticket; none when one of them is none."""
        one, two = self.share(name), self.share(other)
        if one is None or two is None:
            return None
        return _share(two.value - one.value, self._drawn(other) - self._drawn(name), min(one.of, two.of))

    def _drawn(self, name: str) -> Column:
        if self._sums is None:
            self._sums = self._draws.sums(self._columns)
        top, bottom, scale = self._wanted[name]
        if bottom is None:
            return self._sums[:, top] / scale
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Column = self._sums[:, top] / self._sums[:, bottom]
        return found


def _share(value: float, drawn: Column, of: float) -> Share:
    # A draw without anything below the line says nothing.
    known = drawn[np.isfinite(drawn)]
    low, high = np.quantile(known, (_LOW, _HIGH)) if known.size else (value, value)
    return Share(value=_round(value), low=_round(float(low)), high=_round(float(high)), of=_round(of))


def _round(value: float) -> float:
    """Six decimals: more is noise, and differs between machines."""
    return round(value, 6)
