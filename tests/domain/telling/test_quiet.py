"""Quiet hours and digests on the recipient's own wall clock, summer time and all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.policy.notifications import Digest, QuietHours
from domain.policy.time import WEEKDAYS
from domain.telling.quiet import is_quiet, next_digest, quiet_until

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC", "Pacific/Chatham")
MINUTE = timedelta(minutes=1)

times = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
moments = st.integers(0, 60 * 24 * 427).map(lambda minutes: datetime(2025, 12, 1, tzinfo=UTC) + minutes * MINUTE)


@st.composite
def quiet_hours(draw: st.DrawFn) -> QuietHours:
    """Any entry that leaves some minute of the week."""
    start, end = draw(times), draw(times.filter(lambda one: True))
    hours = None if start == end else f"{start}-{end}"
    days = draw(st.sets(st.sampled_from(WEEKDAYS), min_size=0 if hours else 1, max_size=6))
    return QuietHours(hours=hours, days=tuple(sorted(days)))


@settings(max_examples=60, deadline=None)
@given(quiet_hours(), st.sampled_from(ZONES), moments)
def test_quiet_hours_end_at_the_first_minute_that_is_not_quiet(quiet: QuietHours, zone: str, at: datetime) -> None:
    until = quiet_until(quiet, zone, at)
    assert until is not None and until >= at and not is_quiet(quiet, zone, until)
    probe = at
    while probe < until:
        assert is_quiet(quiet, zone, probe)
        probe += 7 * MINUTE
    if until > at:
        assert is_quiet(quiet, zone, until - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("hours", "at", "until"),
    [
        ("20:00-07:00", "2026-10-14T21:15:00", "2026-10-15T07:00:00"),
        ("20:00-07:00", "2026-10-15T06:59:59", "2026-10-15T07:00:00"),
        ("20:00-07:00", "2026-10-15T07:00:00", "2026-10-15T07:00:00"),
        ("12:00-13:00", "2026-10-15T12:30:00", "2026-10-15T13:00:00"),
        ("22:00-24:00", "2026-10-15T23:30:00", "2026-10-16T00:00:00"),
    ],
)
def test_quiet_hours_are_half_open_and_may_run_over_midnight(hours: str, at: str, until: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    found = quiet_until(QuietHours(hours=hours), "Europe/Berlin", datetime.fromisoformat(at).replace(tzinfo=zone))
    assert found == datetime.fromisoformat(until).replace(tzinfo=zone)


def test_an_end_that_the_clock_skips_is_the_moment_after_the_skip() -> None:
    quiet = QuietHours(hours="23:00-02:30")
    at = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert quiet_until(quiet, "Europe/Berlin", at) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_quiet_days_end_at_midnight_of_the_recipient() -> None:
    quiet = QuietHours(days=("sat", "sun"))
    at = datetime(2026, 10, 17, 12, tzinfo=UTC)
    assert quiet_until(quiet, "America/New_York", at) == datetime(2026, 10, 19, 4, tzinfo=UTC)


def test_hours_that_leave_nothing_have_no_end() -> None:
    assert quiet_until(QuietHours(days=WEEKDAYS), "UTC", datetime(2026, 1, 1, tzinfo=UTC)) is None


@settings(max_examples=100, deadline=None)
@given(st.one_of(times.map(lambda at: Digest(at=at)), st.integers(5, 1440).map(lambda n: Digest(every_minutes=n))),
       st.sampled_from(ZONES), moments)  # fmt: skip
def test_the_next_digest_is_later_and_within_a_day_and_a_skipped_hour(digest: Digest, zone: str, at: datetime) -> None:
    due = next_digest(digest, zone, at)
    assert timedelta() < due - at <= timedelta(hours=26)


def test_a_daily_digest_keeps_to_the_recipients_clock_when_it_changes() -> None:
    digest = Digest(at="08:00")
    due = next_digest(digest, "Europe/Berlin", datetime(2026, 10, 24, 6, 0, tzinfo=UTC))
    assert due == datetime(2026, 10, 25, 7, 0, tzinfo=UTC)
