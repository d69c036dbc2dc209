"""iCalendar files of a policy folder: whole days that somebody keeps in a calendar program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any, TypeAlias

from adapters.policy_folder.finding import Finding, short

FIRST_YEAR, LAST_YEAR = 2005, 2045
"""The years that holidays are spelt out for: what a policy says must not depend on the day it is read."""
LARGEST = 1024 * 1024
"""Bytes of one iCalendar file."""
LONGEST_EVENT = 366
"""Days of one event."""

CODES = {
    "ical-missing": "an iCalendar file is not in the folder or cannot be read",
    "ical-broken": "an iCalendar file cannot be read as one",
    "ical-timed": "an event of an iCalendar file has a time of day",
    "ical-rule": "an event of an iCalendar file repeats in a way that is not read",
    "ical-length": "an event of an iCalendar file ends before it starts or lasts more than a year",
    "ical-empty": "an iCalendar file holds no event",
}

_Event: TypeAlias = Any
"""An event as the library reads it: it types each property as any of thirty kinds."""
_DAY = timedelta(days=1)
_UNTIL = re.compile(r"(UNTIL=\d{8})T\d{6}Z?")
_REPEATS = ("YEARLY", "MONTHLY")


@dataclass
class IcalDays:
    """The days a file names, and what is wrong with it."""

    file: str
    days: list[tuple[date, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def note(self, code: str, line: int, problem: str, mend: str) -> None:
        """Notes a mistake."""
        self.findings.append(
            Finding(file=self.file, line=line, column=1, key="", problem=short(problem), mend=mend, code=code)
        )


def read_ical(file: str, raw: bytes) -> IcalDays:
    """Every whole day of a file, in order. Mistakes are in its findings; never raises."""
    from icalendar import Calendar

    found = IcalDays(file)
    if len(raw) > LARGEST:
        found.note("ical-broken", 1, f"the file has more than {LARGEST // 1024} kB", "keep only the days without work")
        return found
    try:
        text = raw.decode("utf-8-sig")
        calendar = Calendar.from_ical(text)
        events = list(calendar.walk("VEVENT"))
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as error:
        mend = "export it again from the calendar program as iCalendar (.ics)"
        found.note("ical-broken", _broken_line(raw), f"not an iCalendar file: {error}", mend)
        return found
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.strip().upper() == "BEGIN:VEVENT"]
    if not events:
        found.note("ical-empty", 1, "the file holds no event", "add the days, or remove the file from `ical`")
    for event, line in zip(events, lines, strict=False):
        _read_event(found, event, line)
    found.days = sorted(set(found.days))
    return found


def _read_event(found: IcalDays, event: _Event, line: int) -> None:
    name = str(event.get("SUMMARY", "")).strip()
    try:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            return
        start, days = _whole_days(event)
        if not 1 <= days <= LONGEST_EVENT:
            found.note("ical-length", line, f"{name!r} lasts {days} days", "correct its start and end")
            return
        for first in _occurrences(event, start):
            found.days += [(first + number * _DAY, name) for number in range(days)]
    except _NotRead as error:
        found.note(error.code, line, f"{name!r} {error.problem}", error.mend)
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        found.note("ical-broken", line, f"the event {name!r} cannot be read: {error}", "enter the event again")


class _NotRead(Exception):
    def __init__(self, code: str, problem: str, mend: str) -> None:
        super().__init__(problem)
        self.code, self.problem, self.mend = code, problem, mend


def _whole_days(event: _Event) -> tuple[date, int]:
    """The first day of an event and how many days it lasts."""
    if "DTSTART" not in event:
        raise _NotRead("ical-broken", "has no start", "enter the event again")
    start = _day(event["DTSTART"].dt)
    if "DTEND" in event:
        return start, (_day(event["DTEND"].dt) - start).days
    if "DURATION" in event:
        length: timedelta = event["DURATION"].dt
        if length % _DAY:
            raise _timed()
        return start, length // _DAY
    return start, 1


def _occurrences(event: _Event, start: date) -> Iterator[date]:
    if "RECURRENCE-ID" in event:
        mend = "write the moved day into `special_days` and remove the exception"
        raise _NotRead("ical-rule", "is an exception to a series, which is not read", mend)
    days = {start, *_listed(event, "RDATE")}
    for rule in _several(event.get("RRULE")):
        frequency = str(next(iter(rule.get("FREQ", [""])), "")).upper()
        if frequency not in _REPEATS:
            mend = "repeat it yearly or monthly, or write the days one by one"
            raise _NotRead("ical-rule", f"repeats {frequency or 'without saying how often'}", mend)
        days |= set(_repeated(rule.to_ical().decode(), start))
    yield from sorted(
        day for day in days - set(_listed(event, "EXDATE")) if FIRST_YEAR <= day.year <= LAST_YEAR
    )  # fmt: skip


def _repeated(rule: str, start: date) -> Iterator[date]:
    from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

    begin = datetime.combine(start, datetime.min.time())
    moments = rrulestr(_UNTIL.sub(r"\1", rule), dtstart=begin)
    return (moment.date() for moment in takewhile(lambda one: one.year <= LAST_YEAR, moments))


def _listed(event: _Event, name: str) -> Iterator[date]:
    for entry in _several(event.get(name)):
        for one in entry.dts:
            yield _day(one.dt)


def _several(value: Any) -> list[Any]:
    """One property or several of a name; Any: the library types neither."""
    return [] if value is None else value if isinstance(value, list) else [value]


def _day(value: date) -> date:
    if isinstance(value, datetime):
        raise _timed()
    return value


def _timed() -> _NotRead:
    mend = "make it an all-day event, or write the hours of that day into `special_days`"
    return _NotRead("ical-timed", "has a time of day; only whole days are read", mend)


def _broken_line(raw: bytes) -> int:
    """The first line that no iCalendar file can have; 1 when each looks right."""
    for number, line in enumerate(raw.splitlines(), 1):
        if line.strip() and not line.startswith((b" ", b"\t")) and b":" not in line:
            return number
    return 1
