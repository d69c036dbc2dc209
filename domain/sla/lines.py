"""The SLA lines of the points table: which one a ticket has reached, and when it will cross the next."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from domain.newest import remembered
from domain.policy.policy import Policy
from domain.sla.clocks import SlaClock, sla_clocks, sla_moments
from domain.ticket import Ticket


@remembered
def pressing_clock(ticket: Ticket, policy: Policy, at: datetime) -> SlaClock | None:
    """The clock that has started, not stopped, and used the most of its target; none when there is no such clock."""
    clocks = [one for one in sla_clocks(ticket, policy, at) if one.stopped_at is None and one.started_at is not None]
    return max(clocks, key=lambda clock: clock.used_percent, default=None)


@remembered
def next_sla_moment(ticket: Ticket, policy: Policy, at: datetime) -> datetime | None:
    """The earliest moment after `at` at which a running clock crosses a line of the points table, or its calendar is
    known to say something new."""
    moments = sla_moments(ticket, policy, at, tuple(line.at_percent for line in policy.risk.sla))
    return moments[0] if moments else None


def local_time(moment: datetime, policy: Policy, seen_from: datetime) -> str:
    """A moment as people of the organisation read it: '14:10 CEST', with the date when it is another day."""
    zone = ZoneInfo(policy.head.zone)
    local = moment.astimezone(zone)
    if local.date() == seen_from.astimezone(zone).date():
        return f"{local:%H:%M %Z}"
    return f"{local:%Y-%m-%d %H:%M %Z}"
