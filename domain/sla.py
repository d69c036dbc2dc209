"""The SLA clocks of a ticket, computed from its events whenever somebody looks; nothing is counted along the way.

What runs, pauses and stops a clock:

- *Resolution* runs from creation, stands still in the statuses of `slas.pause_in` (case ignored), stops when the
  ticket is resolved or closed, and goes on where it stopped when the ticket is reopened.
- *First response* runs from creation and stops for good at the first public message of a technician, or when the
  ticket is resolved or closed. Messages of software and internal notes are no answers. It does not pause.
- A priority change re-targets the whole clock: target and calendar are those of the new priority, counted from
  creation, as if the ticket had had it all along. A change after a clock stopped does not touch that clock unless it
  runs again.
- A priority that `slas.targets` does not name counts as `slas.default_priority`; case is ignored.
- Exactly on time is in time: a clock is breached as soon as it runs on past the moment at which its target was used up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Literal

from domain.base import Moment, Record
from domain.calendars import add_working_time, holidays_between, working_spans, working_time
from domain.errors import BadPolicy
from domain.policy.policy import Policy
from domain.policy.time import Calendar, SlaTarget
from domain.ticket import ActorRole, Event, EventKind, Ticket

ClockName = Literal["first_response", "resolution"]
CLOCKS: tuple[ClockName, ...] = ("first_response", "resolution")

_MINUTE = timedelta(minutes=1)


class LedgerRow(Record):
    """One stretch [start, end) of a clock's life and why it counted or not. Rows follow each other without gaps."""

    start: Moment
    end: Moment
    state: Literal["running", "paused", "off_hours", "stopped"]
    minutes: float
    """Length of the row. Rows that are `running` lie in working hours and sum to the clock's used minutes."""
    why: str


class SlaClock(Record):
    """One promise and how much of it is used up, in working minutes of `calendar`."""

    clock: ClockName
    target_minutes: int
    used_minutes: float
    used_percent: int
    """Rounded down: 100 means that the whole target is used."""
    started_at: Moment
    due_at: Moment | None
    """When the target is used up if nothing changes; none while paused or stopped."""
    breached: bool
    breached_at: Moment | None
    """When it was used up with the clock running on."""
    stopped_at: Moment | None
    running: bool
    """Neither paused nor stopped; true outside working hours as well."""
    priority: str
    """The priority of `slas.targets` whose promise this is."""
    calendar: str


def sla_clocks(ticket: Ticket, policy: Policy, at: datetime) -> tuple[SlaClock, ...]:
    """Both clocks at `at`, first response first. The ticket must already be cut at `at` (`domain.asof.as_of`).

    Raises `BadPolicy` when a running clock's calendar does not reach the target within five years.
    """
    return tuple(_reading(_life(ticket, policy, at, name), name) for name in CLOCKS)


def ledger(ticket: Ticket, policy: Policy, at: datetime, clock: ClockName) -> tuple[LedgerRow, ...]:
    """Every minute of a clock from creation to `at`, classified, oldest first; the ticket as in `sla_clocks`."""
    life = _life(ticket, policy, at, clock)
    return tuple(row for period in life.periods for row in _rows(period, life.calendar))


def moment_at_percent(ticket: Ticket, policy: Policy, at: datetime, clock: ClockName, percent: int) -> datetime | None:
    """When the clock reaches that share of its target if nothing changes; in the past when it already has.

    None when the clock is paused or stopped, or when its calendar does not get there within five years.
    """
    life = _life(ticket, policy, at, clock)
    if not life.running:
        return None
    try:
        return _reached(life, life.allowed * percent / 100)
    except BadPolicy:
        return None


State = Literal["running", "paused", "stopped"]


@dataclass(frozen=True)
class _Period:
    """A stretch of time in which a clock ran, stood still or had stopped."""

    start: datetime
    end: datetime
    state: State
    why: str


@dataclass(frozen=True)
class _Life:
    """A clock from creation to the moment somebody looks."""

    periods: tuple[_Period, ...]
    """Without gaps; the last is where the clock stands now and may be empty."""
    target: SlaTarget
    allowed: timedelta
    calendar: Calendar

    @property
    def running(self) -> bool:
        return self.periods[-1].state == "running"

    @cached_property
    def worked(self) -> tuple[timedelta, ...]:
        """What each period takes from the target; nothing unless it ran."""
        return tuple(
            working_time(self.calendar, period.start, period.end) if period.state == "running" else timedelta()
            for period in self.periods
        )

    @property
    def used(self) -> timedelta:
        return sum(self.worked, timedelta())


@dataclass(frozen=True)
class _Turn:
    """Where an event leaves a clock."""

    at: datetime
    state: State
    why: str
    priority: str | None


def _reading(life: _Life, name: ClockName) -> SlaClock:
    now, used, breached_at = life.periods[-1], life.used, _breach(life)
    return SlaClock(
        clock=name,
        target_minutes=life.allowed // _MINUTE,
        used_minutes=used / _MINUTE,
        used_percent=used * 100 // life.allowed,
        started_at=life.periods[0].start,
        due_at=(breached_at or _reached(life, life.allowed)) if life.running else None,
        breached=breached_at is not None,
        breached_at=breached_at,
        stopped_at=now.start if now.state == "stopped" else None,
        running=life.running,
        priority=life.target.priority,
        calendar=life.target.calendar,
    )


def _reached(life: _Life, amount: timedelta) -> datetime:
    """When a running clock has used `amount`, going on as it stands now."""
    left = amount
    for period, worked in zip(life.periods[:-1], life.worked, strict=False):
        if worked and worked >= left:
            return add_working_time(life.calendar, period.start, left)
        left -= worked
    return add_working_time(life.calendar, life.periods[-1].start, left)


def _breach(life: _Life) -> datetime | None:
    """When the target was used up with the clock running on."""
    left = life.allowed
    for period, worked in zip(life.periods, life.worked, strict=True):
        if period.state == "running" and worked >= left:
            due = add_working_time(life.calendar, period.start, left)
            if due < period.end:
                return due
        left -= worked
    return None


def _life(ticket: Ticket, policy: Policy, at: datetime, name: ClockName) -> _Life:
    turns = list(_turns(ticket, policy, name))
    priority = turns[0].priority
    for before, turn in pairwise(turns):
        if before.state != "stopped" or turn.state != "stopped":
            priority = turn.priority
    target = _target(policy, priority)
    minutes = target.first_response if name == "first_response" else target.resolution
    calendar = policy.calendar_by_id[target.calendar]
    return _Life(_periods(turns, at), target, timedelta(minutes=minutes), calendar)


def _target(policy: Policy, priority: str | None) -> SlaTarget:
    targets = {target.priority.casefold(): target for target in policy.slas.targets}
    found = targets.get(priority.casefold()) if priority else None
    return found or targets[policy.slas.default_priority.casefold()]


def _periods(turns: list[_Turn], at: datetime) -> tuple[_Period, ...]:
    periods: list[_Period] = []
    start = turns[0].at.astimezone(UTC)
    for turn, following in zip(turns, [*turns[1:], None], strict=True):
        end = max(start, (following.at if following else at).astimezone(UTC))
        if periods and (periods[-1].state, periods[-1].why) == (turn.state, turn.why):
            periods[-1] = replace(periods[-1], end=end)
        elif start < end or following is None:
            periods.append(_Period(start, end, turn.state, turn.why))
        start = end
    return tuple(periods)


def _turns(ticket: Ticket, policy: Policy, name: ClockName) -> Iterator[_Turn]:
    pausing = {status.casefold() for status in policy.slas.pause_in} if name == "resolution" else set[str]()
    status, priority, stopped = "new", ticket.priority, ""
    yield _Turn(ticket.created_at, *_state(status, stopped, pausing), priority)
    for event in ticket.events:
        status = _status_after(status, event)
        if event.kind == EventKind.PRIORITY and event.to is not None:
            priority = str(event.to)
        stopped = _stop_after(stopped, event, name)
        yield _Turn(event.at, *_state(status, stopped, pausing), priority)


def _state(status: str, stopped: str, pausing: set[str]) -> tuple[State, str]:
    if stopped:
        return "stopped", stopped
    if status.casefold() in pausing:
        return "paused", f"the status {status!r} pauses the clock"
    return "running", ""


def _status_after(status: str, event: Event) -> str:
    if event.kind in (EventKind.STATUS, EventKind.REOPENED) and event.to is not None:
        return str(event.to)
    return "reopened" if event.kind == EventKind.REOPENED else status


def _stop_after(stopped: str, event: Event, name: ClockName) -> str:
    """Why the clock stands stopped after an event; empty when it does not."""
    if name == "resolution" and event.kind == EventKind.REOPENED:
        return ""
    if stopped:
        return stopped
    if event.kind in (EventKind.RESOLVED, EventKind.CLOSED):
        return f"{event.kind.value} with event {event.id}"
    if name == "first_response" and _is_answer(event):
        return f"answered with event {event.id}"
    return ""


def _is_answer(event: Event) -> bool:
    return event.is_message and not event.is_internal and event.role == ActorRole.TECHNICIAN


def _rows(period: _Period, calendar: Calendar) -> Iterator[LedgerRow]:
    if period.state != "running":
        if period.start < period.end:
            yield _row(period.start, period.end, period.state, period.why)
        return
    start = period.start
    for first, last in working_spans(calendar, period.start, period.end):
        if start < first:
            yield _row(start, first, "off_hours", _why_off(calendar, start, first))
        yield _row(first, last, "running", f"working hours of calendar {calendar.id!r}")
        start = last
    if start < period.end:
        yield _row(start, period.end, "off_hours", _why_off(calendar, start, period.end))


def _row(
    start: datetime, end: datetime, state: Literal["running", "paused", "off_hours", "stopped"], why: str
) -> LedgerRow:
    return LedgerRow(start=start, end=end, state=state, minutes=(end - start) / _MINUTE, why=why)


def _why_off(calendar: Calendar, start: datetime, end: datetime) -> str:
    free = [day.isoformat() for day in holidays_between(calendar, start, end)]
    also = f" (holiday: {', '.join(free)})" if free else ""
    return f"outside the working hours of calendar {calendar.id!r}{also}"
