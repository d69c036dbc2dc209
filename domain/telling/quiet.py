"""Quiet hours and digest moments on the wall clock of the recipient."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.policy.base import minute_of_day
from domain.policy.notifications import Digest, QuietHours
from domain.policy.time import WEEKDAYS

_MINUTE = timedelta(minutes=1)
_LARGEST_SHIFT = 180
"""Minutes: changes to and from summer time move clocks by less, so hops that stop short of it miss nothing."""
_WEEK = 8 * 24 * 60


def is_quiet(quiet: QuietHours, zone: str, at: datetime) -> bool:
    """Whether the wall clock of the zone shows a quiet minute at `at`."""
    local = at.astimezone(ZoneInfo(quiet.zone or zone))
    if WEEKDAYS[local.weekday()] in quiet.days:
        return True
    if quiet.hours is None:
        return False
    start, end = _bounds(quiet.hours)
    minute = local.hour * 60 + local.minute
    return start <= minute < end if start < end else minute >= start or minute < end


def quiet_until(quiet: QuietHours, zone: str, at: datetime) -> datetime | None:
    """The first moment from `at` on that is not quiet; none when every minute is. `at` itself when it is not quiet.

    Found on the absolute clock, so an hour that is skipped or happens twice needs no rule of its own.
    """
    moment, passed = at.astimezone(UTC), 0
    while is_quiet(quiet, zone, moment):
        if passed > _WEEK:
            return None
        hop = max(1, _left(quiet, zone, moment) - _LARGEST_SHIFT)
        moment = moment.replace(second=0, microsecond=0) + hop * _MINUTE
        passed += hop
    return moment


def next_digest(digest: Digest, zone: str, after: datetime) -> datetime:
    """The first digest moment later than `after`."""
    local = after.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    if digest.every_minutes is not None:
        wait = digest.every_minutes - minute % digest.every_minutes
        # Midnight starts the count anew where the day is no multiple of the interval.
        wait = min(wait, 24 * 60 - minute)
        return after.astimezone(UTC).replace(second=0, microsecond=0) + wait * _MINUTE
    wanted = minute_of_day(digest.at or "00:00")
    day = local.replace(hour=wanted // 60, minute=wanted % 60, second=0, microsecond=0, fold=0)
    # A time that the clock skips is read with the offset before the change: the digest comes that much later.
    moment = day.astimezone(UTC)
    if moment <= after:
        moment = (day + timedelta(days=1)).astimezone(UTC)
    return moment


def _bounds(hours: str) -> tuple[int, int]:
    start, _, end = hours.partition("-")
    return minute_of_day(start), minute_of_day(end)


def _left(quiet: QuietHours, zone: str, at: datetime) -> int:
    """Minutes of wall clock until the quiet minutes that hold now could end: at their end, or at midnight."""
    local = at.astimezone(ZoneInfo(quiet.zone or zone))
    minute = local.hour * 60 + local.minute
    if quiet.hours is None or WEEKDAYS[local.weekday()] in quiet.days:
        return 24 * 60 - minute
    start, end = _bounds(quiet.hours)
    if start > end and minute >= start:
        return 24 * 60 - minute
    return end - minute
