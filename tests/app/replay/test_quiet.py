"""Looks that come to nothing new are worked out in numbers, and come to exactly what whole looks do."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.policy_folder import load_policy
from app.replay.past import Past
from app.replay.quiet import Quickly
from app.replay.side import Watcher
from app.replay.stream import Window, run_through
from domain.policy.base import When
from domain.policy.levels import Level
from domain.policy.policy import Policy
from domain.ticket import Actor, ActorRole, Event, EventKind, Ticket, Tier
from learning.stream import in_order
from tests.app.replay.made import FIRST

_STATUSES = ("open", "in progress", "waiting for requester", "on hold")
_BODIES = (None, "Still nothing, this is unacceptable.", "Please escalate this.", "There is malware on my laptop.")


def _risky(policy: Policy) -> Policy:
    """The policy with levels of risk, and conditions that ask for what triage works out."""
    rules, late = policy.escalation, When.model_validate({"if": "'sla' in reasons && risk >= 60"})
    more = (
        Level(id="warm", risk_at_least=40),
        Level(id="late", when=late, clock="resolution", at_percent=90, escalate=True),
        Level(id="odd", when=When(risk_at_least=30, tier=[Tier.L1]), clock="first_response", minutes_before_breach=10),
    )  # fmt: skip
    parts = {name: getattr(policy, name) for name in Policy.model_fields}
    return Policy(**{**parts, "escalation": rules.model_copy(update={"levels": (*rules.levels, *more)})})


_DEFAULT = load_policy(Path("policies/default"))
_POLICIES = (_DEFAULT, _risky(_DEFAULT), load_policy(Path("policies/demo")))


def _ticket(rng: random.Random, number: int) -> Ticket:
    at = FIRST + timedelta(minutes=rng.randrange(60 * 24 * 6))
    who = Actor(id=f"t{rng.randrange(4)}", role=ActorRole.TECHNICIAN)
    asks = Actor(id="r", role=ActorRole.REQUESTER)
    events = [Event(id="e0", at=at, kind=EventKind.CREATED, actor=asks, body=rng.choice(_BODIES))]
    for place in range(1, rng.randrange(3, 14)):
        at += timedelta(minutes=rng.choice((0, 3, 50, 400, 1500)))
        events.append(_event(rng, f"e{place}", who, asks).model_copy(update={"at": at}))
    return Ticket(
        id=f"Q-{number}", created_at=events[0].at, priority=rng.choice(("critical", "high", "medium", "low", None)),
        category=rng.choice(("vpn", "security", "mail", "odd", None)), events=tuple(events),
    )  # fmt: skip


def _event(rng: random.Random, name: str, who: Actor, asks: Actor) -> Event:
    kind = rng.choice(
        (EventKind.ASSIGNMENT, EventKind.ASSIGNMENT, EventKind.STATUS, EventKind.STATUS, EventKind.PRIORITY,
         EventKind.COMMENT, EventKind.FIELD, EventKind.CATEGORY, EventKind.RESOLVED, EventKind.REOPENED,
         EventKind.CLOSED)
    )  # fmt: skip
    given: dict[str, object] = {"id": name, "at": FIRST, "kind": kind, "actor": who}
    if kind == EventKind.ASSIGNMENT:
        given |= {"team": rng.choice(("service-desk", "network", "x")), "technician": who.id}
    elif kind == EventKind.COMMENT:
        given |= {"actor": rng.choice((who, asks)), "body": rng.choice(_BODIES[1:]), "visibility": "public"}
    elif kind == EventKind.FIELD:
        given |= {"field": rng.choice(("update", "tag")), "to": "x"}
    else:
        to = {EventKind.STATUS: _STATUSES, EventKind.PRIORITY: ("high", "low"), EventKind.CATEGORY: ("vpn", "mail")}
        given |= {"to": rng.choice(to[kind])} if kind in to else {}
    return Event.model_validate(given)


class _Keeping(Watcher):
    """Takes down how the matrix and the escalation stood after each look."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.seen: list[object] = []

    def over(self, ticket_id: str) -> None:
        one = self._watched[ticket_id]
        self.seen.append((ticket_id, one.matrix, one.last))
        super().over(ticket_id)


def _came_to(tickets: Sequence[Ticket], policy: Policy, *, whole: bool) -> tuple[object, ...]:
    past = Past()
    side = _Keeping("policy", policy, past, every_look_whole=whole)
    run = run_through(tickets, [side], past, [], Window())
    return ([asdict(row) for row in run.rows[0]], side.changes, asdict(side.board.told), side.seen)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), which=st.sampled_from(range(3)))
def test_looks_in_numbers_come_to_what_whole_looks_do(seed: int, which: int) -> None:
    rng = random.Random(seed)
    tickets = in_order(_ticket(rng, number) for number in range(25))
    policy = _POLICIES[which]
    assert _came_to(tickets, policy, whole=False) == _came_to(tickets, policy, whole=True)


def test_many_looks_are_taken_in_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[bool] = []
    look = Quickly.look

    def counted(self: Quickly, *args: object) -> object:
        found = look(self, *args)  # type: ignore[arg-type]
        taken.append(found is not None)
        return found

    monkeypatch.setattr(Quickly, "look", counted)
    rng = random.Random(4)
    _came_to(in_order(_ticket(rng, number) for number in range(60)), _DEFAULT, whole=False)
    assert sum(taken) > len(taken) / 3
