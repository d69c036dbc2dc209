"""When the demo's technicians work, and who takes a ticket."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from domain.calendars import add_working_minutes, is_working, working_spans
from domain.errors import BadInput
from domain.policy.people import Technician
from domain.policy.policy import Policy
from domain.policy.time import Calendar, SpecialDay

_LOOK_AHEAD = timedelta(days=45)
_PATIENCE_HOURS = 4.0


class Roster:
    """The working hours of every technician: shift without holidays and without leave."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._calendars = {one.id: _without_leave(one, policy) for one in policy.technicians.technicians}

    def works(self, technician: str, at: datetime) -> bool:
        """Whether the technician is at work at `at`."""
        return is_working(self._calendars[technician], at)

    def after(self, technician: str, at: datetime, minutes: float) -> datetime:
        """The moment at which the technician has worked so many minutes since `at`, inside the shift.

        Whole seconds; never the very end of a shift, which is no working time any more.
        """
        done = add_working_minutes(self._calendars[technician], at, max(minutes, 0.2))
        if is_working(self._calendars[technician], done):
            return done.replace(microsecond=0)
        return self.next_at_work(technician, done)

    def next_at_work(self, technician: str, at: datetime) -> datetime:
        """The first moment from `at` on at which the technician is at work."""
        span = next(working_spans(self._calendars[technician], at, at + _LOOK_AHEAD), None)
        if span is None:
            raise BadInput(f"{technician} does not work within 45 days of {at.isoformat()}", mend="shorten the leave")
        return span[0].replace(microsecond=0)

    def within(self, calendar: Calendar, at: datetime, minutes: float) -> datetime:
        """The moment at which so many minutes of another calendar have run since `at`, in whole seconds."""
        return add_working_minutes(calendar, at, minutes).replace(microsecond=0)

    def choose(self, rng: random.Random, team: str, category: str, at: datetime, better: dict[str, float]) -> str:
        """A member of the team with the skill: sooner at work and better at it means likelier."""
        members = [one for one in self._policy.members(team) if not one.skills or category in one.skills]
        if not members:
            raise BadInput(f"nobody in {team} has the skill {category}", mend="correct technicians.yaml or the story")
        starts = {one.id: self.next_at_work(one.id, at) for one in members}
        first = min(starts.values())
        delays = [(starts[one.id] - first).total_seconds() / 3600 for one in members]
        weights = [
            2.0 ** (-delay / _PATIENCE_HOURS) / better.get(one.id, 1.0)
            for one, delay in zip(members, delays, strict=True)
        ]
        return rng.choices(members, weights)[0].id


def _without_leave(technician: Technician, policy: Policy) -> Calendar:
    calendar = policy.calendar_by_id[technician.shift]
    away: list[SpecialDay] = []
    for leave in technician.leave:
        days = (leave.last - leave.first).days + 1
        away += [SpecialDay(date=leave.first + timedelta(days=n), name="leave") for n in range(days)]
    return calendar.model_copy(update={"special_days": (*calendar.special_days, *away)})
