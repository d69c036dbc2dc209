"""Models on a side of a replay: learned along the way from the past alone, or stored and kept off what taught them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from adapters.memory.judges import StatedJudgement
from adapters.policy_folder import load_policy
from app.bootstrap import DEFAULT_POLICY
from app.replay.contest import contenders
from app.replay.minds import WalkForward
from app.replay.replaying import Contender, replay
from app.replay.stream import Window
from app.settings import Settings
from domain.errors import BadInput
from domain.learned import LearnedRisk
from domain.policy.policy import Policy
from domain.ports import Judgement
from domain.ticket import Outcome, Ticket
from learning.stream import Happening, happenings
from tests.app.replay.made import FIRST, history

_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def policy() -> Policy:
    found = load_policy(DEFAULT_POLICY)
    parts = {name: getattr(found, name) for name in Policy.model_fields}
    return Policy(**{**parts, "learning": found.learning.model_copy(update={"mode": "on"})})


def _said(policy: Policy, tickets: list[Ticket], moment: datetime) -> list[LearnedRisk]:
    mind = WalkForward(policy, 1, every=2 * _DAY)
    for one in happenings(tickets):
        if one.at >= moment:
            break
        mind.tell(one)
    judgement = mind.judgement(moment)
    assert judgement is not None
    asked = [one.model_copy(update={"outcome": Outcome()}) for one in history(8, seed=9)]
    return [risk for one in asked for risk in judgement.risks(one, moment)]


@pytest.mark.slow
def test_what_is_learned_along_the_way_does_not_depend_on_what_came_later(policy: Policy) -> None:
    tickets = history(300)
    moment = FIRST + 9 * _DAY
    changed = [
        one
        if one.events[-1].at < moment
        else one.model_copy(update={"outcome": Outcome(sla_met=not one.outcome.sla_met, escalated=True)})
        for one in tickets
    ]
    said = _said(policy, tickets, moment)
    assert said == _said(policy, changed, moment)
    assert said


@pytest.mark.slow
def test_the_line_that_is_drawn_along_the_way_is_never_below_the_least_of_the_policy(policy: Policy) -> None:
    careful = policy.learning.model_copy(update={"least_probability": 0.9})
    parts = {name: getattr(policy, name) for name in Policy.model_fields}
    said = _said(Policy(**{**parts, "learning": careful}), history(1200), FIRST + 9 * _DAY)
    assert said and all(one.line is not None and one.line >= 0.9 for one in said)


@dataclass
class _Taught:
    """A model that was taught up to a moment and says of every ticket that it will surely go up."""

    until: datetime

    @property
    def taught_until(self) -> datetime | None:
        return self.until

    def tell(self, happening: Happening) -> None:
        del happening

    def judgement(self, at: datetime) -> Judgement | None:
        del at
        sure = LearnedRisk(target="escalation", model="m", probability=0.9, base=2.1972245773362196, contributions=())
        return StatedJudgement((sure,))

    def notes(self) -> tuple[str, ...]:
        return ("stated",)


def test_tickets_that_may_have_taught_a_model_are_not_judged_unless_asked_for(policy: Policy) -> None:
    tickets = history(60)
    side = [Contender("policy", policy, "m", _Taught(FIRST + 5 * _DAY))]
    found = replay(tickets, side, seed=1)
    assert found.history.judged == sum(one.events[0].at >= FIRST + 5 * _DAY for one in tickets) < 60
    assert "Only tickets opened from 2026-03-07 on are judged" in found.notes[0]
    flattering = replay(tickets, side, seed=1, window=Window(FIRST))
    assert flattering.history.judged == 60
    assert flattering.notes[0].startswith("THESE FIGURES FLATTER: ")
    with pytest.raises(BadInput, match="no ticket was opened later"):
        replay(tickets, [Contender("policy", policy, "m", _Taught(FIRST + 500 * _DAY))], seed=1)


def test_a_model_that_speaks_makes_the_risk_and_its_probability_is_what_is_calibrated(policy: Policy) -> None:
    found = replay(history(40), [Contender("policy", policy, "m", _Taught(FIRST))], seed=1)
    escalation = next(one for one in found.sides[0].targets if one.target == "escalation")
    assert escalation.calibration_of == "the model's probability at the first look"
    assert [one.said for one in escalation.calibration] == [0.9]
    assert found.sides[0].alerts == 40
    assert "policy: stated" in found.notes


def test_without_a_promoted_model_it_says_what_to_do(tmp_path_factory: pytest.TempPathFactory) -> None:
    chosen = Settings(data_dir=tmp_path_factory.mktemp("data"), policy_dir=DEFAULT_POLICY)
    with pytest.raises(BadInput, match="no model is promoted"):
        contenders(chosen, model="active")
    sides = contenders(chosen, against_model="walk-forward")
    assert [one.model for one in sides] == ["none", "walk-forward"]
    assert [one.policy.learning.mode for one in sides] == ["shadow", "on"]
