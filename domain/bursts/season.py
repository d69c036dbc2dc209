"""The usual rhythm of the whole desk: tickets an hour by hour of the local week, recent weeks weighing more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.thresholds import BURST_HALF_LIFE

HOUR = 3600.0
_BINS = 7 * 24
_SUNDAY = 6
_OWN_WEIGHT = 2.0
"""Weeks of its own that an hour of the week needs to outweigh the same hour of other such days."""
_TOO_HEAVY = 2.0**40


class Weights:
    """Weights that halve with age: a sum of `at(moment)` divided by `at(now)` is a count of recent tickets.

    Sums are kept as they are and never aged one by one; `limit` says when everybody's sums have to be scaled down.
    """

    def __init__(self, half_life: timedelta = BURST_HALF_LIFE) -> None:
        self._seconds = half_life.total_seconds()
        self._origin: float | None = None

    def at(self, seconds: float) -> float:
        """The weight of something that happens at this moment (seconds since 1970)."""
        if self._origin is None:
            self._origin = seconds
        return float(2.0 ** ((seconds - self._origin) / self._seconds))

    def rebase(self, seconds: float) -> float | None:
        """The factor by which every kept sum has to be multiplied now; none nearly always."""
        weight = self.at(seconds)
        if weight < _TOO_HEAVY:
            return None
        self._origin = seconds
        return 1.0 / weight


class Season:
    """Expected tickets of the whole desk in a stretch of time, as far as known before it."""

    def __init__(self, zone: ZoneInfo, is_rest: Callable[[date], bool], weights: Weights) -> None:
        self._zone = zone
        self._is_rest = is_rest
        self._weights = weights
        self._tickets = [0.0] * _BINS
        self._hours = [0.0] * _BINS
        self._day_tickets = [0.0] * 48
        self._day_hours = [0.0] * 48
        self._bins: dict[int, int] = {}
        self._passed: int | None = None

    def bin_of(self, hour: int) -> int:
        """The hour of the local week (0 = Monday 0:00) in which the hour since 1970 starts; rest days are Sundays."""
        known = self._bins.get(hour)
        if known is None:
            local = datetime.fromtimestamp(hour * HOUR, UTC).astimezone(self._zone)
            day = _SUNDAY if self._is_rest(local.date()) else local.weekday()
            if len(self._bins) > 2000:
                self._bins.clear()
            known = self._bins[hour] = day * 24 + local.hour
        return known

    def pass_to(self, hour: int) -> None:
        """Notes that every hour before this one is over, with or without tickets."""
        if self._passed is None:
            self._passed = hour
        # After a year of silence nothing older counts for much.
        for gone in range(max(self._passed, hour - 366 * 24), hour):
            weight, at = self._weights.at(gone * HOUR), self.bin_of(gone)
            self._hours[at] += weight
            self._day_hours[_kind(at)] += weight
        self._passed = max(self._passed, hour)

    def add(self, seconds: float) -> None:
        """Counts a ticket."""
        weight, at = self._weights.at(seconds), self.bin_of(int(seconds // HOUR))
        self._tickets[at] += weight
        self._day_tickets[_kind(at)] += weight

    def scale(self, factor: float) -> None:
        """Scales every sum (see `Weights`)."""
        for sums in (self._tickets, self._hours, self._day_tickets, self._day_hours):
            sums[:] = [one * factor for one in sums]

    def expected(self, start: float, end: float, weight: float) -> float:
        """Tickets of the whole desk in [start, end), in seconds since 1970; `weight` is that of now."""
        total, at = 0.0, start
        while at < end:
            hour = int(at // HOUR)
            stop = min(end, (hour + 1) * HOUR)
            total += self.rate(self.bin_of(hour), weight) * (stop - at) / HOUR
            at = stop
        return total

    def rate(self, at: int, weight: float) -> float:
        """Tickets an hour in this hour of the week, drawn towards the same hour of days of its kind."""
        kind = _kind(at)
        hours = self._day_hours[kind]
        usual = self._day_tickets[kind] / hours if hours else self._overall()
        own = _OWN_WEIGHT * weight
        return (self._tickets[at] + own * usual) / (self._hours[at] + own)

    def _overall(self) -> float:
        hours = sum(self._day_hours)
        return sum(self._day_tickets) / hours if hours else 0.0


def _kind(at: int) -> int:
    """Working days and the days of the weekend, hour by hour."""
    return at % 24 + (24 if at >= 5 * 24 else 0)
