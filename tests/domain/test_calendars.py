"""Working time where clocks change, days are split and people make mistakes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from domain.calendars import (
    add_working_minutes,
    free_days,
    is_working,
    working_minutes,
    working_spans,
)
from domain.errors import BadInput, BadPolicy
from domain.policy.time import WEEKDAYS, Calendar

BERLIN = ZoneInfo("Europe/Berlin")


def office(zone: str = "Europe/Berlin", *holidays: date) -> Calendar:
    return Calendar(
        id="office",
        zone=zone,
        hours=dict.fromkeys(WEEKDAYS[:5], ("08:00-12:00", "13:00-17:00")),
        holidays=holidays,
    )


def always(zone: str) -> Calendar:
    return Calendar(id="always", zone=zone, hours=dict.fromkeys(WEEKDAYS, ("00:00-24:00",)))


def test_an_interval_starts_with_its_first_minute_and_ends_before_its_last() -> None:
    assert is_working(office(), datetime(2026, 11, 23, 8, 0, tzinfo=BERLIN))
    assert not is_working(office(), datetime(2026, 11, 23, 12, 0, tzinfo=BERLIN))
    assert not is_working(office(), datetime(2026, 11, 23, 7, 59, 59, 999999, tzinfo=BERLIN))


def test_a_lunch_break_does_not_count() -> None:
    start = datetime(2026, 11, 23, 11, 30, tzinfo=BERLIN)

    assert working_minutes(office(), start, start + timedelta(hours=2)) == 60


def test_a_friday_afternoon_goes_on_on_monday() -> None:
    start = datetime(2026, 11, 20, 16, 30, tzinfo=BERLIN)

    assert add_working_minutes(office(), start, 60) == datetime(2026, 11, 23, 8, 30, tzinfo=BERLIN)


def test_a_target_that_ends_with_the_day_is_due_with_the_day() -> None:
    start = datetime(2026, 11, 20, 16, 0, tzinfo=BERLIN)

    assert add_working_minutes(office(), start, 60) == datetime(2026, 11, 20, 17, 0, tzinfo=BERLIN)


def test_a_holiday_is_a_day_of_the_calendars_own_zone() -> None:
    calendar = Calendar(
        id="auckland", zone="Pacific/Auckland", hours={"fri": ("00:00-24:00",)}, holidays=(date(2026, 2, 6),)
    )

    assert not is_working(calendar, datetime(2026, 2, 5, 12, 0, tzinfo=UTC))
    assert is_working(calendar, datetime(2026, 2, 12, 12, 0, tzinfo=UTC))


def test_the_hour_that_summer_time_skips_counts_nothing() -> None:
    night = Calendar(id="night", zone="Europe/Berlin", hours={"sun": ("01:00-05:00",)})
    start, end = datetime(2026, 3, 29, tzinfo=BERLIN), datetime(2026, 3, 30, tzinfo=BERLIN)

    assert working_minutes(night, start, end) == 180


def test_the_hour_that_comes_twice_counts_twice() -> None:
    night = Calendar(id="night", zone="Europe/Berlin", hours={"sun": ("01:00-02:30",)})
    start, end = datetime(2026, 10, 25, tzinfo=BERLIN), datetime(2026, 10, 26, tzinfo=BERLIN)

    assert [(last - first) / timedelta(minutes=1) for first, last in working_spans(night, start, end)] == [
        90,
        30,
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"])
def test_around_the_clock_is_absolute_time_in_every_zone(zone: str) -> None:
    start, end = datetime(2011, 1, 1, tzinfo=UTC), datetime(2012, 1, 1, tzinfo=UTC)

    assert working_minutes(always(zone), start, end) == 365 * 1440
    assert list(working_spans(always(zone), start, end)) == [(start, end)]


def test_two_moments_of_one_zone_are_compared_by_absolute_time() -> None:
    first = datetime(2026, 10, 25, 2, 45, tzinfo=BERLIN)
    second = datetime(2026, 10, 25, 2, 15, fold=1, tzinfo=BERLIN)

    assert working_minutes(always("Europe/Berlin"), first, second) == 30


def test_nothing_lies_between_a_moment_and_an_earlier_one() -> None:
    at = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    assert working_minutes(office(), at, at - timedelta(days=1)) == 0
    assert list(working_spans(office(), at, at)) == []
    assert add_working_minutes(office(), at, 0) == at


def test_the_zone_of_a_moment_does_not_matter() -> None:
    at = datetime(2026, 11, 23, 8, 0, tzinfo=BERLIN)

    assert working_minutes(office(), at, at + timedelta(hours=1)) == working_minutes(
        office(), at.astimezone(UTC), (at + timedelta(hours=1)).astimezone(timezone(timedelta(hours=-7)))
    )


def test_the_holidays_of_a_stretch_are_those_that_take_working_hours_away() -> None:
    calendar = office("Europe/Berlin", date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1))
    start, end = datetime(2026, 12, 24, 17, tzinfo=BERLIN), datetime(2026, 12, 28, 8, tzinfo=BERLIN)

    assert [day.date for day in free_days(calendar, start, end)] == [date(2026, 12, 25)]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(BadInput, match="names no zone"):
        is_working(office(), datetime(2026, 11, 23, 8, 0))  # noqa: DTZ001


def test_a_calendar_that_never_gets_there_says_so() -> None:
    rare = Calendar(id="rare", zone="UTC", hours={"mon": ("09:00-09:01",)})

    with pytest.raises(BadPolicy, match="'rare' does not reach 1000 working minutes"):
        add_working_minutes(rare, datetime(2026, 11, 23, tzinfo=UTC), 1000)
