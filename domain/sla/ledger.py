"""Every minute of a clock, classified: rows that follow each other from creation to the moment somebody looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from domain.base import Moment, Record
from domain.calendars import FreeDay, free_days, working_spans
from domain.policy.policy import Policy
from domain.policy.promises import ClockName
from domain.sla.clocks import SlaClock, reading
from domain.sla.life import ZERO, Life, Period, lives
from domain.ticket import Ticket

RowState = Literal["waiting", "running", "overdue", "paused", "off_hours", "stopped", "cancelled"]
_MINUTE = timedelta(minutes=1)


class LedgerRow(Record):
    """One stretch [start, end) of a clock's life and why it counted or not. Rows follow each other without gaps.

    The `running` rows of the current cycle and what remains sum to the target, exactly; `overdue` rows are working
    time past it.
    """

    start: Moment
    end: Moment
    state: RowState
    minutes: float
    """Length of the row."""
    why: str
    cycle: int
    """How often the clock had started."""
    target: str
    """The target that counted."""
    calendar: str
    policy: str
    """The stamp of the policy that this was read under."""


def ledger(ticket: Ticket, policy: Policy, at: datetime, clock: ClockName) -> tuple[LedgerRow, ...]:
    """Every minute of a clock from creation to `at`, oldest first; empty when the clock is not promised.

    The ticket must already be cut at `at` (`domain.asof.as_of`).
    """
    life = lives(ticket, policy, at).get(clock)
    return rows_of(life, policy.stamp) if life else ()


class Reading(NamedTuple):
    """A clock and its whole ledger, worked out together."""

    clock: SlaClock
    rows: tuple[LedgerRow, ...]


def readings(ticket: Ticket, policy: Policy, at: datetime) -> tuple[Reading, ...]:
    """Every promised clock with its ledger; the ticket as in `ledger`."""
    found = lives(ticket, policy, at).values()
    return tuple(Reading(reading(life), rows_of(life, policy.stamp)) for life in found)


def rows_of(life: Life, stamp: str) -> tuple[LedgerRow, ...]:
    """The rows of a clock's life."""
    return tuple(
        LedgerRow(
            start=one.start, end=one.end, state=one.state, minutes=(one.end - one.start) / _MINUTE, why=one.why,
            cycle=one.period.cycle, target=one.period.target.name, calendar=one.period.calendar.id, policy=stamp,
        )
        for one in _pieces(life)
    )  # fmt: skip


class _Piece(NamedTuple):
    start: datetime
    end: datetime
    state: RowState
    why: str
    period: Period


def _pieces(life: Life) -> Iterator[_Piece]:
    for cycle in life.cycles:
        left = _allowance(life, cycle)
        for period in cycle:
            yield from _split(period, left)
            left -= period.taken


def _allowance(life: Life, cycle: tuple[Period, ...]) -> timedelta:
    """What the cycle may take before it is overdue: the target that it is, or was last, read under."""
    allowed = life.allowed if cycle is life.current else cycle[-1].allowed
    return timedelta.max if allowed is None else allowed


def _split(period: Period, left: timedelta) -> Iterator[_Piece]:
    if period.state != "running":
        if period.start < period.end:
            yield _Piece(period.start, period.end, period.state, period.why, period)
        return
    start, calendar = period.start, period.calendar
    for first, last in working_spans(calendar, period.start, period.end):
        if start < first:
            yield _Piece(start, first, "off_hours", _why_off(period, start, first), period)
        yield from _working(period, first, last, left)
        left -= last - first
        start = last
    if start < period.end:
        yield _Piece(start, period.end, "off_hours", _why_off(period, start, period.end), period)


def _working(period: Period, first: datetime, last: datetime, left: timedelta) -> Iterator[_Piece]:
    """One span of working time, cut where the target is used up."""
    split = min(first + left, last) if left > ZERO and left < last - first else (last if left > ZERO else first)
    hours = f"working hours of calendar {period.calendar.id!r}"
    if first < split:
        yield _Piece(first, split, "running", hours, period)
    if split < last:
        yield _Piece(split, last, "overdue", f"{hours}, past the target {period.target.name!r}", period)


def _why_off(period: Period, start: datetime, end: datetime) -> str:
    free = [_told(day) for day in free_days(period.calendar, start, end)]
    also = f" ({'; '.join(free)})" if free else ""
    return f"outside the working hours of calendar {period.calendar.id!r}{also}"


def _told(day: FreeDay) -> str:
    kind = "short day" if day.hours else "holiday"
    return f"{kind}: {day.date.isoformat()}{f' {day.name}' if day.name else ''}"
