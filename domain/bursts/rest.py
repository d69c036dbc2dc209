"""Days on which nobody works: to the burst watch they are Sundays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.calendars import working_minutes
from domain.policy.policy import Policy
from domain.policy.time import WEEKDAYS, Calendar


def rest_days(policy: Policy) -> Callable[[date], bool]:
    """Whether a day between Monday and Friday has no working minute in any calendar that works on such weekdays."""
    calendars = policy.calendars.calendars

    @lru_cache(maxsize=4000)
    def is_rest(day: date) -> bool:
        usual = [one for one in calendars if one.hours.get(WEEKDAYS[day.weekday()])]
        return day.weekday() < 5 and bool(usual) and not any(_works(one, day) for one in usual)

    return is_rest


def _works(calendar: Calendar, day: date) -> bool:
    zone = ZoneInfo(calendar.zone)
    start, end = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
    return working_minutes(calendar, start, end) > 0
