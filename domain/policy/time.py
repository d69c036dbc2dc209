"""calendars.yaml: when people work, what they did not know before, and what changes from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from domain.policy.base import HoursText, PolicyModel, PolicyMoment, Slug, minute_of_day

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WeekHours = dict[Weekday, tuple[HoursText, ...]]
Day = date
CalendarFileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.ics$")]
"""An iCalendar file that lies in the policy folder itself."""


class SpecialDay(PolicyModel):
    """One day with hours of its own: a half day, a holiday with a name, or one that was entered late."""

    date: Day
    """The day, in the calendar's own zone."""
    name: str = ""
    hours: tuple[HoursText, ...] = ()
    """The working hours of that day; none when it is a holiday."""
    known_from: PolicyMoment | None = None
    """Since when this is known. Minutes that passed before keep what was known then; empty: it always was."""

    @field_validator("hours")
    @classmethod
    def _follow_each_other(cls, hours: tuple[HoursText, ...]) -> tuple[HoursText, ...]:
        if _overlap(hours):
            raise PydanticCustomError("day_hours_overlap", "the working hours of the day overlap")
        return hours


class HolidaySet(PolicyModel):
    """The public holidays of a country, as the library `holidays` knows them."""

    country: str
    """ISO 3166-1 code, for example DE."""
    subdivision: str | None = None
    """Code of a state or province of that country, for example HH."""
    categories: tuple[str, ...] = ()
    """Kinds of holidays, as the library names them for the country; `public` when left out."""


class HoursChange(PolicyModel):
    """Other weekly hours from a day on."""

    first: Day
    """The first day with these hours, in the calendar's own zone."""
    hours: WeekHours
    known_from: PolicyMoment | None = None
    """Since when the change is known, as for a special day."""

    @field_validator("hours")
    @classmethod
    def _no_overlap(cls, hours: WeekHours) -> WeekHours:
        return _without_overlap(hours)


class Calendar(PolicyModel):
    """Working hours in one zone. Intervals are half-open; a day may have several (split shifts).

    What is said about one day: `special_days` beat `holidays`, these beat `ical`, and that beats `holiday_sets`;
    of two entries that became known one after the other, the later one counts once it is known.
    """

    id: Slug
    zone: str
    hours: WeekHours
    holidays: tuple[Day, ...] = ()
    """Days without working hours, in the calendar's own zone."""
    special_days: tuple[SpecialDay, ...] = ()
    """Days with hours of their own, and what became known late."""
    holiday_sets: tuple[HolidaySet, ...] = ()
    """Public holidays by country; they become special days when the folder is read."""
    ical: tuple[CalendarFileName, ...] = ()
    """iCalendar files beside the policy files; whole-day events become special days when the folder is read."""
    changes: tuple[HoursChange, ...] = ()
    """Other weekly hours from a day on."""

    @field_validator("hours")
    @classmethod
    def _no_overlap(cls, hours: WeekHours) -> WeekHours:
        return _without_overlap(hours)

    @model_validator(mode="after")
    def _some_minute(self) -> Calendar:
        if not any(self.hours.values()):
            raise PydanticCustomError("no_working_minute", "the calendar has no working minute")
        return self


class CalendarsFile(PolicyModel):
    """calendars.yaml"""

    calendars: Annotated[tuple[Calendar, ...], Field(min_length=1)]


def _without_overlap(hours: WeekHours) -> WeekHours:
    named: Mapping[Weekday, tuple[str, ...]] = hours
    for day, intervals in named.items():
        if _overlap(intervals):
            raise PydanticCustomError("hours_overlap", "working hours overlap on {day}", {"day": day})
    return hours


def _overlap(intervals: tuple[str, ...]) -> bool:
    spans = sorted(tuple(map(minute_of_day, text.split("-"))) for text in intervals)
    return any(start < end for (_, end), (start, _) in pairwise(spans))
