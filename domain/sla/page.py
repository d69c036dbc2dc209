"""SLA ledgers for people: a page of text for a ticket, and the explanation of any one minute."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.base import Moment, Record
from domain.errors import BadInput
from domain.policy.policy import Policy
from domain.policy.promises import ClockName
from domain.policy.time import Calendar
from domain.sla.clocks import SlaClock
from domain.sla.ledger import LedgerRow, Reading, RowState, readings, rows_of
from domain.sla.life import Life, lives
from domain.ticket import Ticket

_MINUTE = timedelta(minutes=1)
_COUNTED: tuple[RowState, ...] = ("running", "overdue")


class MinuteExplained(Record):
    """Why one moment counted for a clock, or did not."""

    clock: ClockName
    minute: Moment
    local: str
    """What the wall clock of the calendar showed, with its offset."""
    state: RowState
    why: str
    """The rule, calendar or event that made it so, and what about the day was known only later."""
    row_start: Moment
    row_end: Moment
    cycle: int
    used_before: float
    """Working minutes that the cycle had used by then."""
    target: str
    target_minutes: int
    calendar: str
    policy: str
    text: str
    """All of it in one sentence."""


def explain(ticket: Ticket, policy: Policy, at: datetime, minute: datetime) -> tuple[MinuteExplained, ...]:
    """What each promised clock did at `minute`, as read at `at`; the ticket must be cut at `at`.

    Raises `BadInput` when the minute lies before the ticket's creation or not before `at`.
    """
    if not ticket.created_at <= minute < at:
        raise BadInput(
            f"{minute.isoformat()} lies outside the ledger, which runs from {_utc(ticket.created_at)} to {_utc(at)}",
            mend="ask for a moment in between, or read the ledger at a later moment",
        )
    return tuple(_explained(life, policy, minute) for life in lives(ticket, policy, at).values())


def _explained(life: Life, policy: Policy, minute: datetime) -> MinuteExplained:
    rows = rows_of(life, policy.stamp)
    row = next(one for one in rows if one.start <= minute < one.end)
    calendar = policy.calendar_by_id[row.calendar]
    before = (one for one in rows if one.cycle == row.cycle and one.state in _COUNTED and one.start < minute)
    used = sum((min(one.end, minute) - one.start for one in before), timedelta()) / _MINUTE
    target = next((one.allowed for one in life.periods if one.target.name == row.target and one.allowed), life.allowed)
    local = wall(minute, calendar.zone, offset=True)
    why = "; ".join([row.why, *_learned_later(calendar, minute)])
    return MinuteExplained(
        clock=life.clock, minute=minute, local=local, state=row.state, why=why, row_start=row.start, row_end=row.end,
        cycle=row.cycle, used_before=used, target=row.target, target_minutes=target // _MINUTE, calendar=row.calendar,
        policy=row.policy,
        text=f"{_named(life.clock)} at {local}: {_state(row.state)}, {why}; {used:g} of {target // _MINUTE} minutes of "
        f"target {row.target!r} were used by then.",
    )  # fmt: skip


def _learned_later(calendar: Calendar, minute: datetime) -> Iterator[str]:
    """What is known about that day by now and was not when the minute passed."""
    day = minute.astimezone(ZoneInfo(calendar.zone)).date()
    for one in calendar.special_days:
        if one.date == day and one.known_from is not None and one.known_from > minute:
            told = f" ({one.name})" if one.name else ""
            yield f"other hours for {day.isoformat()}{told} are known only from {wall(one.known_from, calendar.zone)}"
    for change in calendar.changes:
        if change.first <= day and change.known_from is not None and change.known_from > minute:
            since = wall(change.known_from, calendar.zone)
            yield f"other weekly hours from {change.first.isoformat()} on are known only from {since}"


def sla_page(
    ticket: Ticket, policy: Policy, at: datetime, found: Iterable[Reading] | None = None, note: str = ""
) -> str:
    """Every clock and every row of its ledger as a page of text; times in the zone of the clock's calendar.

    `found` is given when other clocks than the ticket's own count, with a `note` that says which.
    """
    zone = policy.head.zone
    lines = [f"Ticket {ticket.id}, read at {wall(at, zone)} under policy {policy.stamp}"]
    lines += [note] if note else []
    for one in readings(ticket, policy, at) if found is None else found:
        lines += ["", *_clock_lines(one.clock, one.rows, policy)]
    return "\n".join(lines) + "\n"


def _clock_lines(clock: SlaClock, rows: tuple[LedgerRow, ...], policy: Policy) -> Iterator[str]:
    zone = policy.calendar_by_id[clock.calendar].zone
    yield f"{_named(clock.clock).upper()}: {', '.join(_headline(clock, zone))}"
    yield f"target {clock.target!r}, {clock.target_minutes} minutes of calendar {clock.calendar!r} ({zone})"
    if rows:
        yield f"{'from':<24}{'to':<24}{'minutes':>12}  {'state':<10}why"
    for row in rows:
        local = policy.calendar_by_id[row.calendar].zone
        start, end = wall(row.start, local), wall(row.end, local)
        yield f"{start:<24}{end:<24}{row.minutes:>12.6g}  {_state(row.state):<10}{row.why}"
    counted = (row.end - row.start for row in rows if row.state == "running" and row.cycle == clock.cycle)
    running = sum(counted, timedelta()) / _MINUTE
    anew = f" since the clock started anew ({clock.cycle})" if clock.cycle > 1 else ""
    yield f"{running:g} running{anew} + {clock.remaining_minutes:g} remaining = {clock.target_minutes} target"


def _headline(clock: SlaClock, zone: str) -> Iterator[str]:
    yield _state(clock.status)
    yield f"{clock.used_minutes:g} of {clock.target_minutes} minutes used ({clock.used_percent} %)"
    if clock.due_at is not None:
        yield f"due {wall(clock.due_at, zone)}"
    if clock.stopped_at is not None:
        yield f"since {wall(clock.stopped_at, zone)}"
    if clock.breached_at is not None:
        yield f"breached {wall(clock.breached_at, zone)}"
    for moment in clock.earlier_breaches:
        yield f"breached before it started anew, {wall(moment, zone)}"


def wall(moment: datetime, zone: str, *, offset: bool = False) -> str:
    """What the clock on the wall shows, always with its zone: '2026-10-25 02:30 CEST'."""
    local = moment.astimezone(ZoneInfo(zone))
    time = f"{local:%H:%M}" if not local.second and not local.microsecond else f"{local:%H:%M:%S}"
    text = f"{local:%Y-%m-%d} {time} {local:%Z}"
    shift = f"{local:%z}"
    return f"{text} ({local:%a}, {zone}, UTC{shift[:3]}:{shift[3:5]})" if offset else text


def _state(state: str) -> str:
    return state.replace("_", " ")


def _named(clock: ClockName) -> str:
    return clock.replace("_", " ").capitalize()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
