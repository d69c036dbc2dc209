"""Calendars in which somebody works, and promises that can be kept and broken in the right order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from domain.calendars import HORIZON, working_time
from domain.policy.checks.identity import repeated
from domain.policy.checks.issue import Check, Issue, check
from domain.policy.checks.references import is_zone
from domain.policy.policy import Policy
from domain.policy.time import WEEKDAYS, Calendar

CODES = {
    "holiday-twice": "a calendar names a holiday twice",
    "year-without-work": "the holidays of a calendar cover every working day of a year",
    "target-twice": "two SLA targets are for the same priority",
    "resolution-before-response": "a resolution target is shorter than the first response target",
    "target-out-of-reach": "a calendar does not have as many working minutes as its target asks for within five years",
    "pause-status-twice": "slas.yaml names a pausing status twice",
}


def _holidays(policy: Policy) -> Iterator[Issue]:
    for place, calendar in enumerate(policy.calendars.calendars):
        for index, first, day in repeated(day.isoformat() for day in calendar.holidays):
            yield Issue(
                "holiday-twice", "calendars.yaml", ("calendars", place, "holidays", index),
                f"{day} is entry {first + 1} already", "remove one of the two",
            )  # fmt: skip
        for year in sorted({day.year for day in calendar.holidays}):
            if _all_free(calendar, year):
                yield Issue(
                    "year-without-work", "calendars.yaml", ("calendars", place, "holidays"),
                    f"calendar {calendar.id!r} has no working day in {year}", "remove holidays that are working days",
                )  # fmt: skip


def _all_free(calendar: Calendar, year: int) -> bool:
    free = {day for day in calendar.holidays if day.year == year}
    start = date(year, 1, 1)
    days = (start + timedelta(days=number) for number in range((date(year, 12, 31) - start).days + 1))
    return all(day in free for day in days if calendar.hours.get(WEEKDAYS[day.weekday()]))


def _targets(policy: Policy) -> Iterator[Issue]:
    targets = policy.slas.targets
    for place, first, name in repeated(target.priority for target in targets):
        yield Issue(
            "target-twice", "slas.yaml", ("targets", place, "priority"),
            f"priority {name!r} has target {first + 1} already", "keep one target for each priority",
        )  # fmt: skip
    for place, target in enumerate(targets):
        if target.resolution < target.first_response:
            yield Issue(
                "resolution-before-response", "slas.yaml", ("targets", place, "resolution"),
                f"resolution within {target.resolution} minutes comes before the first response "
                f"within {target.first_response}", "make the resolution target the longer one",
            )  # fmt: skip
    for place, first, name in repeated(policy.slas.pause_in):
        yield Issue(
            "pause-status-twice", "slas.yaml", ("pause_in", place), f"{name!r} is entry {first + 1} already",
            "remove one of the two",
        )  # fmt: skip


def _reachable(policy: Policy) -> Iterator[Issue]:
    # Any start will do: what counts is how much a calendar works in the long run, not when.
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for place, target in enumerate(policy.slas.targets):
        calendar = policy.calendar_by_id.get(target.calendar)
        if calendar is None or not is_zone(calendar.zone):
            continue
        longest = max(target.first_response, target.resolution)
        if working_time(calendar, start, start + HORIZON) < timedelta(minutes=longest):
            yield Issue(
                "target-out-of-reach", "slas.yaml", ("targets", place),
                f"calendar {calendar.id!r} has fewer than {longest} working minutes in five years",
                "lower the target or use a calendar with more hours",
            )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    check(_holidays, "calendars"),
    check(_targets, "slas"),
    check(_reachable, "slas", "calendars"),
)
