"""calendars.yaml and slas.yaml: when people work, and by when they promise to answer and resolve."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from domain.policy.base import HoursText, Minutes, PolicyModel, Slug, minute_of_day

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Calendar(PolicyModel):
    """Working hours in one zone. Intervals are half-open; a day may have several (split shifts)."""

    id: Slug
    zone: str
    hours: dict[Weekday, tuple[HoursText, ...]]
    holidays: tuple[date, ...] = ()
    """Days without working hours, in the calendar's own zone."""

    @field_validator("hours")
    @classmethod
    def _no_overlap(cls, hours: dict[Weekday, tuple[HoursText, ...]]) -> dict[Weekday, tuple[HoursText, ...]]:
        for day, intervals in hours.items():
            spans = sorted(tuple(map(minute_of_day, text.split("-"))) for text in intervals)
            for (_, end), (start, _) in pairwise(spans):
                if start < end:
                    raise PydanticCustomError("hours_overlap", "working hours overlap on {day}", {"day": day})
        return hours

    @model_validator(mode="after")
    def _some_minute(self) -> Calendar:
        if not any(self.hours.values()):
            raise PydanticCustomError("no_working_minute", "the calendar has no working minute")
        return self


class CalendarsFile(PolicyModel):
    """calendars.yaml"""

    calendars: Annotated[tuple[Calendar, ...], Field(min_length=1)]


class SlaTarget(PolicyModel):
    """The promise for one priority, in working minutes of `calendar`."""

    priority: str
    first_response: Minutes
    resolution: Minutes
    calendar: Slug


class SlasFile(PolicyModel):
    """slas.yaml"""

    targets: Annotated[tuple[SlaTarget, ...], Field(min_length=1)]
    default_priority: str
    """The priority of a ticket that names none we know."""
    pause_in: tuple[str, ...] = ()
    """Statuses in which the resolution clock stands still, for example 'waiting for requester'."""
