"""A calendar compiled for arithmetic: working time on the wall clock as sums that are looked up, never walked.

What a calendar says can change as people learn more (a holiday entered late). Each state of knowledge is a `Plan` of
its own; `Plans` knows from when on each is the one in force. Moments are naive UTC here, local times are naive too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import TypeVar

from domain.policy.base import minute_of_day
from domain.policy.time import WEEKDAYS, Calendar, HoursChange, SpecialDay

ZERO = timedelta()
Spans = tuple[tuple[timedelta, timedelta], ...]
"""Intervals since local midnight, in order."""
_Told = TypeVar("_Told", SpecialDay, HoursChange)
_EVER = datetime.min  # noqa: DTZ901 (naive UTC: before everything)
_NEVER = datetime.max  # noqa: DTZ901


@dataclass(frozen=True)
class _Week:
    """Weekly hours that hold from a day on."""

    first: int
    """Ordinal of the first day."""
    days: tuple[Spans, ...]
    """Monday to Sunday."""
    before_day: tuple[timedelta, ...]
    """Working time of a week before each weekday; the eighth entry is the whole week."""
    before: timedelta
    """Working time of all earlier weeks, up to `first`."""

    def passed_by(self, ordinal: int) -> timedelta:
        """Working time up to the start of a day, from the Monday 0001-01-01 as if these hours had always held."""
        weeks, weekday = divmod(ordinal - 1, 7)
        return weeks * self.before_day[7] + self.before_day[weekday]


@dataclass(frozen=True)
class Plan:
    """What is known about a calendar at some time."""

    firsts: tuple[int, ...]
    weeks: tuple[_Week, ...]
    special: Mapping[int, tuple[Spans, str]]
    """Ordinal of a day → its own hours and its name."""
    special_days: tuple[int, ...]
    before_special: tuple[timedelta, ...]
    """What the first n special days add (negative: take away)."""

    def of(self, ordinal: int) -> Spans:
        """The working hours of a day."""
        found = self.special.get(ordinal)
        return found[0] if found is not None else self.usual(ordinal)

    def usual(self, ordinal: int) -> Spans:
        """The working hours that the day of the week has."""
        return self._week(ordinal).days[(ordinal - 1) % 7]

    def passed_by(self, local: datetime) -> timedelta:
        """Working time on the wall clock up to `local`, from a beginning that is the same for every call."""
        ordinal = local.toordinal()
        since_midnight = local - datetime.fromordinal(ordinal)
        today = sum(
            (min(end, since_midnight) - start for start, end in self.of(ordinal) if start < since_midnight), ZERO
        )
        week = self._week(ordinal)
        whole = week.before + week.passed_by(ordinal) - week.passed_by(week.first)
        return whole + self.before_special[bisect_left(self.special_days, ordinal)] + today

    def special_between(self, first: date, last: date) -> Iterator[tuple[date, Spans, str]]:
        """Special days from `first` to `last`, with their hours and names."""
        start, stop = (
            bisect_left(self.special_days, first.toordinal()),
            bisect_right(self.special_days, last.toordinal()),
        )
        for ordinal in self.special_days[start:stop]:
            yield date.fromordinal(ordinal), *self.special[ordinal]

    def _week(self, ordinal: int) -> _Week:
        return self.weeks[bisect_right(self.firsts, ordinal) - 1]


@dataclass(frozen=True, eq=False)
class Plans:
    """Everything that was ever known about a calendar. Told apart by identity: there is one for each calendar."""

    zone: str
    since: tuple[datetime, ...]
    """From when on each plan is the one that is known."""
    plans: tuple[Plan, ...]

    def at(self, moment: datetime) -> Plan:
        """The plan that is known at a moment."""
        return self.plans[bisect_right(self.since, moment) - 1]

    def parts(
        self, start: datetime, end: datetime, known_at: datetime | None
    ) -> Iterator[tuple[Plan, datetime, datetime]]:
        """Cuts [start, end) by what was known: each minute by what was known when it passed, minutes after `known_at`
        by what was known then."""
        if len(self.plans) == 1:
            yield self.plans[0], start, end
            return
        for place, plan in enumerate(self.plans):
            following = self.since[place + 1] if place + 1 < len(self.since) else _NEVER
            last = known_at is not None and following > known_at
            first, stop = max(start, self.since[place]), end if last else min(end, following)
            if first < stop:
                yield plan, first, stop
            if last:
                return


def compiled(calendar: Calendar) -> Plans:
    """The plans of a calendar, oldest knowledge first."""
    told: tuple[SpecialDay | HoursChange, ...] = (*calendar.special_days, *calendar.changes)
    moments = tuple(sorted({_EVER, *(since(one) for one in told)}))
    return Plans(calendar.zone, moments, tuple(_plan(calendar, moment) for moment in moments))


def spans_of(texts: tuple[str, ...]) -> Spans:
    """('08:00-12:00', …) as intervals since midnight, in order."""
    return tuple(sorted(_interval(text) for text in texts))


def _plan(calendar: Calendar, known_at: datetime) -> Plan:
    weeks = _weeks(calendar, known_at)
    special = {day.toordinal(): (spans_of(()), "") for day in calendar.holidays}
    for one in _known(calendar.special_days, known_at):
        special[one.date.toordinal()] = (spans_of(one.hours), one.name)
    plan = Plan(tuple(week.first for week in weeks), weeks, special, tuple(sorted(special)), ())
    differences = (_length(plan.of(day)) - _length(plan.usual(day)) for day in plan.special_days)
    before = tuple(accumulate(differences, initial=ZERO))
    return Plan(plan.firsts, weeks, special, plan.special_days, before)


def _weeks(calendar: Calendar, known_at: datetime) -> tuple[_Week, ...]:
    hours = {1: calendar.hours} | {one.first.toordinal(): one.hours for one in _known(calendar.changes, known_at)}
    weeks: list[_Week] = []
    for first in sorted(hours):
        days = tuple(spans_of(hours[first].get(day, ())) for day in WEEKDAYS)
        before_day = tuple(accumulate((_length(day) for day in days), initial=ZERO))
        old = weeks[-1] if weeks else None
        before = old.before + old.passed_by(first) - old.passed_by(old.first) if old else ZERO
        weeks.append(_Week(first, days, before_day, before))
    return tuple(weeks)


def _known(told: Iterable[_Told], at: datetime) -> list[_Told]:
    """What is known at a moment, oldest knowledge first, so that the newest is taken last."""
    known = [one for one in told if since(one) <= at]
    return sorted(known, key=since)


def since(told: SpecialDay | HoursChange) -> datetime:
    """From when on something is known, as naive UTC."""
    return _EVER if told.known_from is None else told.known_from.astimezone(UTC).replace(tzinfo=None)


def _interval(text: str) -> tuple[timedelta, timedelta]:
    start, end = (timedelta(minutes=minute_of_day(part)) for part in text.split("-"))
    return start, end


def _length(spans: Spans) -> timedelta:
    return sum((end - start for start, end in spans), ZERO)
