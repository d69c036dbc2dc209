"""What a replay costs: a history through a whole policy, against only reading and checking the same file.

Processor seconds of this process, both in the same run: a shared machine says little in wall-clock time.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from adapters.history_file import read_history
from adapters.history_order import OrderedHistory, in_order_of_time
from adapters.policy_folder import load_policy
from app.bootstrap import DEFAULT_POLICY
from app.replay.past import Past
from app.replay.side import Watcher
from app.replay.stream import Window, run_through
from domain.history import dump_ticket
from domain.ticket import Actor, ActorRole, Event, EventKind, Outcome, Ticket

TICKETS = 4_000
"""Of the history that is made up when none is named."""
PARTS = (0.25, 0.5, 1.0)


def run(history: Path | None = None) -> dict[str, float]:
    """Seconds of reading and of replaying a quarter, half and all of the events, and how they compare."""
    with tempfile.TemporaryDirectory() as folder:
        file = history or _made_up(Path(folder) / "history.jsonl")
        started = time.process_time()
        for _ in read_history(file):
            pass
        reading = time.process_time() - started
        started = time.process_time()
        with in_order_of_time([file]) as tickets:
            ordering = time.process_time() - started
            found: dict[str, float] = {
                "tickets": len(tickets), "events": tickets.events, "read_and_check_seconds": round(reading, 2),
                "order_seconds": round(ordering, 2),
            }  # fmt: skip
            seconds = ordering
            for part in PARTS:
                events, looks, seconds = _part(tickets, part)
                name = f"{part:g}".replace(".", "_")
                found |= {
                    f"events_{name}": events, f"replay_seconds_{name}": round(seconds, 2),
                    f"microseconds_for_an_event_{name}": round(seconds / max(events, 1) * 1e6),
                    f"looks_{name}": looks,
                }  # fmt: skip
    found["times_reading"] = round((ordering + seconds) / reading, 1)
    return found


def _part(tickets: OrderedHistory, part: float) -> tuple[int, int, float]:
    """Events, looks and seconds of the first tickets that hold this part of the events."""
    sys.stderr.write(".")
    past = Past()
    side = Watcher("policy", load_policy(DEFAULT_POLICY), past)
    started = time.process_time()
    run = run_through(islice(tickets, int(len(tickets) * part)), [side], past, [], Window())
    return run.events, sum(row.looks for row in run.rows[0]), time.process_time() - started


def _made_up(file: Path) -> Path:
    rng = random.Random(5)
    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(f"{dump_ticket(_ticket(rng, number))}\n" for number in range(TICKETS))
    return file


def _ticket(rng: random.Random, number: int) -> Ticket:
    created = datetime(2026, 1, 5, 8, tzinfo=UTC) + timedelta(minutes=rng.randrange(60 * 24 * 90))
    events = tuple(_events(rng, created))
    return Ticket(
        id=f"B-{number}", created_at=created, priority=rng.choice(("high", "medium", "medium", "low")),
        category=f"c{rng.randrange(20)}", outcome=Outcome(sla_met=rng.random() < 0.7), events=events,
    )  # fmt: skip


def _events(rng: random.Random, created: datetime) -> Iterator[Event]:
    """About as many and as far apart as in the UCI incident log: eight in five days."""
    at, who = created, Actor(id=f"t{rng.randrange(50)}", role=ActorRole.TECHNICIAN)
    yield Event(id="e0", at=at, kind=EventKind.CREATED, actor=who)
    for place in range(1, rng.randrange(4, 8)):
        at += timedelta(minutes=rng.randrange(1, 1500))
        if rng.random() < 0.6:
            yield Event(
                id=f"e{place}", at=at, kind=EventKind.ASSIGNMENT, actor=who, team=f"g{rng.randrange(30)}",
                technician=f"t{rng.randrange(50)}",
            )  # fmt: skip
        else:
            yield Event(id=f"e{place}", at=at, kind=EventKind.STATUS, actor=who, to=rng.choice(("active", "open")))
    yield Event(id="e8", at=at + timedelta(minutes=30), kind=EventKind.RESOLVED, actor=who)
    yield Event(id="e9", at=at + timedelta(days=5), kind=EventKind.CLOSED, actor=who)
