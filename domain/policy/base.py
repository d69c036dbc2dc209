"""What every policy model shares."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from domain.base import Record


class PolicyModel(Record):
    """A part of a policy file: unknown keys are mistakes."""


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
"""An id people type: lower case letters, digits, hyphen, underscore."""

Points = Annotated[int, Field(ge=-100, le=100)]
Minutes = Annotated[int, Field(ge=1, le=60 * 24 * 366)]


def _as_moment(value: Any) -> Any:  # Any: what a file holds, before it is checked
    # Read here, because a strict model takes text for a moment only straight from JSON, where no validator saw it.
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("expected text with date, time and zone")
    try:
        value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("before the first or after the last year") from error
    return value


PolicyMoment = Annotated[AwareDatetime, BeforeValidator(_as_moment)]
"""A point in time as a policy file says it: date, time and zone."""

_CLOCK = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)$|^24:00$")


def minute_of_day(text: str) -> int:
    """'08:30' → 510. '24:00' is the end of the day."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _interval(text: str) -> str:
    start, dash, end = text.partition("-")
    if not dash or not _CLOCK.match(start) or not _CLOCK.match(end):
        raise PydanticCustomError("hours_text", "working hours are not written as HH:MM-HH:MM")
    if minute_of_day(start) >= minute_of_day(end):
        raise PydanticCustomError("hours_backwards", "working hours end before they start")
    return text


HoursText = Annotated[str, AfterValidator(_interval)]
"""Half-open working hours of one day: '08:00-17:00' runs from 08:00 up to, not including, 17:00."""


class When(PolicyModel):
    """A condition on a ticket: every given line must hold; a line holds when one of its values matches."""

    category: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    requester_role: tuple[str, ...] = ()
    any_words: tuple[str, ...] = ()
    """Words or phrases looked for in the requester's own text, ignoring case, quotes and signatures."""
    risk_at_least: int | None = Field(default=None, ge=0, le=100)
    vip: bool | None = None
    if_: str | None = Field(default=None, alias="if")
    """A CEL expression that must hold besides the other lines, for example `risk >= 60 && requester.vip`. What it can
    ask about is listed in [rules.md](rules.md)."""
