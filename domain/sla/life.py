"""A clock from creation to the moment somebody looks: its periods, what each took, when the target was used up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from domain.calendars import add_working_time, working_time
from domain.newest import KEPT_LONG, remembered, remembering
from domain.policy.policy import Policy
from domain.policy.promises import CLOCKS, ClockName, SlaTarget
from domain.policy.time import Calendar
from domain.sla.turns import State, Turn, turns
from domain.ticket import Ticket

ZERO = timedelta()


class Period(NamedTuple):
    """A stretch [start, end) in which a clock ran, stood still, had stopped or had not started."""

    start: datetime
    end: datetime
    state: State
    why: str
    target: SlaTarget
    """The target that counts in it."""
    calendar: Calendar
    cycle: int
    allowed: timedelta | None
    """What that target promises; none when it promises nothing for this clock."""
    taken: timedelta = ZERO
    """What the period takes from the target: its working time, nothing unless the clock ran."""


@dataclass(frozen=True)
class Life:
    """One clock of one ticket. Periods have no gaps; the last is where the clock stands now and may be empty."""

    clock: ClockName
    at: datetime
    periods: tuple[Period, ...]
    target: SlaTarget
    """The promise that the clock is read under."""
    allowed: timedelta

    @property
    def now(self) -> Period:
        """Where the clock stands."""
        return self.periods[-1]

    @property
    def running(self) -> bool:
        """Neither waiting nor paused nor over; true outside working hours as well."""
        return self.now.state == "running"

    @cached_property
    def current(self) -> tuple[Period, ...]:
        """The periods since the clock last started anew."""
        return self.cycles[-1]

    @cached_property
    def cycles(self) -> tuple[tuple[Period, ...], ...]:
        """The periods of each cycle, oldest first."""
        found: list[list[Period]] = []
        for period in self.periods:
            if not found or found[-1][-1].cycle != period.cycle:
                found.append([])
            found[-1].append(period)
        return tuple(tuple(cycle) for cycle in found)

    @cached_property
    def used(self) -> timedelta:
        """Working time that the current cycle has taken."""
        return sum((period.taken for period in self.current), ZERO)

    @cached_property
    def started_at(self) -> datetime | None:
        """When the current cycle began; none before the clock first starts."""
        return next((period.start for period in self.current if period.state in ("running", "paused")), None)

    @cached_property
    def breached_at(self) -> datetime | None:
        """When the current cycle had used its target up and ran on."""
        return breach(self.current)

    @cached_property
    def earlier_breaches(self) -> tuple[datetime, ...]:
        """The same of the cycles before it."""
        found = (breach(cycle) for cycle in self.cycles[:-1])
        return tuple(moment for moment in found if moment is not None)

    def reached(self, amount: timedelta) -> datetime:
        """When the current cycle of a running clock has taken `amount`, going on as it stands now.

        Raises `BadPolicy` when its calendar does not get there within five years.
        """
        left = amount
        for period in self.current[:-1]:
            worked = period.taken
            if worked and worked >= left:
                return add_working_time(period.calendar, period.start, left)
            left -= worked
        return add_working_time(self.now.calendar, self.now.start, left, known_at=self.at)


@remembered
def lives(ticket: Ticket, policy: Policy, at: datetime) -> Mapping[ClockName, Life]:
    """The clocks that are promised to a ticket, which must already be cut at `at`; first response first."""
    found = {name: _life(name, turned, policy, at) for name, turned in turns(ticket, policy).items()}
    return {name: life for name in CLOCKS if (life := found[name]) is not None}


def breach(cycle: tuple[Period, ...]) -> datetime | None:
    """When the target in force was used up with the clock running on; exactly on time is in time."""
    used = ZERO
    for period in cycle:
        worked = period.taken
        if period.state == "running" and period.allowed is not None and used + worked >= period.allowed:
            due = add_working_time(period.calendar, period.start, period.allowed - used)
            if due < period.end:
                return due
        used += worked
    return None


def _life(name: ClockName, turned: tuple[Turn, ...], policy: Policy, at: datetime) -> Life | None:
    target = turned[-1].target
    minutes = target.minutes(name)
    if minutes is None:
        return None
    return Life(name, at, _periods(name, turned, policy, at), target, timedelta(minutes=minutes))


def _periods(name: ClockName, turned: tuple[Turn, ...], policy: Policy, at: datetime) -> tuple[Period, ...]:
    before, last = _passed(name, turned, policy)
    periods = list(before)
    _add(periods, last._replace(end=max(last.start, at.astimezone(UTC))))
    periods[-1] = _counted(periods[-1])
    return tuple(periods)


@remembering(KEPT_LONG)
def _passed(name: ClockName, turned: tuple[Turn, ...], policy: Policy) -> tuple[tuple[Period, ...], Period]:
    """The periods that are over whenever somebody looks, and the last one, which is empty yet."""
    periods: list[Period] = []
    start = turned[0].at.astimezone(UTC)
    *earlier, (latest, target) = zip(turned, _counted_under(turned, policy), strict=True)
    for (turn, counts), following in zip(earlier, turned[1:], strict=True):
        end = max(start, following.at.astimezone(UTC))
        if start < end:
            _add(periods, _period(name, turn, counts, policy, start, end))
        start = end
    return tuple(map(_counted, periods)), _period(name, latest, target, policy, start, start)


def _counted(period: Period) -> Period:
    return period._replace(taken=_taken(period)) if period.state == "running" else period


def _taken(period: Period) -> timedelta:
    return working_time(period.calendar, period.start, period.end)


def _counted_under(turned: tuple[Turn, ...], policy: Policy) -> Iterator[SlaTarget]:
    """The target that each turn counts under: its own with `forward`, else the last of its cycle."""
    if policy.slas.on_target_change == "forward":
        return (turn.target for turn in turned)
    last = {turn.cycle: turn.target for turn in turned}
    return (last[turn.cycle] for turn in turned)


def _period(
    name: ClockName, turn: Turn, target: SlaTarget, policy: Policy, start: datetime, end: datetime
) -> Period:  # fmt: skip
    minutes = target.minutes(name)
    allowed = None if minutes is None else timedelta(minutes=minutes)
    calendar = policy.calendar_by_id[target.calendar_of(name)]
    return Period(start, end, turn.state, turn.why, target, calendar, turn.cycle, allowed)


def _add(periods: list[Period], period: Period) -> None:
    last = periods[-1] if periods else None
    if last is not None and last.target is period.target and _same(last, period):
        periods[-1] = last._replace(end=period.end)
    else:
        periods.append(period)


def _same(last: Period, period: Period) -> bool:
    return (last.state, last.why, last.cycle) == (period.state, period.why, period.cycle)
