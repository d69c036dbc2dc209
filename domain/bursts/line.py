"""The alarm line: how surprising a burst has to be so that the budget of false alarms is kept.

The surprise of an ordinary burst (−ln of its smallest tail probability) has an exponential tail: exactly so if the
baseline were true, with rate 1; in a real log with a smaller one, since real counts stray further. So the line is drawn
by peaks over threshold (Pickands 1975; for streams Siffer et al., KDD 2017, there with a generalised Pareto tail): the
rate of peaks above a level u and the mean excess over it give the line above which the budget's share of peaks lies.
The mean is read off the median (mean = median / ln 2): among past peaks are real outbreaks, and half of the peaks may
be such before they push the line out of reach.
Until there are peaks enough, what would hold for a true baseline stands in: by Slivnyak's theorem and the union bound a
desk with A tickets a week, each looked at in M ways, has at most A·M·exp(−line) false alarms a week.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from math import exp, inf, log

from domain.thresholds import BURST_MEMORY

WEEK = 7 * 86400.0
LEAST = 5.0
"""Surprises below this (a tail of 0.7 %) are ordinary and not kept."""
WAYS = 6.0
"""Levels and windows of one ticket overlap; they count as so many separate looks (28 at most)."""
PEAKS_PER_ALARM = 5.0
"""The tail is read off so many times more peaks than the budget allows alarms."""
PRIOR_PEAKS = 10.0
PRIOR_WEEKS = 2.0
"""Weight of what holds for a true baseline."""


class AlarmLine:
    """Past peaks of surprise, and the line that keeps the budget. `budget` is in alarms a week."""

    def __init__(self, budget: float) -> None:
        self._budget = budget
        self._peaks: deque[tuple[float, float]] = deque()
        self._sorted: list[float] = []
        self._first: float | None = None
        self._tickets = 0
        self._known: tuple[float, float] = (-inf, inf)

    def see_ticket(self, seconds: float) -> None:
        """Counts a ticket."""
        if self._first is None:
            self._first = seconds
        self._tickets += 1

    def add_peak(self, seconds: float, surprise: float) -> None:
        """Notes the largest surprise of a burst that is over and that nobody confirmed as an outbreak."""
        if surprise > LEAST:
            self._peaks.append((seconds, surprise))
            insort(self._sorted, surprise)

    def at(self, seconds: float) -> float:
        """The line at a moment; it is drawn anew once an hour."""
        since, line = self._known
        if seconds - since >= 3600.0:
            line = self._drawn(seconds)
            self._known = (seconds, line)
        return line

    def _drawn(self, seconds: float) -> float:
        memory = BURST_MEMORY.total_seconds()
        while self._peaks and self._peaks[0][0] < seconds - memory:
            _, old = self._peaks.popleft()
            self._sorted.remove(old)
        first = self._first if self._first is not None else seconds
        weeks = max(seconds - first, 0.0) / WEEK
        arrivals = self._tickets / weeks if weeks > 0.5 else max(self._tickets, 50)
        weeks = min(weeks, memory / WEEK)
        wanted = max(int(PEAKS_PER_ALARM * self._budget * weeks), int(PRIOR_PEAKS))
        upper = self._sorted[-wanted:]
        level = upper[0] if len(upper) == wanted else LEAST
        above = [one - level for one in upper if one > level]
        usual = above[len(above) // 2] / log(2.0) if above else 1.0
        rate = (len(above) + PRIOR_WEEKS * arrivals * WAYS * exp(-level)) / (weeks + PRIOR_WEEKS)
        mean = (len(above) * usual + PRIOR_PEAKS) / (len(above) + PRIOR_PEAKS)
        return max(level, level + mean * log(max(rate / self._budget, 1e-9)))
