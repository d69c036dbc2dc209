"""What was detected, when, and how many alarms there were besides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

import numpy as np

from domain.base import Record
from evals.metrics import Estimate, bootstrap
from evals.outbreaks.detectors import Alarm
from evals.outbreaks.planting import SIZES, Planted

GRACE = timedelta(minutes=60)
"""An alarm later than this after the last report detected nothing."""


class Score(Record):
    """One detector on streams with planted outbreaks."""

    name: str
    line: str
    """Where its line lay."""
    planted: int
    detected: Estimate
    """Share of the planted outbreaks."""
    detected_by_size: dict[str, float]
    median_minutes: float | None
    """From the first report to the alarm, of the detected ones."""
    p90_minutes: float | None
    other_alarms_per_week: Estimate
    """Alarms on the same stream without any planted burst."""


def score(
    name: str, line: str, runs: Sequence[tuple[Sequence[Planted], Sequence[Alarm]]],
    others: Sequence[Sequence[Alarm]], since: datetime, weeks: float, seed: int,
) -> Score:  # fmt: skip
    """Over runs of (truth, alarms), and the alarms of the same streams without bursts."""
    took: list[tuple[Planted, float | None]] = []
    for truth, alarms in runs:
        took += [(burst, _minutes(burst, alarms)) for burst in truth]
    delays = [minutes for _, minutes in took if minutes is not None]
    by_size = {
        str(size): _share([minutes is not None for burst, minutes in took if burst.size == size]) for size in SIZES
    }
    return Score(
        name=name, line=line, planted=len(took),
        detected=bootstrap([float(minutes is not None) for _, minutes in took], seed=seed), detected_by_size=by_size,
        median_minutes=float(np.median(delays)) if delays else None,
        p90_minutes=float(np.quantile(delays, 0.9)) if delays else None,
        other_alarms_per_week=bootstrap(_weekly(others, since, weeks), seed=seed),
    )  # fmt: skip


def smallest_line(lines: Sequence[float], alarms_at: Callable[[float], int], most: int) -> float:
    """The most sensitive of the rising `lines` with no more than `most` alarms; the last one when none keeps to it."""
    low, high = 0, len(lines) - 1
    while low < high:
        middle = (low + high) // 2
        if alarms_at(lines[middle]) <= most:
            high = middle
        else:
            low = middle + 1
    return lines[low]


def late(alarms: Iterable[Alarm], since: datetime) -> list[Alarm]:
    """The alarms from `since` on."""
    return [one for one in alarms if one.at >= since]


def _weekly(others: Sequence[Sequence[Alarm]], since: datetime, weeks: float) -> list[float]:
    """Alarms of each week of each stream: the bootstrap draws weeks."""
    counts: list[float] = []
    for alarms in others:
        row = [0.0] * max(1, int(weeks))
        for one in alarms:
            row[min(len(row) - 1, int((one.at - since) / timedelta(weeks=1)))] += 1.0
        counts += row
    return counts


def _minutes(burst: Planted, alarms: Iterable[Alarm]) -> float | None:
    """Minutes from the first report to the first alarm of which at least half are reports of this burst."""
    found = [
        (one.at - burst.start).total_seconds() / 60
        for one in alarms
        if burst.start <= one.at <= burst.end + GRACE
        and 2 * sum(ticket.startswith(f"{burst.id}-") for ticket in one.tickets) >= len(one.tickets)
    ]
    return min(found, default=None)


def _share(found: Sequence[bool]) -> float:
    return round(sum(found) / len(found), 3) if found else 0.0
