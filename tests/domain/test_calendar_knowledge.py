"""Calendars that learn: special days, changes of hours, and what was known when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from domain.calendars import add_working_time, free_days, is_working, next_news, working_minutes, working_spans
from domain.policy.time import WEEKDAYS, Calendar, HoursChange, SpecialDay

MONDAY = datetime(2026, 6, 15, 0, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def office(*special: SpecialDay, changes: tuple[HoursChange, ...] = (), holidays: tuple[date, ...] = ()) -> Calendar:
    return Calendar(
        id="office", zone="UTC", hours=dict.fromkeys(WEEKDAYS[:5], ("08:00-16:00",)), holidays=holidays,
        special_days=special, changes=changes,
    )  # fmt: skip


def test_a_special_day_has_its_own_hours_even_where_there_are_none() -> None:
    saturday = SpecialDay(date=date(2026, 6, 20), name="stocktaking", hours=("10:00-11:30",))

    assert working_minutes(office(saturday), MONDAY, MONDAY + 7 * DAY) == 5 * 480 + 90


def test_a_special_day_beats_a_holiday_of_the_same_date() -> None:
    worked = SpecialDay(date=date(2026, 6, 16), hours=("08:00-09:00",))
    calendar = office(worked, holidays=(date(2026, 6, 16),))

    assert working_minutes(calendar, MONDAY + DAY, MONDAY + 2 * DAY) == 60


def test_what_lies_ahead_counts_by_what_is_known_at_the_moment_of_looking() -> None:
    noon = MONDAY + 12 * HOUR
    strike = SpecialDay(date=date(2026, 6, 16), known_from=noon)
    amount = timedelta(hours=10)

    before = add_working_time(office(strike), MONDAY, amount, known_at=noon - timedelta.resolution)
    after = add_working_time(office(strike), MONDAY, amount, known_at=noon)

    assert before == MONDAY + DAY + 10 * HOUR
    assert after == MONDAY + 2 * DAY + 10 * HOUR


def test_the_morning_stays_worked_when_the_day_becomes_free_at_noon() -> None:
    noon = MONDAY + 12 * HOUR
    calendar = office(SpecialDay(date=date(2026, 6, 15), name="no power", known_from=noon))

    assert list(working_spans(calendar, MONDAY, MONDAY + DAY)) == [(MONDAY + 8 * HOUR, noon)]
    assert is_working(calendar, noon - timedelta.resolution)
    assert not is_working(calendar, noon)
    assert [day.name for day in free_days(calendar, noon, MONDAY + DAY)] == ["no power"]
    assert free_days(calendar, MONDAY, noon) == ()


def test_the_latest_knowledge_about_a_day_counts() -> None:
    told = (
        SpecialDay(date=date(2026, 6, 15), known_from=MONDAY + 9 * HOUR),
        SpecialDay(date=date(2026, 6, 15), hours=("08:00-12:00",), known_from=MONDAY + 10 * HOUR),
    )

    # 08:00 to 09:00 as usual, nothing until 10:00, then as far as 12:00; the order of writing means nothing.
    assert working_minutes(office(*told), MONDAY, MONDAY + DAY) == 60 + 120
    assert working_minutes(office(*reversed(told)), MONDAY, MONDAY + DAY) == 60 + 120


def test_hours_change_on_their_first_day_and_change_back() -> None:
    changes = (
        HoursChange(first=date(2026, 6, 17), hours={"wed": ("10:00-12:00",), "thu": ("10:00-12:00",)}),
        HoursChange(first=date(2026, 6, 18), hours={"thu": ("08:00-16:00",)}),
    )

    assert working_minutes(office(changes=changes), MONDAY, MONDAY + 7 * DAY) == 480 + 480 + 120 + 480


def test_a_short_day_is_named_as_one_and_an_extra_day_is_not() -> None:
    short = SpecialDay(date=date(2026, 6, 16), name="half day", hours=("08:00-12:00",))
    extra = SpecialDay(date=date(2026, 6, 20), name="stocktaking", hours=("08:00-12:00",))

    found = free_days(office(short, extra), MONDAY, MONDAY + 7 * DAY)

    assert [(day.date, day.name, bool(day.hours)) for day in found] == [(date(2026, 6, 16), "half day", True)]


def test_the_next_moment_at_which_a_calendar_learns() -> None:
    calendar = office(SpecialDay(date=date(2026, 6, 16), known_from=MONDAY + HOUR))

    assert next_news(calendar, MONDAY) == MONDAY + HOUR
    assert next_news(calendar, MONDAY + HOUR) is None
    assert next_news(office(), MONDAY) is None


def test_a_calendar_that_is_copied_with_other_days_is_another_calendar() -> None:
    calendar = office()
    before = working_minutes(calendar, MONDAY, MONDAY + DAY)
    copied = calendar.model_copy(update={"holidays": (date(2026, 6, 15),)})

    assert (before, working_minutes(copied, MONDAY, MONDAY + DAY)) == (480, 0)
    assert working_minutes(calendar, MONDAY, MONDAY + DAY) == 480
