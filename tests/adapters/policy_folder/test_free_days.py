"""Holiday sets and iCalendar files become days of the calendar, and what is wrong with them is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adapters.policy_folder import Finding, check_policy, load_policy
from adapters.policy_folder.free_days import CODES, public_holidays
from adapters.policy_folder.ical import FIRST_YEAR, LAST_YEAR
from domain.calendars import is_working
from domain.policy.time import HolidaySet
from tests.adapters.policy_folder.small import plant, write_small


@pytest.fixture(name="folder")
def small_folder(tmp_path: Path) -> Path:
    return write_small(tmp_path / "policy")


def ics(*events: str) -> str:
    body = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\nDTSTAMP:20260101T000000Z\r\n{e}END:VEVENT\r\n" for n, e in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//house//EN\r\n{body}END:VCALENDAR\r\n"


def event(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in lines)


def days(folder: Path) -> dict[date, str]:
    special = load_policy(folder).calendar_by_id["office"].special_days
    return {one.date: one.name for one in special}


def with_line(folder: Path, line: str) -> None:
    plant(folder, "calendars.yaml", "    holidays: [", f"    {line}\n    holidays: [")


def with_file(folder: Path, text: str) -> Path:
    with_line(folder, "ical: [days.ics]")
    (folder / "days.ics").write_bytes(text.encode())
    return folder


def one(folder: Path, code: str) -> Finding:
    found = [finding for finding in check_policy(folder) if finding.code == code]
    assert len(found) == 1, [str(finding) for finding in check_policy(folder)]
    return found[0]


def test_a_holiday_set_closes_the_calendar_on_public_holidays_of_the_state(folder: Path) -> None:
    plant(
        folder,
        "calendars.yaml",
        "    holidays: [",
        "    holiday_sets: [{country: DE, subdivision: HH}]\n    holidays: [",
    )

    found = days(folder)

    assert found[date(2026, 10, 31)] == "Reformation Day"  # a holiday in Hamburg since 2018, not in Bavaria
    assert date(2026, 11, 1) not in found
    assert min(found).year == FIRST_YEAR
    assert max(found).year == LAST_YEAR
    easter_monday = datetime(2026, 4, 6, 8, 0, tzinfo=UTC)
    assert not is_working(load_policy(folder).calendar_by_id["office"], easter_monday)


def test_what_is_written_by_hand_beats_the_set(folder: Path) -> None:
    with_line(folder, "holiday_sets: [{country: DE}]")
    with_line(folder, "special_days: [{date: 2026-04-06, hours: ['08:00-10:00']}]")
    calendar = load_policy(folder).calendar_by_id["office"]

    assert is_working(calendar, datetime(2026, 4, 6, 7, 0, tzinfo=UTC))
    assert not is_working(calendar, datetime(2026, 4, 6, 8, 0, tzinfo=UTC))


def test_two_policies_that_differ_in_their_holidays_differ_in_their_stamp(folder: Path, tmp_path: Path) -> None:
    before = load_policy(folder).stamp
    with_file(folder, ics(event("DTSTART;VALUE=DATE:20260504", "SUMMARY:Founding day")))
    first = load_policy(folder).stamp
    (folder / "days.ics").write_text(ics(event("DTSTART;VALUE=DATE:20260505", "SUMMARY:Founding day")))

    assert len({before, first, load_policy(folder).stamp}) == 3


def test_a_set_without_holidays_is_named(folder: Path) -> None:
    plant(
        folder,
        "calendars.yaml",
        "    holidays: [",
        "    holiday_sets: [{country: DE, categories: [catholic]}]\n    holidays: [",
    )
    named = public_holidays(HolidaySet(country="DE", subdivision="BY", categories=("catholic",)))

    assert [day for day, _ in named if day.year == 2026] == [date(2026, 8, 15)]
    assert one(folder, "empty-holiday-set").key == "calendars[0].holiday_sets[0].country"


def test_all_day_events_of_a_file_are_free_days(folder: Path) -> None:
    with_file(
        folder,
        ics(
            event("DTSTART;VALUE=DATE:20260504", "SUMMARY:Founding day"),
            event("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227", "SUMMARY:Christmas break"),
            event("DTSTART;VALUE=DATE:20260601", "DURATION:P2D", "SUMMARY:Stocktaking"),
            event("DTSTART;VALUE=DATE:20260707", "STATUS:CANCELLED", "SUMMARY:Called off"),
        ),
    )

    # 25 December is written by hand already.
    assert days(folder) == {
        date(2026, 5, 4): "Founding day", date(2026, 6, 1): "Stocktaking", date(2026, 6, 2): "Stocktaking",
        date(2026, 12, 24): "Christmas break", date(2026, 12, 26): "Christmas break",
    }  # fmt: skip


def test_a_yearly_event_comes_back_every_year_but_its_exceptions(folder: Path) -> None:
    with_file(
        folder,
        ics(
            event(
                "DTSTART;VALUE=DATE:20240504", "RRULE:FREQ=YEARLY;UNTIL=20280504T000000Z",
                "EXDATE;VALUE=DATE:20260504", "SUMMARY:Founding day",
            ),
            event("DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY;COUNT=2", "SUMMARY:Leap day"),
            event("DTSTART;VALUE=DATE:20261126", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=2", "SUMMARY:Feast"),
        ),
    )  # fmt: skip

    assert sorted(days(folder)) == [
        date(2024, 2, 29), date(2024, 5, 4), date(2025, 5, 4), date(2026, 11, 26), date(2027, 5, 4), date(2027, 11, 25),
        date(2028, 2, 29), date(2028, 5, 4),
    ]  # fmt: skip


DAY = "DTSTART;VALUE=DATE:20260504"


@pytest.mark.parametrize(
    ("text", "code", "line", "mend"),
    [
        ("Dear colleagues,\n", "ical-broken", 1, "export it again"),
        (ics(), "ical-empty", 1, "add the days"),
        (ics(event("DTSTART:20260504T020000Z", "SUMMARY:Maintenance")), "ical-timed", 4, "all-day"),
        (ics(event("SUMMARY:Never")), "ical-broken", 4, "enter the event again"),
        (ics(event(DAY), event(DAY, "DURATION:P400D")), "ical-length", 9, "start and end"),
        (ics(event(DAY, "DTEND;VALUE=DATE:20260503")), "ical-length", 4, "start and end"),
        (ics(event(DAY, "RRULE:FREQ=DAILY")), "ical-rule", 4, "yearly or monthly"),
        (ics(event(DAY, "RECURRENCE-ID;VALUE=DATE:20260505")), "ical-rule", 4, "special_days"),
    ],
)
def test_what_a_file_gets_wrong_is_named_with_its_line(
    folder: Path, text: str, code: str, line: int, mend: str
) -> None:
    finding = one(with_file(folder, text), code)

    assert (finding.file, finding.line) == ("days.ics", line)
    assert mend in finding.mend


def test_a_huge_file_is_refused(folder: Path) -> None:
    assert "1024 kB" in one(with_file(folder, "x" * (1024 * 1024 + 1)), "ical-broken").problem


def test_every_code_of_this_room_is_tested_here_or_planted() -> None:
    assert set(CODES) == {
        "ical-missing", "ical-broken", "ical-timed", "ical-rule", "ical-length", "ical-empty", "unknown-country",
        "unknown-subdivision", "unknown-holiday-category", "empty-holiday-set",
    }  # fmt: skip
