"""The SLA ledger against an oracle that classifies every single minute of a random life."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.policy.policy import Policy, PolicyFile
from domain.policy.promises import SlasFile, SlaTarget
from domain.policy.time import Calendar, CalendarsFile
from domain.sla.clocks import ClockName, moment_at_percent, sla_clocks
from domain.sla.ledger import ledger
from domain.ticket import Actor, ActorRole, Event, EventKind, Ticket
from tests.properties.test_calendars import calendars, oracle_is_working, weekly_minutes

START = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TARGET = 600


# A minute or two a week never reach the target within the five years that a due moment is looked for.
usable_calendars = calendars(START.date()).filter(lambda calendar: weekly_minutes(calendar) * 200 >= TARGET)

_HAPPENINGS: tuple[tuple[EventKind, str | None], ...] = (
    (EventKind.STATUS, "on hold"),
    (EventKind.STATUS, "open"),
    (EventKind.RESOLVED, None),
    (EventKind.CLOSED, None),
    (EventKind.REOPENED, None),
    (EventKind.REOPENED, "on hold"),
    (EventKind.COMMENT, None),
)


def _policy(calendar: Calendar) -> Policy:
    target = SlaTarget(priority="any", first_response=TARGET, resolution=TARGET, calendar=calendar.id)
    parts: dict[str, Any] = {
        "head": PolicyFile(name="small", version="1.0.0", organisation="Small", zone="UTC"),
        "calendars": CalendarsFile(calendars=(calendar,)),
        "slas": SlasFile(targets=(target,), default_priority="any", pause_in=("on hold",)),
    }
    return Policy.model_construct(None, **parts)


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    offsets = sorted(draw(st.lists(st.integers(0, 2 * 1440), max_size=8)))
    events = [Event(id="created", at=START, kind=EventKind.CREATED)]
    for number, offset in enumerate(offsets):
        kind, to = draw(st.sampled_from(_HAPPENINGS))
        body, role = ("Hello", draw(st.sampled_from(ActorRole))) if kind == EventKind.COMMENT else (None, None)
        actor = Actor(role=role) if role else None
        at = START + offset * MINUTE
        events.append(Event(id=f"e{number}", at=at, kind=kind, to=to, body=body, actor=actor))
    return Ticket(id="t", created_at=START, events=tuple(events))


def oracle_used(ticket: Ticket, calendar: Calendar, minutes: int) -> dict[ClockName, int]:
    """Used minutes of both clocks after so many minutes, one at a time."""
    used: dict[ClockName, int] = {"first_response": 0, "resolution": 0}
    status, ended, answered = "new", False, False
    waiting = list(ticket.events)
    for number in range(minutes):
        now = START + number * MINUTE
        while waiting and waiting[0].at <= now:
            event = waiting.pop(0)
            answered |= event.kind in (EventKind.RESOLVED, EventKind.CLOSED)
            answered |= event.kind == EventKind.COMMENT and event.role == ActorRole.TECHNICIAN
            if event.kind in (EventKind.RESOLVED, EventKind.CLOSED):
                ended = True
            elif event.kind == EventKind.REOPENED:
                ended, status = False, str(event.to or "reopened")
            elif event.kind == EventKind.STATUS:
                status = str(event.to)
        works = oracle_is_working(calendar, now)
        used["first_response"] += works and not answered
        used["resolution"] += works and not ended and status != "on hold"
    return used


@settings(max_examples=100, deadline=None)
@given(tickets(), usable_calendars, st.integers(2 * 1440, 3 * 1440))
def test_used_minutes_are_those_of_the_minute_oracle(ticket: Ticket, calendar: Calendar, minutes: int) -> None:
    found = {c.clock: c for c in sla_clocks(ticket, _policy(calendar), START + minutes * MINUTE)}

    expected = oracle_used(ticket, calendar, minutes)

    assert {name: clock.used_minutes for name, clock in found.items()} == expected
    for name, clock in found.items():
        assert clock.used_percent == expected[name] * 100 // TARGET


@settings(max_examples=100, deadline=None)
@given(tickets(), usable_calendars, st.integers(2 * 1440, 4 * 1440))
def test_the_ledger_has_no_gaps_and_sums_to_what_is_used(ticket: Ticket, calendar: Calendar, minutes: int) -> None:
    policy, at = _policy(calendar), START + minutes * MINUTE
    for clock in sla_clocks(ticket, policy, at):
        rows = ledger(ticket, policy, at, clock.clock)

        assert (rows[0].start, rows[-1].end) == (START, at)
        assert all(before.end == after.start for before, after in pairwise(rows))
        assert sum(row.minutes for row in rows if row.state in ("running", "overdue")) == clock.used_minutes
        assert sum(row.minutes for row in rows if row.state == "running") + clock.remaining_minutes == TARGET
        assert sum(row.minutes for row in rows) == minutes


@settings(max_examples=100, deadline=None)
@given(tickets(), usable_calendars, st.integers(2 * 1440, 3 * 1440), st.integers(1, 200))
def test_if_nothing_changes_a_share_is_reached_when_it_was_said_to_be(
    ticket: Ticket, calendar: Calendar, minutes: int, percent: int
) -> None:
    policy, at = _policy(calendar), START + minutes * MINUTE
    for clock in sla_clocks(ticket, policy, at):
        moment = moment_at_percent(ticket, policy, at, clock.clock, percent)

        assert (moment is not None) == clock.running
        if moment is not None and moment >= at:
            then = next(c for c in sla_clocks(ticket, policy, moment) if c.clock == clock.clock)
            assert then.used_percent == percent
