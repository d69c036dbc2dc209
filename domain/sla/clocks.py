"""The SLA clocks of a ticket, computed from its events whenever somebody looks; nothing is counted along the way.

The semantics table is docs/explanation/sla.md; `slas.yaml` chooses among them (`domain.policy.promises`). In short:

- *First response* stops for good at the first public message of a technician, or when the ticket ends.
- *Next response* starts with a message of the requester after that and stops with the next answer; more messages in
  between keep the first start.
- *Resolution* stops when the ticket is resolved or closed and goes on, or starts anew, when it is reopened.
- No clock ever touches another.
- What another priority, category, team or an event that names a target changes is said by `on_target_change`; after a
  clock stopped nothing does, unless it runs again.
- Minutes are counted by what the calendar was known to say when they passed; what lies ahead by what is known at the
  moment of looking. So a reading at a moment is the same whenever it is asked for.
- Exactly on time is in time: a clock is breached as soon as it runs on past the moment at which its target was used up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from domain.base import Moment, Record
from domain.calendars import is_working, next_news
from domain.errors import BadPolicy
from domain.newest import remembered
from domain.policy.policy import Policy
from domain.policy.promises import CLOCKS, ClockName
from domain.sla.life import ZERO, Life, lives
from domain.ticket import Ticket

__all__ = [
    "CLOCKS",
    "ClockName",
    "ClockStatus",
    "SlaClock",
    "moment_at_percent",
    "reading",
    "sla_clocks",
    "sla_moments",
]

ClockStatus = Literal["waiting", "running", "off_hours", "paused", "stopped", "cancelled"]
"""Where a clock stands. `waiting`: not started; `off_hours`: it runs, but nobody works now."""

_MINUTE = timedelta(minutes=1)


class SlaClock(Record):
    """One promise and how much of it is used up, in working minutes of `calendar`."""

    clock: ClockName
    status: ClockStatus
    target_minutes: int
    used_minutes: float
    """May go past the target."""
    remaining_minutes: float
    """What is left of the target; 0 when it is used up."""
    used_percent: int
    """Rounded down: 100 means that the whole target is used."""
    started_at: Moment | None
    """When the clock last started; none before it did."""
    due_at: Moment | None
    """When the target is used up if nothing changes; none unless the clock runs and its calendar gets there within five
    years."""
    breached: bool
    breached_at: Moment | None
    """When it was used up with the clock running on."""
    earlier_breaches: tuple[Moment, ...]
    """The same of earlier cycles: a clock that starts anew keeps what was broken before."""
    stopped_at: Moment | None
    """When it stopped or was cancelled."""
    running: bool
    """Started, and neither paused nor over; true outside working hours as well."""
    cycle: int
    """How often it has started; 0 before it did."""
    target: str
    """The id of the target of slas.yaml."""
    priority: str
    """The priority of that target; its id when it has none."""
    calendar: str


@remembered
def sla_clocks(ticket: Ticket, policy: Policy, at: datetime) -> tuple[SlaClock, ...]:
    """Every promised clock at `at`, first response first. The ticket must be cut at `at` (`domain.asof.as_of`)."""
    return tuple(reading(life) for life in lives(ticket, policy, at).values())


def moment_at_percent(ticket: Ticket, policy: Policy, at: datetime, clock: ClockName, percent: int) -> datetime | None:
    """When the clock reaches that share of its target if nothing changes; in the past when it already has.

    None when the clock is not promised or does not run, or when its calendar does not get there within five years.
    """
    life = lives(ticket, policy, at).get(clock)
    return _at_percent(life, percent) if life else None


def sla_moments(ticket: Ticket, policy: Policy, at: datetime, percents: tuple[int, ...]) -> tuple[datetime, ...]:
    """The moments after `at` at which a running clock crosses one of these shares, or at which more becomes known
    about its calendar (which may move the others), earliest first."""
    found = set()
    for life in lives(ticket, policy, at).values():
        if life.running:
            ahead = {_at_percent(life, percent) for percent in percents if life.allowed * percent > life.used * 100}
            found |= ahead | ({next_news(life.now.calendar, at)} if ahead else set())
    return tuple(sorted(moment for moment in found if moment is not None and moment > at))


def _at_percent(life: Life, percent: int) -> datetime | None:
    if not life.running:
        return None
    try:
        return life.reached(life.allowed * percent / 100)
    except BadPolicy:
        return None


def reading(life: Life) -> SlaClock:
    """What a clock says at the moment its life is looked at."""
    now, used = life.now, life.used
    over = now.state in ("stopped", "cancelled")
    return SlaClock(
        clock=life.clock,
        status=_status(life),
        target_minutes=life.allowed // _MINUTE,
        used_minutes=used / _MINUTE,
        remaining_minutes=max(life.allowed - used, ZERO) / _MINUTE,
        used_percent=used * 100 // life.allowed,
        started_at=life.started_at,
        due_at=_at_percent(life, 100),
        breached=life.breached_at is not None,
        breached_at=life.breached_at,
        earlier_breaches=life.earlier_breaches,
        stopped_at=now.start if over else None,
        running=life.running,
        cycle=now.cycle,
        target=life.target.name,
        priority=life.target.priority or life.target.name,
        calendar=life.target.calendar_of(life.clock),
    )


def _status(life: Life) -> ClockStatus:
    state = life.now.state
    if state == "running":
        return "running" if is_working(life.now.calendar, life.at) else "off_hours"
    return state
