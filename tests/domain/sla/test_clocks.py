"""SLA clocks: what runs, what pauses, what stops, and when a promise is broken."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.asof import as_of
from domain.policy.policy import Policy, PolicyFile
from domain.policy.promises import SlasFile, SlaTarget
from domain.policy.time import WEEKDAYS, Calendar, CalendarsFile
from domain.sla.clocks import ClockName, SlaClock, moment_at_percent, sla_clocks
from domain.sla.ledger import ledger
from domain.ticket import Actor, ActorRole, Event, EventKind, Ticket

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=BERLIN)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def policy() -> Policy:
    office = Calendar(
        id="office",
        zone="Europe/Berlin",
        hours=dict.fromkeys(WEEKDAYS[:5], ("08:00-16:00",)),
        holidays=(date(2026, 12, 25),),
    )
    always = Calendar(
        id="always",
        zone="UTC",
        hours=dict.fromkeys(WEEKDAYS, ("00:00-24:00",)),
    )
    targets = (
        SlaTarget(priority="Critical", first_response=15, resolution=240, calendar="always"),
        SlaTarget(priority="Normal", first_response=60, resolution=480, calendar="office"),
    )
    parts: dict[str, Any] = {
        "head": PolicyFile(name="small", version="1.0.0", organisation="Small", zone="UTC"),
        "calendars": CalendarsFile(calendars=(office, always)),
        "slas": SlasFile(targets=targets, default_priority="normal", pause_in=("Waiting for requester",)),
    }
    return Policy.model_construct(None, **parts)


def event(
    after: timedelta,
    kind: EventKind,
    *,
    to: str | None = None,
    role: ActorRole | None = None,
    body: str | None = None,
    internal: bool = False,
) -> Event:
    return Event(
        id=f"e{int(after / MINUTE)}-{kind.value}",
        at=MONDAY + after,
        kind=kind,
        to=to,
        body=body,
        actor=Actor(role=role) if role else None,
        visibility="internal" if internal else "public",
    )


def ticket(*events: Event, priority: str | None = "normal") -> Ticket:
    created = event(timedelta(), EventKind.CREATED, role=ActorRole.REQUESTER, body="It is broken.")
    return Ticket(id="t1", created_at=MONDAY, priority=priority, events=(created, *events))


def clock(given: Ticket, at: datetime, name: ClockName = "resolution") -> SlaClock:
    return next(found for found in sla_clocks(as_of(given, at), policy(), at) if found.clock == name)


def test_a_running_clock_says_how_much_is_used_and_when_it_is_due() -> None:
    found = clock(ticket(), MONDAY + 2 * HOUR)

    assert (found.used_minutes, found.used_percent, found.target_minutes) == (120, 25, 480)
    assert found.due_at == MONDAY + 8 * HOUR
    assert found.running
    assert not found.breached
    assert (found.priority, found.calendar) == ("Normal", "office")


def test_exactly_on_time_is_in_time() -> None:
    due = MONDAY + 8 * HOUR

    assert not clock(ticket(), due).breached
    assert clock(ticket(), due).used_percent == 100
    assert not clock(ticket(event(8 * HOUR, EventKind.RESOLVED)), due + HOUR).breached


def test_the_first_moment_after_the_target_breaks_the_promise_even_at_night() -> None:
    found = clock(ticket(), MONDAY + 8 * HOUR + timedelta.resolution)

    assert found.breached
    assert found.breached_at == found.due_at == MONDAY + 8 * HOUR


def test_a_late_resolution_stays_a_breach_for_ever() -> None:
    late = ticket(event(9 * HOUR, EventKind.RESOLVED))

    found = clock(late, MONDAY + timedelta(days=30))

    assert found.breached
    assert found.stopped_at == MONDAY + 9 * HOUR
    assert found.due_at is None
    assert not found.running


def test_waiting_for_the_requester_pauses_only_the_resolution_clock() -> None:
    waiting = ticket(event(HOUR, EventKind.STATUS, to="WAITING for requester"))
    at = MONDAY + 5 * HOUR

    resolution, first = clock(waiting, at), clock(waiting, at, "first_response")

    assert (resolution.used_minutes, resolution.due_at, resolution.running) == (60, None, False)
    assert first.breached
    assert first.used_minutes == 300


def test_a_paused_clock_goes_on_where_it_stood() -> None:
    answered = ticket(
        event(HOUR, EventKind.STATUS, to="waiting for requester"),
        event(3 * HOUR, EventKind.STATUS, to="in progress"),
    )

    found = clock(answered, MONDAY + 4 * HOUR)

    assert found.used_minutes == 120
    assert found.due_at == MONDAY + timedelta(days=1, hours=2)


def test_a_reopened_ticket_goes_on_where_it_stopped() -> None:
    reopened = ticket(event(2 * HOUR, EventKind.RESOLVED), event(5 * HOUR, EventKind.REOPENED))

    found = clock(reopened, MONDAY + 6 * HOUR)

    assert (found.used_minutes, found.running, found.stopped_at) == (180, True, None)


def test_closing_after_resolving_does_not_move_the_stop() -> None:
    closed = ticket(event(2 * HOUR, EventKind.RESOLVED), event(5 * HOUR, EventKind.CLOSED))

    assert clock(closed, MONDAY + 6 * HOUR).stopped_at == MONDAY + 2 * HOUR


@pytest.mark.parametrize(
    ("role", "internal", "stops"),
    [
        (ActorRole.TECHNICIAN, False, True),
        (ActorRole.TECHNICIAN, True, False),
        (ActorRole.BOT, False, False),
        (ActorRole.SYSTEM, False, False),
        (ActorRole.REQUESTER, False, False),
    ],
)
def test_only_a_public_message_of_a_technician_is_a_first_response(
    role: ActorRole, internal: bool, stops: bool
) -> None:
    written = ticket(event(30 * MINUTE, EventKind.COMMENT, role=role, body="Hello", internal=internal))

    found = clock(written, MONDAY + 2 * HOUR, "first_response")

    assert (found.stopped_at is not None) == stops
    assert found.breached != stops


def test_a_resolution_without_a_word_stops_the_first_response_for_good() -> None:
    silent = ticket(event(30 * MINUTE, EventKind.RESOLVED), event(2 * HOUR, EventKind.REOPENED))

    found = clock(silent, MONDAY + 5 * HOUR, "first_response")

    assert (found.used_minutes, found.stopped_at) == (30, MONDAY + 30 * MINUTE)


def test_a_new_priority_retargets_the_whole_clock_from_creation() -> None:
    raised = ticket(event(5 * HOUR, EventKind.PRIORITY, to="critical"))

    found = clock(raised, MONDAY + 6 * HOUR)

    assert (found.target_minutes, found.used_minutes, found.calendar) == (240, 360, "always")
    assert found.breached_at == MONDAY + 4 * HOUR


def test_a_priority_raised_after_the_answer_does_not_break_a_promise_that_was_kept() -> None:
    raised = ticket(
        event(50 * MINUTE, EventKind.REPLY, role=ActorRole.TECHNICIAN, body="Looking."),
        event(HOUR, EventKind.PRIORITY, to="critical"),
    )
    at = MONDAY + 2 * HOUR

    first, resolution = clock(raised, at, "first_response"), clock(raised, at)

    assert (first.breached, first.priority) == (False, "Normal")
    assert resolution.priority == "Critical"


@pytest.mark.parametrize("priority", [None, "", "P17"])
def test_an_unknown_priority_counts_as_the_default_one(priority: str | None) -> None:
    assert clock(ticket(priority=priority), MONDAY).priority == "Normal"


def test_a_clock_paused_at_its_very_last_minute_is_not_breached_until_it_runs_again() -> None:
    paused = ticket(event(8 * HOUR, EventKind.STATUS, to="waiting for requester"))
    resumed = ticket(
        event(8 * HOUR, EventKind.STATUS, to="waiting for requester"),
        event(20 * HOUR, EventKind.STATUS, to="in progress"),
    )
    at = MONDAY + 21 * HOUR

    assert not clock(paused, at).breached
    assert clock(resumed, at).breached_at == MONDAY + 20 * HOUR


def test_the_moment_of_a_share_lies_ahead_or_behind() -> None:
    at = MONDAY + 4 * HOUR

    assert moment_at_percent(ticket(), policy(), at, "resolution", 80) == MONDAY + 6 * HOUR + 24 * MINUTE
    assert moment_at_percent(ticket(), policy(), at, "resolution", 25) == MONDAY + 2 * HOUR
    assert moment_at_percent(ticket(), policy(), at, "resolution", 150) == MONDAY + timedelta(days=1, hours=4)


def test_a_clock_reaches_no_share_while_it_stands_still_or_never_can() -> None:
    waiting = ticket(event(HOUR, EventKind.STATUS, to="waiting for requester"))
    done = ticket(event(HOUR, EventKind.RESOLVED))
    at = MONDAY + 2 * HOUR

    assert moment_at_percent(waiting, policy(), at, "resolution", 80) is None
    assert moment_at_percent(done, policy(), at, "resolution", 80) is None
    assert moment_at_percent(ticket(), policy(), at, "resolution", 1_000_000) is None


def test_at_the_moment_of_a_share_the_share_is_reached_and_not_before() -> None:
    for percent in (1, 33, 60, 80, 100, 137):
        moment = moment_at_percent(ticket(), policy(), MONDAY, "resolution", percent)
        assert moment is not None
        assert clock(ticket(), moment).used_percent == percent
        assert clock(ticket(), moment - timedelta.resolution).used_percent == percent - 1


def test_the_ledger_explains_every_stretch() -> None:
    given = ticket(
        event(2 * HOUR, EventKind.STATUS, to="waiting for requester"),
        event(3 * HOUR, EventKind.STATUS, to="in progress"),
        event(26 * HOUR, EventKind.RESOLVED),
    )
    at = MONDAY + 30 * HOUR

    rows = ledger(as_of(given, at), policy(), at, "resolution")

    assert [(row.state, row.minutes) for row in rows] == [
        ("running", 120), ("paused", 60), ("running", 300), ("off_hours", 960), ("running", 60), ("overdue", 60),
        ("stopped", 240),
    ]  # fmt: skip
    assert rows[1].why == "the status 'waiting for requester' pauses the clock"
    assert rows[6].why.startswith("resolved with event")


def test_the_ledger_names_the_holiday_that_made_the_clock_wait() -> None:
    eve = datetime(2026, 12, 24, 15, 0, tzinfo=BERLIN)
    given = Ticket(id="t2", created_at=eve, events=(Event(id="e", at=eve, kind=EventKind.CREATED),))

    rows = ledger(given, policy(), eve + timedelta(days=5), "resolution")

    assert rows[1].why == "outside the working hours of calendar 'office' (holiday: 2026-12-25)"


def test_a_ticket_that_was_just_created_has_used_nothing() -> None:
    found = clock(ticket(), MONDAY)

    assert (found.used_minutes, found.used_percent, found.breached) == (0, 0, False)
    assert ledger(ticket(), policy(), MONDAY, "resolution") == ()
    assert found.due_at == (MONDAY + 8 * HOUR).astimezone(UTC)
