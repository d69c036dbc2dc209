"""How good probabilities are: ranking, calibration, use at a capacity, time won. Pure; each with its definition.

`p` are probabilities, `y` is 1 where it happened and 0 where it did not, both of the same length.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from domain.base import Record

Floats = NDArray[np.float64]
Measure = Callable[[Floats, Floats], float]
Binning = Literal["width", "quantile"]

DRAWS = 400
"""Bootstrap samples: the ends of a 95 % interval then rest on ten samples each."""


class Interval(Record):
    """A value on the whole sample with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Three decimals, interval in brackets."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


class CalibrationBin(Record):
    """Tickets foretold about alike."""

    low: float
    high: float
    count: int
    foretold: float
    """Mean probability."""
    happened: float
    """Share in which it happened."""


class AtCapacity(Record):
    """What alerting the likeliest tickets brings."""

    line: float
    """The probability from which alerts are raised."""
    alerts: int
    precision: float
    recall: float


class LeadTime(Record):
    """Time won by alerting at a line, over tickets that were alerted before it happened."""

    line: float
    precision: float
    recall: float
    alerts: int
    hours: tuple[float, float, float]
    """10th, 50th and 90th percentile of the hours between the alert and what it foretold."""


def auc(p: Floats, y: Floats) -> float:
    """Area under the ROC curve: the chance that one that happened is ranked above one that did not, ties counting half
    (Mann & Whitney 1947; Hanley & McNeil 1982). A half when one of the kinds is missing."""
    yes = int(y.sum())
    no = len(y) - yes
    if not yes or not no:
        return 0.5
    _, inverse, counts = np.unique(p, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2.0)[inverse]
    return float((ranks[y == 1].sum() - yes * (yes + 1) / 2.0) / (yes * no))


def average_precision(p: Floats, y: Floats) -> float:
    """Mean of the precision at each one that happened, by falling probability; equal ones come in together (step-wise
    area under the precision–recall curve, Davis & Goadrich 2006). 0 when nothing happened."""
    yes = float(y.sum())
    if not yes:
        return 0.0
    order = np.argsort(-p, kind="stable")
    hits = np.cumsum(y[order])
    ends = np.flatnonzero(np.r_[np.diff(p[order]) != 0, True])
    precision = hits[ends] / (ends + 1.0)
    return float((np.diff(np.r_[0.0, hits[ends]]) * precision).sum() / yes)


def brier(p: Floats, y: Floats) -> float:
    """Mean squared difference (Brier 1950); 0 is perfect, base × (1 − base) is what the base rate gets."""
    return float(((p - y) ** 2).mean()) if len(p) else 0.0


def calibration_bins(p: Floats, y: Floats, bins: int = 10, by: Binning = "width") -> tuple[CalibrationBin, ...]:
    """Bins that hold somebody: of equal width from 0 to 1, or of equal size by quantiles."""
    if not len(p):
        return ()
    edges = np.linspace(0.0, 1.0, bins + 1) if by == "width" else np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)))
    spot = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, max(len(edges) - 2, 0))
    found = []
    for one in np.unique(spot):
        own = spot == one
        low, high = float(edges[one]), float(edges[min(one + 1, len(edges) - 1)])
        found.append(
            CalibrationBin(
                low=low, high=high, count=int(own.sum()), foretold=float(p[own].mean()), happened=float(y[own].mean())
            )
        )
    return tuple(found)


def ece(p: Floats, y: Floats, bins: int = 10, by: Binning = "width") -> float:
    """Expected calibration error: the mean gap between foretold and happened over bins, weighted by size (Naeini,
    Cooper & Hauskrecht 2015). It depends on the binning, which is therefore always named beside it."""
    if not len(p):
        return 0.0
    return sum(one.count * abs(one.foretold - one.happened) for one in calibration_bins(p, y, bins, by)) / len(p)


def at_capacity(p: Floats, y: Floats, alerts: int) -> AtCapacity:
    """Alerting so many at most, the likeliest first; equal ones come in together or not at all."""
    line = line_for(p, alerts)
    raised = p >= line
    count, hits = int(raised.sum()), float(y[raised].sum())
    return AtCapacity(
        line=min(line, 1.0), alerts=count, precision=hits / count if count else 0.0,
        recall=hits / float(y.sum()) if y.sum() else 0.0,
    )  # fmt: skip


def line_for(p: Floats, alerts: int) -> float:
    """The lowest probability from which at most so many are alerted: of equal ones all or none, so that fewer may come.
    Above everything that was said when even the likeliest are too many; above 1 when none are allowed."""
    falling = np.sort(p)[::-1]
    if alerts >= len(falling):
        return float(falling[-1]) if len(falling) else 1.0
    if alerts <= 0:
        return float(np.nextafter(1.0, 2.0))
    over = falling[alerts]
    above = falling[falling > over]
    return float(above[-1]) if len(above) else float(np.nextafter(over, 2.0))


def lead_time(
    p: Floats, y: Floats, tickets: NDArray[np.int64], at: Floats, happens: Floats, precision: float = 0.8
) -> LeadTime | None:
    """At the lowest line at which so large a share of the alerted tickets is right: how long before it happens.

    One row for each look at a ticket, in order of time within a ticket; `at` and `happens` are seconds (infinity:
    never). A ticket is alerted at its first row at or above the line. None when no line is that precise.
    """
    order = np.lexsort((at, tickets))
    p, y, tickets, at, happens = p[order], y[order], tickets[order], at[order], happens[order]
    best: LeadTime | None = None
    for line in np.unique(np.quantile(p, np.linspace(0.0, 1.0, 201)))[::-1]:
        rows = np.flatnonzero(p >= line)
        _, first = np.unique(tickets[rows], return_index=True)
        alerted = rows[first]
        right = alerted[(y[alerted] == 1) & (happens[alerted] > at[alerted])]
        if not len(right) or len(right) / len(alerted) < precision:
            continue
        all_ = len(np.unique(tickets[y == 1]))
        low, middle, high = np.quantile((happens[right] - at[right]) / 3600.0, (0.1, 0.5, 0.9))
        found = LeadTime(
            line=float(line), precision=len(right) / len(alerted), recall=len(right) / all_, alerts=len(alerted),
            hours=(float(low), float(middle), float(high)),
        )  # fmt: skip
        best = found if best is None or found.recall > best.recall else best
    return best


def interval(
    measure: Measure, p: Floats, y: Floats, *, seed: int, tickets: NDArray[np.int64] | None = None, draws: int = DRAWS
) -> Interval:
    """The measure with its percentile bootstrap interval (Efron 1979). Rows of one ticket are drawn together."""
    value = measure(p, y)
    if not len(p):
        return Interval(value=value, low=value, high=value)
    random = np.random.default_rng(seed)
    groups = _groups(tickets if tickets is not None else np.arange(len(p)))
    found = []
    for _ in range(draws):
        drawn = random.integers(0, len(groups), len(groups))
        rows = np.concatenate([groups[one] for one in drawn]) if tickets is not None else drawn
        found.append(measure(p[rows], y[rows]))
    low, high = np.quantile(found, (0.025, 0.975))
    return Interval(value=value, low=float(low), high=float(high))


def _groups(tickets: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    order = np.argsort(tickets, kind="stable")
    cuts = np.flatnonzero(np.diff(tickets[order])) + 1
    return [one.astype(np.int64) for one in np.split(order, cuts)]
