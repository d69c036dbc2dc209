"""Calendars in which somebody works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from domain.policy.checks.identity import repeated
from domain.policy.checks.issue import Check, Issue, check
from domain.policy.policy import Policy
from domain.policy.time import WEEKDAYS, Calendar

CODES = {
    "holiday-twice": "a calendar names a holiday twice",
    "year-without-work": "the holidays of a calendar cover every working day of a year",
}


def _holidays(policy: Policy) -> Iterator[Issue]:
    for place, calendar in enumerate(policy.calendars.calendars):
        for index, first, day in repeated(day.isoformat() for day in calendar.holidays):
            yield Issue(
                "holiday-twice", "calendars.yaml", ("calendars", place, "holidays", index),
                f"{day} is entry {first + 1} already", "remove one of the two",
            )  # fmt: skip
        for year in sorted({day.year for day in _free(calendar)}):
            if _all_free(calendar, year):
                yield Issue(
                    "year-without-work", "calendars.yaml", ("calendars", place, "holidays"),
                    f"calendar {calendar.id!r} has no working day in {year}", "remove holidays that are working days",
                )  # fmt: skip


def _all_free(calendar: Calendar, year: int) -> bool:
    free = {day for day in _free(calendar) if day.year == year}
    start = date(year, 1, 1)
    days = (start + timedelta(days=number) for number in range((date(year, 12, 31) - start).days + 1))
    return all(day in free for day in days if calendar.hours.get(WEEKDAYS[day.weekday()]))


def _free(calendar: Calendar) -> set[date]:
    return {*calendar.holidays, *(one.date for one in calendar.special_days if not one.hours)}


CHECKS: tuple[Check, ...] = (check(_holidays, "calendars"),)
