"""A replay decides as live work would, sees nothing early and sends nothing."""

from __future__ import annotations

import ast
import socket
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import app.replay
from adapters.policy_folder import load_policy
from app.replay.past import Past
from app.replay.rows import Row
from app.replay.side import Watcher, reads_the_clock
from app.replay.stream import Run, Window, run_through
from domain.asof import as_of
from domain.base import Record
from domain.policy.policy import Policy
from domain.ticket import Event, EventKind, Outcome, Ticket
from tests.app.replay.made import FIRST, history

DEFAULT = Path("policies/default")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(DEFAULT)


def _run(tickets: Sequence[Ticket], policy: Policy, window: Window | None = None) -> tuple[Run, Watcher]:
    past = Past()
    side = Watcher("policy", policy, past)
    return run_through(tickets, [side], past, [], window or Window()), side


def _until(run: Run, moment: datetime) -> dict[str, tuple[object, ...]]:
    """Ticket → everything decided about it before a moment."""
    found: dict[str, tuple[object, ...]] = {}
    for truth, row in zip(run.truths, run.rows[0], strict=True):
        first = row.first if row.first is not None and row.first.at < moment else None
        found[truth.id] = (asdict(first) if first else None, [high for high in row.highs if high[0] < moment])
    return found


def test_nothing_that_happens_later_changes_what_was_decided_before(policy: Policy) -> None:
    tickets = history(60)
    moment = FIRST + timedelta(days=5)
    before = _until(_run(tickets, policy)[0], moment)
    poisoned = [_poisoned(one, moment) for one in tickets]
    after = _until(_run(poisoned, policy)[0], moment)
    assert before == after
    assert sum(alert is not None for alert, _ in before.values()) >= 3


def _poisoned(ticket: Ticket, moment: datetime) -> Ticket:
    """The ticket with everything from a moment on changed: other events, other ends, other labels."""
    early = tuple(one for one in ticket.events if one.at < moment)
    if not early:
        return ticket
    late = Event(
        id="late", at=moment + timedelta(hours=1), kind=EventKind.PRIORITY, to="critical", team="poison", tier="L3"
    )
    outcome = Outcome(sla_met=not ticket.outcome.sla_met, escalated=not ticket.outcome.escalated)
    return ticket.model_copy(
        update={"events": (*early, late), "outcome": outcome, "resolved_at": None, "resolution": "poison"}
    )


def test_time_passes_between_events(policy: Policy) -> None:
    """A ticket that nobody touches goes up when its time runs out, not when something next happens to it."""
    ticket = history(1)[0]
    opening = ticket.model_copy(
        update={
            "id": "slow", "priority": "high", "created_at": FIRST, "outcome": Outcome(),
            "events": (
                Event(id="e1", at=FIRST, kind=EventKind.CREATED),
                Event(id="e2", at=FIRST + timedelta(days=9), kind=EventKind.RESOLVED),
            ),
        }
    )  # fmt: skip
    run, _ = _run([opening], policy)
    first = run.rows[0][0].first
    assert first is not None
    assert FIRST < first.at < FIRST + timedelta(days=2)
    assert run.rows[0][0].looks > 2


def test_an_escalation_ends_with_its_ticket_and_a_reopened_one_rests_first(policy: Policy) -> None:
    ticket = history(1)[0]
    at = FIRST
    loud = "Please escalate this to a manager immediately."
    events = (
        Event(id="e1", at=at, kind=EventKind.CREATED, body=loud),
        Event(id="e2", at=at + timedelta(minutes=5), kind=EventKind.RESOLVED),
        Event(id="e3", at=at + timedelta(minutes=10), kind=EventKind.REOPENED),
        Event(id="e4", at=at + timedelta(days=20), kind=EventKind.CLOSED),
    )
    one = ticket.model_copy(update={"created_at": at, "events": events, "description": loud, "priority": "critical"})
    run, _ = _run([one], policy)
    row = run.rows[0][0]
    assert row.first is not None and row.first.at == at
    assert row.alerts == 2


def test_only_tickets_of_the_window_are_judged_and_the_others_are_learned_from(policy: Policy) -> None:
    tickets = history(60)
    middle = FIRST + timedelta(days=5)
    run, _ = _run(tickets, policy, Window(middle, None))
    assert run.tickets == 60
    assert {one.id for one in run.truths} == {one.id for one in tickets if one.events[0].at >= middle}
    assert run.days and min(run.days) >= middle.date()


def test_what_is_decided_rests_on_the_ticket_as_it_was(policy: Policy) -> None:
    seen: list[Ticket] = []

    class Watching(Watcher):
        def happened(self, ticket: Ticket, at: datetime, new: Sequence[Event]) -> Row:
            seen.append(ticket)
            assert ticket == as_of(whole[ticket.id], at)
            return super().happened(ticket, at, new)

    tickets = history(30)
    whole = {one.id: one for one in tickets}
    past = Past()
    run_through(tickets, [Watching("policy", policy, past)], past, [], Window())
    assert len(seen) > 60
    assert all(one.outcome == Outcome() for one in seen)


def test_memory_grows_with_the_open_tickets_only(policy: Policy) -> None:
    run, side = _run(history(200), policy)
    assert side.open == 0
    assert run.most_open < 200


def test_no_socket_is_opened_and_no_file_written(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a replay reached out")

    for name in ("socket", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr(Path, "write_bytes", refuse)
    run, side = _run(history(30), policy)
    assert side.board.told.sent > 0
    assert run.rows[0]


_REACHES_OUT = ("adapters.notify", "adapters.helpdesks", "app.dispatch", "app.telling", "app.reach", "app.engine",
                "adapters.storage.outbox", "adapters.storage.journeys", "app.work", "smtplib", "socket",
                "httpx")  # fmt: skip


def test_no_module_that_decides_in_a_replay_can_reach_anybody() -> None:
    deciding = [one for one in Path(app.replay.__path__[0]).glob("*.py") if one.stem not in ("contest", "background")]
    assert len(deciding) > 8
    for module in deciding:
        names = [
            node.module or ""
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
        ]
        assert not [name for name in names if name.startswith(_REACHES_OUT)], module.name


def test_a_policy_that_reads_the_clock_is_looked_at_at_every_pause(policy: Policy) -> None:
    assert not reads_the_clock(policy)
    rules = policy.escalation
    level = rules.levels[0].model_copy(
        update={"when": rules.levels[0].when.model_copy(update={"if_": "ticket.age_minutes > 100"})}
    )
    other = Policy(
        **{**_parts(policy), "escalation": rules.model_copy(update={"levels": (level,), "look_again_after": 30})}
    )
    assert reads_the_clock(other)
    tickets = history(4)
    assert sum(row.looks for row in _run(tickets, other)[0].rows[0]) > 100
    assert sum(row.looks for row in _run(tickets, policy)[0].rows[0]) < 60


def _parts(policy: Policy) -> dict[str, Record]:
    return {name: getattr(policy, name) for name in Policy.model_fields}
