"""Working time against an oracle that asks every single minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.calendars import (
    add_working_minutes,
    is_working,
    working_minutes,
    working_spans,
)
from domain.policy.base import minute_of_day
from domain.policy.time import WEEKDAYS, Calendar, Weekday

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Havana",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Pacific/Apia",
)
CHANGE_DAYS = (
    date(2011, 12, 29),
    date(2026, 3, 8),
    date(2026, 3, 29),
    date(2026, 4, 5),
    date(2026, 10, 4),
    date(2026, 10, 25),
    date(2026, 11, 1),
    date(2026, 6, 17),
    date(2025, 12, 31),
)
"""Days around which the zones above change their offset (or the year changes), and one quiet day."""
MINUTE = timedelta(minutes=1)


def _text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@st.composite
def days_of_hours(draw: st.DrawFn) -> tuple[str, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 1440), min_size=0, max_size=6)))
    return tuple(f"{_text(start)}-{_text(end)}" for start, end in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn, around: date) -> Calendar:
    hours: dict[Weekday, tuple[str, ...]] = {day: draw(days_of_hours()) for day in WEEKDAYS}
    if not any(hours.values()):
        hours[draw(st.sampled_from(WEEKDAYS))] = ("00:00-24:00",)
    holidays = draw(st.lists(st.integers(-2, 3), max_size=2))
    return Calendar(
        id="any",
        zone=draw(st.sampled_from(ZONES)),
        hours=hours,
        holidays=tuple(around + timedelta(days=shift) for shift in holidays),
    )


def weekly_minutes(calendar: Calendar) -> int:
    """Working minutes of a week without holidays."""
    spans = [span.split("-") for spans in calendar.hours.values() for span in spans]
    return sum(minute_of_day(end) - minute_of_day(start) for start, end in spans)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, datetime, datetime]:
    day = draw(st.sampled_from(CHANGE_DAYS))
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + draw(st.integers(-1440, 1440)) * MINUTE
    return draw(calendars(day)), start, start + draw(st.integers(0, 3 * 1440)) * MINUTE


def oracle_is_working(calendar: Calendar, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(calendar.zone))
    if local.date() in calendar.holidays:
        return False
    minute = local.hour * 60 + local.minute
    spans = (map(minute_of_day, text.split("-")) for text in calendar.hours.get(WEEKDAYS[local.weekday()], ()))
    return any(start <= minute < end for start, end in spans)


def oracle_minutes(calendar: Calendar, start: datetime, end: datetime) -> int:
    count = int((end - start) / MINUTE)
    return sum(oracle_is_working(calendar, start + number * MINUTE) for number in range(count))


@settings(max_examples=150, deadline=None)
@given(cases())
def test_working_minutes_are_the_minutes_that_the_wall_clock_calls_working(
    case: tuple[Calendar, datetime, datetime],
) -> None:
    calendar, start, end = case

    assert working_minutes(calendar, start, end) == oracle_minutes(calendar, start, end)


@settings(max_examples=150, deadline=None)
@given(cases())
def test_spans_tile_exactly_the_working_time(case: tuple[Calendar, datetime, datetime]) -> None:
    calendar, start, end = case

    spans = list(working_spans(calendar, start, end))

    edges = [edge for span in spans for edge in span]
    assert edges == sorted(set(edges))
    assert sum((last - first for first, last in spans), timedelta()) / MINUTE == working_minutes(calendar, start, end)
    for first, last in spans:
        assert start <= first < last <= end
        assert is_working(calendar, first)
        assert is_working(calendar, last - timedelta.resolution)


@settings(max_examples=150, deadline=None)
@given(cases(), st.integers(1, 5000))
def test_adding_minutes_gives_the_first_moment_at_which_they_have_run(
    case: tuple[Calendar, datetime, datetime], minutes: int
) -> None:
    calendar, start, _ = case
    # A minute or two a week do not reach every amount within the five years that a due moment is looked for.
    assume(weekly_minutes(calendar) * 200 >= minutes)

    reached = add_working_minutes(calendar, start, minutes)

    assert working_minutes(calendar, start, reached) == minutes
    assert working_minutes(calendar, start, reached - timedelta.resolution) < minutes


@settings(max_examples=200, deadline=None)
@given(cases(), st.integers(0, 59))
def test_a_moment_is_working_when_its_minute_is(case: tuple[Calendar, datetime, datetime], seconds: int) -> None:
    calendar, start, _ = case

    assert is_working(calendar, start + timedelta(seconds=seconds)) == oracle_is_working(calendar, start)


@settings(max_examples=100, deadline=None)
@given(cases(), st.floats(0, 1))
def test_a_stretch_is_the_sum_of_its_two_parts(case: tuple[Calendar, datetime, datetime], share: float) -> None:
    calendar, start, end = case
    middle = start + (end - start) * share

    parts = working_minutes(calendar, start, middle) + working_minutes(calendar, middle, end)

    assert abs(parts - working_minutes(calendar, start, end)) < 1e-9
