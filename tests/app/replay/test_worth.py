"""What routes would have been worth is estimated from the history's own, and says how far it can be read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from adapters.policy_folder import load_policy
from app.replay.replaying import Contender, replay
from app.replay.rows import Alert, Row, Truth
from app.replay.worth import AT_MOST, routing_value
from domain.policy.policy import Policy
from tests.app.replay.made import FIRST, history

_HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(Path("policies/demo"))


def _truth(number: int, *teams: str) -> Truth:
    moved = tuple((FIRST + place * _HOUR, team) for place, team in enumerate(teams))
    return Truth(id=f"T{number}", opened=FIRST, ended=None, happened=(None, None), moments=(None, None), teams=moved)


def _row(team: str, *, nobody: bool = False) -> Row:
    first = Alert(
        at=FIRST + _HOUR / 2, risk=60, why=(), reasons=(), to_tier="L2", team=team, technician="x",
        nobody_eligible=nobody, left_minutes=None, needs_minutes=None,
    )  # fmt: skip
    return Row(first=first, alerts=1)


def _log(policy: Policy, count: int = 200) -> tuple[list[Truth], str, str]:
    """Half the tickets go to a team that keeps them, half to one that passes them on."""
    good, bad, *_ = (one.id for one in policy.teams.teams)
    truths = [_truth(n, "desk", *((good,) if n % 2 else (bad, "else"))) for n in range(count)]
    return truths, good, bad


def test_routes_to_the_team_that_keeps_its_tickets_are_worth_more(policy: Policy) -> None:
    truths, good, bad = _log(policy)
    better = routing_value(truths, [_row(good)] * 200, policy, 1)
    worse = routing_value(truths, [_row(bad)] * 200, policy, 1)
    assert better is not None and worse is not None
    assert better.logged.value == worse.logged.value == 0.5
    assert better.value.value > 0.9 > 0.1 > worse.value.value
    assert better.gain.low > 0 > worse.gain.high
    assert better.overlap == 1.0 and better.word.startswith("rests on")


def test_routes_that_the_history_never_took_are_said_to_be_extrapolated(policy: Policy) -> None:
    truths, _, _ = _log(policy)
    found = routing_value(truths, [_row("nowhere")] * 200, policy, 1)
    assert found is not None and found.overlap < 0.1
    assert not found.word.startswith("rests on")


def test_without_a_team_that_policy_knows_or_anybody_eligible_there_is_no_value(policy: Policy) -> None:
    truths, good, _ = _log(policy)
    assert routing_value([_truth(n, "a", "b") for n in range(50)], [_row(good)] * 50, policy, 1) is None
    assert routing_value(truths, [_row(good, nobody=True)] * 200, policy, 1) is None
    assert routing_value([], [], policy, 1) is None


def test_of_many_tickets_some_are_drawn_the_same_ones_for_a_seed(policy: Policy) -> None:
    truths, good, _ = _log(policy, AT_MOST + 10)
    rows = [_row(good)] * len(truths)
    found = routing_value(truths, rows, policy, 1)
    assert found is not None and found.tickets == AT_MOST
    assert found == routing_value(truths, rows, policy, 1)


def test_a_replay_carries_the_value_of_its_routes() -> None:
    side = replay(history(120), [Contender("policy", load_policy(Path("policies/default")))], seed=1).sides[0]
    assert side.routing_value is not None
    assert 0 < side.routing_value.tickets <= side.alerts
