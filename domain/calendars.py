"""Working time: how much of it lies between two moments, and when so much of it has passed.

A calendar is a rule about the wall clock of its zone: a moment is working time when the local day is no holiday and the
local time lies in one of the day's half-open intervals. Everything else follows from that rule and is counted in
absolute time: an hour skipped by a change to summer time counts nothing, an hour that happens twice counts twice.
Results are in UTC.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from domain.errors import BadInput, BadPolicy
from domain.policy.base import minute_of_day
from domain.policy.time import WEEKDAYS, Calendar

HORIZON = timedelta(days=5 * 366)
"""How far ahead `add_working_time` looks before it says that the calendar never gets there."""

_ZERO = timedelta()
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)
_PROBE = timedelta(hours=6)


def is_working(calendar: Calendar, at: datetime) -> bool:
    """Whether `at` lies in working hours. Raises `BadInput` for a moment without a zone."""
    hours = _hours(calendar)
    local = _utc(at) + _offset(hours.zone, _utc(at))
    passed = local - _midnight(local.date())
    return any(start <= passed < end for start, end in hours.of(local.date()))


def working_minutes(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Working minutes in [start, end); 0 when `end` is not after `start`."""
    return working_time(calendar, start, end) / _MINUTE


def working_time(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Working time in [start, end), exact to the microsecond; zero when `end` is not after `start`."""
    hours = _hours(calendar)
    total = _ZERO
    for first, last, offset in _stretches(hours.zone, _utc(start), _utc(end)):
        total += hours.passed_by(last + offset) - hours.passed_by(first + offset)
    return total


def add_working_minutes(calendar: Calendar, start: datetime, minutes: float) -> datetime:
    """The first moment at which so many working minutes have run since `start`; `start` itself for none.

    Raises `BadPolicy` when the calendar does not get there within `HORIZON`.
    """
    return add_working_time(calendar, start, timedelta(minutes=minutes))


def add_working_time(calendar: Calendar, start: datetime, amount: timedelta) -> datetime:
    """As `add_working_minutes`, exact to the microsecond."""
    if amount <= _ZERO:
        return _utc(start).replace(tzinfo=UTC)
    left = amount
    for first, last in _day_spans(calendar, start, _utc(start).replace(tzinfo=UTC) + HORIZON):
        if left <= last - first:
            return first + left
        left -= last - first
    raise BadPolicy(
        f"calendar {calendar.id!r} does not reach {amount / _MINUTE:g} working minutes within five years",
        mend="give it more working hours, fewer holidays, or lower the target",
    )


def working_spans(calendar: Calendar, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of working time in [start, end), in order, never touching each other, in UTC."""
    held: tuple[datetime, datetime] | None = None
    for first, last in _day_spans(calendar, start, end):
        if held is not None and first == held[1]:
            held = (held[0], last)
            continue
        if held is not None:
            yield held
        held = (first, last)
    if held is not None:
        yield held


def _day_spans(calendar: Calendar, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Working time in [start, end) day by day: a calendar that never closes is read no further than needed."""
    hours = _hours(calendar)
    for stretch in _stretches(hours.zone, _utc(start), _utc(end)):
        yield from _spans_in(hours, *stretch)


def holidays_between(calendar: Calendar, start: datetime, end: datetime) -> tuple[date, ...]:
    """The holidays that take working hours out of [start, end), in order."""
    hours = _hours(calendar)
    first = (_utc(start) + _offset(hours.zone, _utc(start))).date()
    last = (_utc(end) + _offset(hours.zone, _utc(end)) - timedelta.resolution).date()
    return tuple(day for day in hours.holidays if first <= day <= last and hours.days[day.weekday()])


@dataclass(frozen=True)
class _Hours:
    """A calendar compiled for arithmetic; local times are naive, days start at local midnight."""

    zone: str
    days: tuple[tuple[tuple[timedelta, timedelta], ...], ...]
    """Intervals since midnight for Monday to Sunday, in order."""
    before_day: tuple[timedelta, ...]
    """Working time of a week before each weekday; the eighth entry is the whole week."""
    holidays: tuple[date, ...]
    before_holiday: tuple[timedelta, ...]
    """Working time that the first n holidays take away."""

    def is_holiday(self, day: date) -> bool:
        place = bisect_left(self.holidays, day)
        return place < len(self.holidays) and self.holidays[place] == day

    def of(self, day: date) -> tuple[tuple[timedelta, timedelta], ...]:
        return () if self.is_holiday(day) else self.days[day.weekday()]

    def passed_by(self, local: datetime) -> timedelta:
        """Working time on the wall clock from the Monday 0001-01-01 up to `local`."""
        day = local.date()
        weeks, weekday = divmod(day.toordinal() - 1, 7)
        since_midnight = local - _midnight(day)
        today = sum((min(end, since_midnight) - start for start, end in self.of(day) if start < since_midnight), _ZERO)
        taken = self.before_holiday[bisect_left(self.holidays, day)]
        return weeks * self.before_day[7] + self.before_day[weekday] - taken + today


_Key = tuple[str, tuple[tuple[str, ...], ...], tuple[date, ...]]


def _hours(calendar: Calendar) -> _Hours:
    hours = tuple(calendar.hours.get(day, ()) for day in WEEKDAYS)
    return _compiled((calendar.zone, hours, calendar.holidays))


@lru_cache(maxsize=512)
def _compiled(key: _Key) -> _Hours:
    zone, texts, free = key
    days = tuple(tuple(sorted(_interval(text) for text in day)) for day in texts)
    lengths = [sum((end - start for start, end in day), _ZERO) for day in days]
    holidays = tuple(sorted(set(free)))
    taken = accumulate((lengths[day.weekday()] for day in holidays), initial=_ZERO)
    return _Hours(zone, days, tuple(accumulate(lengths, initial=_ZERO)), holidays, tuple(taken))


def _interval(text: str) -> tuple[timedelta, timedelta]:
    start, end = (timedelta(minutes=minute_of_day(part)) for part in text.split("-"))
    return start, end


def _spans_in(hours: _Hours, first: datetime, last: datetime, offset: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Working spans of one stretch of constant offset."""
    local_first, local_last = first + offset, last + offset
    day = local_first.date()
    while _midnight(day) < local_last:
        for start, end in hours.of(day):
            span_first = max(_midnight(day) + start, local_first) - offset
            span_last = min(_midnight(day) + end, local_last) - offset
            if span_first < span_last:
                yield span_first.replace(tzinfo=UTC), span_last.replace(tzinfo=UTC)
        day += _DAY


def _stretches(zone: str, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Cuts [start, end) (naive UTC) where the zone's offset changes: first, last, offset."""
    if start >= end:
        return
    first, offset = start, _offset(zone, start)
    for year in range(start.year, end.year + 1):
        for moment, new_offset in _changes(zone, year):
            if start < moment < end:
                yield first, moment, offset
                first, offset = moment, new_offset
    yield first, end, offset


@lru_cache(maxsize=4096)
def _changes(zone: str, year: int) -> tuple[tuple[datetime, timedelta], ...]:
    """The moments (naive UTC) of a year at which the zone's offset changes, each with the new offset."""
    found: list[tuple[datetime, timedelta]] = []
    # The second before the year belongs to the year before, so that a change at New Year itself is seen.
    before, stop = datetime(year, 1, 1) - _SECOND, datetime(year, 12, 31, 23, 59, 59)  # noqa: DTZ001 (naive UTC)
    while before < stop:
        after = min(before + _PROBE, stop)
        if _offset(zone, before) != _offset(zone, after):
            moment = _first_with_new_offset(zone, before, after)
            found.append((moment, _offset(zone, moment)))
            before = moment
        else:
            before = after
    return tuple(found)


def _first_with_new_offset(zone: str, before: datetime, after: datetime) -> datetime:
    old = _offset(zone, before)
    low, high = 0, int((after - before) / _SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, before + middle * _SECOND) == old:
            low = middle
        else:
            high = middle
    return before + high * _SECOND


def _offset(zone: str, at: datetime) -> timedelta:
    """Local time minus UTC at a naive UTC moment."""
    info = ZoneInfo(zone)
    return info.fromutc(at.replace(tzinfo=info)).replace(tzinfo=None) - at


def _utc(at: datetime) -> datetime:
    """Naive UTC: arithmetic on two moments of one zone would follow the wall clock, not time."""
    if at.tzinfo is None:
        raise BadInput(f"the moment {at.isoformat()} names no zone", mend="give it one, for example UTC")
    return at.astimezone(UTC).replace(tzinfo=None)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 (naive local time)
