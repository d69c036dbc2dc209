"""What SLA clocks cost: a long ledger beside the minute oracle, and a sweep over many open tickets for what is due."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from adapters.policy_folder import load_policy
from adapters.storage import measure, records
from adapters.storage.store import Store, own_delivery
from app.bootstrap import DEFAULT_POLICY
from domain.asof import as_of
from domain.errors import TierwiseError
from domain.journey import Timer, TimerFired
from domain.policy.policy import Policy
from domain.sla.ledger import readings
from domain.sla.lines import next_sla_moment
from domain.ticket import Event, EventKind, Ticket
from evals.sla.agreement import differences
from evals.sla.cases import policy_from, ticket_from
from evals.sla.oracle import Oracle

EVENTS, DAYS, OPEN_TICKETS = 200, 90, 100_000
_CHUNK = 5_000
_LOOKED = timedelta(minutes=5)
"""How long ago each ticket was looked at: what came due since is what the sweep finds."""
_TENANT = "bench"
_SHIFTS = ["08:30-12:30", "13:15-17:30"]
_CALENDAR: dict[str, Any] = {
    "id": "day", "zone": "Europe/Berlin", "hours": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), _SHIFTS),
    "holidays": ["2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-05-25"],
    "special_days": [{"date": "2026-04-20", "name": "entered late", "known_from": "2026-04-22T09:00:00+02:00"}],
}  # fmt: skip
_SLAS: dict[str, Any] = {
    "targets": [
        {"priority": "high", "first_response": 60, "next_response": 60, "resolution": 4_000, "calendar": "day"},
        {"priority": "normal", "first_response": 240, "next_response": 240, "resolution": 20_000, "calendar": "day"},
    ],
    "default_priority": "normal", "pause_in": ["waiting"],
}  # fmt: skip


def run() -> dict[str, float]:
    """The ledger of a ticket with 200 events over 90 days, and a sweep of 100,000 open tickets.

    `ledger_ms`: all three clocks read and all their rows written out, the median of 15; `oracle_ms`: the same found
    by walking minute by minute, once; both of processor time; `ratio` = oracle / ledger. `moment_us`: finding the next
    SLA moment of an open ticket, processor time.
    `due_rows` and `steps_per_row`: timers read in a sweep and SQLite's machine steps for each; `due_read_ms` their
    reading, in batches; `fired_per_second`: turning them into deliveries, each a transaction of its own.
    """
    return {**_ledger(), **_sweep()}


def _ledger() -> dict[str, float]:
    created = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    at = created + timedelta(days=DAYS)
    events = _events(random.Random(1), created)
    head = {"created_at": created.isoformat(), "priority": "normal"}
    policy, ticket = policy_from("bench", [_CALENDAR], _SLAS), as_of(ticket_from("L-1", head, events), at)
    taken = []
    for _ in range(16):
        started = time.process_time()
        read = readings(ticket, policy, at)
        taken.append(time.process_time() - started)
    started = time.process_time()
    expected = Oracle([_CALENDAR], _SLAS, head, events).read(at)
    walked = time.process_time() - started
    wrong = [found for one in read for found in differences(0, expected[one.clock.clock], one.clock, one.rows, at)]
    if wrong:
        raise TierwiseError(f"ledger and oracle differ: {wrong[0]}", mend="run `tierwise eval sla --oracle 1000`")
    return {
        "ledger_ms": round(median(taken[1:]) * 1000, 3), "oracle_ms": round(walked * 1000, 1),
        "ratio": round(walked / median(taken[1:])), "rows": sum(len(one.rows) for one in read),
    }  # fmt: skip


def _events(rng: random.Random, created: datetime) -> list[dict[str, Any]]:
    minutes = sorted(rng.sample(range(1, DAYS * 1440), EVENTS))
    kinds: list[dict[str, Any]] = [
        {"kind": "status", "to": "waiting"}, {"kind": "status", "to": "open"}, {"kind": "comment", "by": "requester"},
        {"kind": "reply", "by": "technician"}, {"kind": "comment", "by": "technician", "visibility": "internal"},
        {"kind": "priority", "to": "high"}, {"kind": "priority", "to": "normal"}, {"kind": "resolved"},
        {"kind": "reopened"}, {"kind": "assignment", "team": "desk"},
    ]  # fmt: skip
    weights = (16, 16, 20, 20, 10, 3, 3, 4, 6, 2)
    chosen = rng.choices(kinds, weights, k=EVENTS)
    return [
        {"at": (created + timedelta(minutes=minute)).isoformat(), **event}
        for minute, event in zip(minutes, chosen, strict=True)
    ]


def _sweep() -> dict[str, float]:
    policy, now = load_policy(DEFAULT_POLICY), datetime(2026, 6, 17, 10, 0, tzinfo=UTC)
    rng = random.Random(2)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(Path(folder) / "records.db")
        try:
            seconds = 0.0
            for first in range(0, OPEN_TICKETS, _CHUNK):
                seconds += _fill(store, policy, rng, now, first)
            return {"moment_us": round(seconds / OPEN_TICKETS * 1e6, 1), **_swept(store, now)}
        finally:
            store.close()


def _fill(store: Store, policy: Policy, rng: random.Random, now: datetime, first: int) -> float:
    """Open tickets, each looked at some minutes ago, with their next SLA moment as a timer; the seconds that took."""
    tickets = [_open(rng, now, number) for number in range(first, first + _CHUNK)]
    started = time.process_time()
    moments = [next_sla_moment(ticket, policy, max(ticket.created_at, now - _LOOKED)) for ticket in tickets]
    seconds = time.process_time() - started
    store.put_tickets(_TENANT, tickets)
    timers = [
        Timer(key=f"{one.id}:watch", ticket_id=one.id, timer="look_again", subject_id=f"run_{one.id}", due_at=moment)
        for one, moment in zip(tickets, moments, strict=True)
        if moment is not None
    ]
    with store.together() as connection:
        for timer in timers:
            records.timers.put(connection, _TENANT, timer)
    sys.stderr.write(".")
    return seconds


def _open(rng: random.Random, now: datetime, number: int) -> Ticket:
    created = now - timedelta(minutes=rng.uniform(0, 10 * 1440))
    priority = rng.choice(("critical", "high", "medium", "medium", "low", "low"))
    opening = Event(id="e1", at=created, kind=EventKind.CREATED)
    return Ticket(id=f"B-{number}", created_at=created, priority=priority, events=(opening,))


def _swept(store: Store, now: datetime) -> dict[str, float]:
    due, steps, reading, firing = 0, 0, 0.0, 0.0
    while True:
        started = time.perf_counter()
        batch, machine = measure.steps(store, lambda c: records.timers.due(c, now))
        reading += time.perf_counter() - started
        steps += machine
        if not batch:
            break
        due += len(batch)
        started = time.perf_counter()
        for tenant, timer in batch:
            arrival = TimerFired(ticket_id=timer.ticket_id, timer=timer.timer, subject_id=timer.subject_id)
            store.fire(tenant, timer, own_delivery(tenant, f"timer:{timer.key}", arrival, now))
        firing += time.perf_counter() - started
    return {
        "open_tickets": OPEN_TICKETS, "due_rows": due, "steps_per_row": round(steps / max(due, 1), 1),
        "due_read_ms": round(reading * 1000, 1), "fired_per_second": round(due / firing) if firing else 0.0,
    }  # fmt: skip
