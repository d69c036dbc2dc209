"""Working time: how much of it lies between two moments, and when so much of it has passed.

A calendar is a rule about the wall clock of its zone: a moment is working time when its local time lies in one of the
half-open intervals of its local day. Everything else follows from that rule and is counted in absolute time: an hour
skipped by a change to summer time counts nothing, an hour that happens twice counts twice. Results are in UTC.

What a calendar says may become known late. A minute counts by what was known when it passed; where a function takes
`known_at`, minutes after that moment count by what was known then. So what is said about the past never changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from weakref import ref
from zoneinfo import ZoneInfo

from domain.errors import BadInput, BadPolicy
from domain.plans import ZERO, Plan, Plans, Spans, compiled
from domain.policy.time import Calendar

HORIZON = timedelta(days=5 * 366)
"""How far ahead `add_working_time` looks before it says that the calendar never gets there."""

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)
_PROBE = timedelta(hours=6)


@dataclass(frozen=True)
class FreeDay:
    """A day on which a calendar works less than its weekday does."""

    date: date
    name: str
    hours: Spans
    """What is left of it, since local midnight."""


def is_working(calendar: Calendar, at: datetime) -> bool:
    """Whether `at` lies in working hours. Raises `BadInput` for a moment without a zone."""
    plans, moment = plans_of(calendar), _utc(at)
    local = moment + _offset(plans.zone, moment)
    passed = local - datetime.fromordinal(local.toordinal())
    return any(start <= passed < end for start, end in plans.at(moment).of(local.toordinal()))


def working_minutes(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Working minutes in [start, end); 0 when `end` is not after `start`."""
    return working_time(calendar, start, end) / _MINUTE


def working_time(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Working time in [start, end), exact to the microsecond; zero when `end` is not after `start`."""
    plans = plans_of(calendar)
    total = ZERO
    for plan, first, last, offset in _pieces(plans, _utc(start), _utc(end), None):
        total += plan.passed_by(last + offset) - plan.passed_by(first + offset)
    return total


def add_working_minutes(calendar: Calendar, start: datetime, minutes: float) -> datetime:
    """The first moment at which so many working minutes have run since `start`; `start` itself for none.

    Raises `BadPolicy` when the calendar does not get there within `HORIZON`.
    """
    return add_working_time(calendar, start, timedelta(minutes=minutes))


def add_working_time(
    calendar: Calendar, start: datetime, amount: timedelta, known_at: datetime | None = None
) -> datetime:
    """As `add_working_minutes`, exact to the microsecond."""
    begin, plans = _utc(start), plans_of(calendar)
    if amount <= ZERO:
        return begin.replace(tzinfo=UTC)
    # Of a calendar about which nothing was ever learned late, it does not matter when somebody asks.
    known = None if known_at is None or len(plans.plans) == 1 else _utc(known_at)
    reached = _reached(plans, begin, amount, known)
    if reached is None:
        raise BadPolicy(
            f"calendar {calendar.id!r} does not reach {amount / _MINUTE:g} working minutes within five years",
            mend="give it more working hours, fewer holidays, or lower the target",
        )
    return reached


@lru_cache(maxsize=16384)
def _reached(plans: Plans, begin: datetime, amount: timedelta, known: datetime | None) -> datetime | None:
    """When so much has passed since `begin` (naive UTC); none when the calendar does not get there within `HORIZON`."""
    left = amount
    for piece in _pieces(plans, begin, begin + HORIZON, known):
        for first, last in _spans_in(*piece):
            if left <= last - first:
                return (first + left).replace(tzinfo=UTC)
            left -= last - first
    return None


def working_spans(calendar: Calendar, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of working time in [start, end), in order, never touching each other, in UTC."""
    begun: datetime | None = None
    ended = datetime.min  # noqa: DTZ901 (naive UTC: before everything)
    for first, last in _day_spans(calendar, _utc(start), _utc(end), None):
        if first != ended:
            if begun is not None:
                yield begun.replace(tzinfo=UTC), ended.replace(tzinfo=UTC)
            begun = first
        ended = last
    if begun is not None:
        yield begun.replace(tzinfo=UTC), ended.replace(tzinfo=UTC)


def free_days(calendar: Calendar, start: datetime, end: datetime) -> tuple[FreeDay, ...]:
    """The days of [start, end) on which less is worked than usual, as known when they passed, in order."""
    plans = plans_of(calendar)
    found: dict[date, FreeDay] = {}
    for plan, begin, stop in plans.parts(_utc(start), _utc(end), None):
        if not any(plan.special_between((begin - _DAY).date(), (stop + _DAY).date())):
            continue
        first = (begin + _offset(plans.zone, begin)).date()
        last = (stop + _offset(plans.zone, stop) - timedelta.resolution).date()
        for day, hours, name in plan.special_between(first, last):
            if _length(hours) < _length(plan.usual(day.toordinal())):
                found[day] = FreeDay(day, name, hours)
    return tuple(found[day] for day in sorted(found))


def next_news(calendar: Calendar, after: datetime) -> datetime | None:
    """The next moment from which more is known about the calendar."""
    moment = _utc(after)
    return next((since.replace(tzinfo=UTC) for since in plans_of(calendar).since if since > moment), None)


_PLANS: dict[int, tuple[ref[Calendar], Plans]] = {}
"""Compiled calendars by the identity of their record, which never changes; an entry goes with its record."""


def plans_of(calendar: Calendar) -> Plans:
    """The calendar compiled for arithmetic, worked out once for each record."""
    key = id(calendar)
    known = _PLANS.get(key)
    if known is not None and known[0]() is calendar:
        return known[1]
    plans = compiled(calendar)
    _PLANS[key] = (ref(calendar, lambda _: _PLANS.pop(key, None)), plans)
    return plans


def _day_spans(
    calendar: Calendar, start: datetime, end: datetime, known_at: datetime | None
) -> Iterator[tuple[datetime, datetime]]:
    """Working time in [start, end) day by day: a calendar that never closes is read no further than needed."""
    known = None if known_at is None else _utc(known_at)
    for piece in _pieces(plans_of(calendar), start, end, known):
        yield from _spans_in(*piece)


def _spans_in(plan: Plan, first: datetime, last: datetime, offset: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Working spans of one stretch of constant offset and knowledge."""
    local_last = last + offset
    ordinal = (first + offset).toordinal()
    midnight = datetime.fromordinal(ordinal)
    while midnight < local_last:
        for start, end in plan.of(ordinal):
            span_first, span_last = max(midnight + start - offset, first), min(midnight + end - offset, last)
            if span_first < span_last:
                yield span_first, span_last
        ordinal, midnight = ordinal + 1, midnight + _DAY


def _pieces(
    plans: Plans, start: datetime, end: datetime, known_at: datetime | None
) -> Iterator[tuple[Plan, datetime, datetime, timedelta]]:
    """Cuts [start, end) where the offset changes and where more becomes known: plan, first, last, offset."""
    if start >= end:
        return
    for plan, first, last in plans.parts(start, end, known_at):
        for begin, stop, offset in _stretches(plans.zone, first, last):
            yield plan, begin, stop, offset


def _length(spans: Spans) -> timedelta:
    return sum((end - start for start, end in spans), ZERO)


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
