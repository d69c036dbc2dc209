"""The SLA lines of the points table: which one a ticket has reached, and when it will cross the next."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from domain.policy.policy import Policy
from domain.sla import SlaClock, moment_at_percent, sla_clocks
from domain.ticket import Ticket


def pressing_clock(ticket: Ticket, policy: Policy, at: datetime) -> SlaClock | None:
    """The clock that has not stopped and has used more of its target; none when both have stopped."""
    clocks = [clock for clock in sla_clocks(ticket, policy, at) if clock.stopped_at is None]
    return max(clocks, key=lambda clock: clock.used_percent, default=None)


def next_sla_moment(ticket: Ticket, policy: Policy, at: datetime) -> datetime | None:
    """The earliest moment after `at` at which a running clock crosses a line of the points table."""
    moments = [
        moment_at_percent(ticket, policy, at, clock.clock, line.at_percent)
        for clock in sla_clocks(ticket, policy, at)
        if clock.running
        for line in policy.risk.sla
        if line.at_percent > clock.used_percent
    ]
    return min((moment for moment in moments if moment is not None and moment > at), default=None)


def local_time(moment: datetime, policy: Policy, seen_from: datetime) -> str:
    """A moment as people of the organisation read it: '14:10 CEST', with the date when it is another day."""
    zone = ZoneInfo(policy.head.zone)
    local = moment.astimezone(zone)
    if local.date() == seen_from.astimezone(zone).date():
        return f"{local:%H:%M %Z}"
    return f"{local:%Y-%m-%d %H:%M %Z}"
