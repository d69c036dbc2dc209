from __future__ import annotations

import math
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.memory.judges import StatedJudgement
from domain.assessment import Assessment
from domain.deciding import decide
from domain.learned import Contribution, LearnedRisk, Target
from domain.learned_points import USUAL, learned_opinion, scaled
from domain.policy.learning import LearningFile
from domain.policy.policy import Policy
from domain.surroundings import Surroundings
from domain.ticket import EventKind, Ticket
from domain.triage import assess
from tests.domain.made import after, assigned, policy, ticket, wrote

ON = policy().model_copy(update={"learning": LearningFile(mode="on")})
SHADOW = policy()


def opinion(
    *odds: float, base: float = -2.0, line: float | None = 0.4, target: Target = "escalation", abstained: bool = False
) -> LearnedRisk:
    logit = base + sum(odds)
    return LearnedRisk(
        target=target, model="mdl_1", probability=1 / (1 + math.exp(-logit)), base=base, line=line,
        contributions=tuple(
            Contribution(feature=f"f{place}", text=f"Observation {place}.", log_odds=one)
            for place, one in enumerate(odds)
        ),
        abstained=abstained, why_abstained="too few tickets like it" if abstained else "",
    )  # fmt: skip


def judged(rules: Policy, *risks: LearnedRisk, made: Ticket | None = None) -> Assessment:
    one = made or ticket(wrote(1, 1, "this is unacceptable, urgent"), priority="critical")
    return assess(one, rules, after(10), Surroundings(judgement=StatedJudgement(risks)))


ODDS = st.floats(-6, 6, allow_nan=False)


@given(odds=st.lists(ODDS, max_size=40), base=ODDS, line=st.floats(0, 1), at_risk=st.integers(1, 100))
def test_points_sum_to_a_risk_that_reaches_the_line_exactly_when_the_probability_does(
    odds: list[float], base: float, line: float, at_risk: int
) -> None:
    rules = ON.model_copy(
        update={"risk": ON.risk.model_copy(update={"at_risk_from": at_risk, "monitor_from": min(at_risk, 45)})}
    )
    risk = opinion(*odds, base=base, line=line)
    found = learned_opinion(risk, rules)
    assert sum(one.points for one in found.reasons) == found.risk
    assert (found.risk >= at_risk) == (risk.probability >= line)
    assert all(one.points for one in found.reasons)


@given(low=st.floats(0, 1), high=st.floats(0, 1), line=st.floats(0, 1))
def test_a_higher_probability_is_never_a_lower_risk(low: float, high: float, line: float) -> None:
    low, high = sorted((low, high))
    assert scaled(low, line, 60) <= scaled(high, line, 60)


@pytest.mark.parametrize(("probability", "risk"), [(0, 0), (0.2, 30), (0.4, 60), (0.7, 80), (1, 100)])
def test_the_scale_is_piecewise_linear_through_the_line(probability: float, risk: int) -> None:
    assert scaled(probability, 0.4, 60) == risk


def test_contributions_get_points_in_proportion_with_their_sign() -> None:
    found = learned_opinion(opinion(2.0, 1.0, -0.5), ON)
    points = {one.code: one.points for one in found.reasons}
    assert points["learned:f0"] > points["learned:f1"] > 0 > points["learned:f2"]
    assert points[USUAL] == pytest.approx(60 * (1 / (1 + math.exp(2.0))) / 0.4, abs=1)


def test_many_small_observations_are_told_together() -> None:
    found = learned_opinion(opinion(3.0, *[0.001] * 30), ON)
    assert [one.code for one in found.reasons if one.points] in (
        [USUAL, "learned:f0"], [USUAL, "learned:f0", "learned:others"],
    )  # fmt: skip


def test_in_shadow_the_learned_opinion_stands_beside_and_changes_nothing() -> None:
    with_, without = judged(SHADOW, opinion(5.0)), judged(SHADOW)
    assert with_.learned[0].risk > 60 and not with_.learned[0].speaks
    assert with_.model_copy(update={"learned": ()}) == without
    made = ticket(wrote(1, 1, "this is unacceptable, urgent"), priority="critical")
    decided = [
        decide(one, made, SHADOW, after(10), last_escalation_ended=None, has_open_escalation=False)
        for one in (with_, without)
    ]
    assert decided[0] == decided[1]


def test_off_does_not_even_ask() -> None:
    asked: list[Ticket] = []

    def ask(made: Ticket, at: datetime) -> tuple[LearnedRisk, ...]:
        asked.append(made)
        return ()

    off = policy().model_copy(update={"learning": LearningFile(mode="off")})
    assess(ticket(), off, after(1), Surroundings(judgement=StatedJudgement(ask)))
    assert asked == []


def test_switched_on_the_risk_is_the_learned_one_and_the_table_stays_observed() -> None:
    found = judged(ON, opinion(1.0, 0.5))
    assert found.speaker is not None and found.risk == found.speaker.risk
    assert {one.code for one in found.reasons} <= {USUAL, "learned:f0", "learned:f1", "learned:others"}
    assert "words:frustration" in found.codes and "words:frustration" not in {one.code for one in found.reasons}


def test_where_the_model_abstains_the_points_table_answers_and_says_why_the_model_does_not() -> None:
    found = judged(ON, opinion(5.0, abstained=True))
    assert found.speaker is None and found.risk == judged(ON).risk
    assert found.learned[0].why_silent == "too few tickets like it"


def test_a_request_to_escalate_is_declared_on_top_of_what_is_learned() -> None:
    made = ticket(body="please escalate")
    found = judged(ON, opinion(0.5), made=made)
    assert found.declared and found.speaker is not None
    assert found.risk == min(100, found.speaker.risk + ON.risk.explicit_request)


def test_of_two_targets_the_one_nearer_to_its_line_speaks() -> None:
    found = judged(ON, opinion(0.1), opinion(4.0, target="sla_breach"))
    assert found.speaker is not None and found.speaker.target == "sla_breach"
    assert found.learned[0].why_silent == "sla_breach is nearer to its line"


def test_a_target_that_policy_does_not_name_is_not_heard() -> None:
    rules = ON.model_copy(update={"learning": LearningFile(mode="on", targets=("sla_breach",))})
    assert judged(rules, opinion(5.0)).learned == ()


def replied_helps(made: Ticket, at: datetime) -> tuple[LearnedRisk, ...]:
    helped = any(event.kind == EventKind.REPLY for event in made.events)
    return (opinion(0.1 if helped else 3.0),)


def test_a_learned_counterfactual_is_verified_by_applying_it() -> None:
    found = assess(ticket(assigned(1, 1, "desk", "ada")), ON, after(10), _around(replied_helps))
    assert found.counterfactual is not None
    assert found.counterfactual.text.startswith("A reply to the requester now brings the risk to ")
    assert found.counterfactual.risk_after < 60 and found.counterfactual.before is None
    assert "learned:f0" in found.counterfactual.without


def test_taking_the_ticket_is_tried_where_nobody_has_it() -> None:
    def taken_helps(made: Ticket, at: datetime) -> tuple[LearnedRisk, ...]:
        return (opinion(0.1 if any(event.technician for event in made.events) else 3.0),)

    found = assess(ticket(), ON, after(10), _around(taken_helps)).counterfactual
    assert found is not None and found.text.startswith("Ada taking the ticket now brings the risk to ")


def test_a_change_after_which_the_model_abstains_is_no_counterfactual() -> None:
    def shy(made: Ticket, at: datetime) -> tuple[LearnedRisk, ...]:
        return (opinion(3.0, abstained=len(made.events) > 1),)

    assert assess(ticket(), ON, after(10), _around(shy)).counterfactual is None


def _around(ask: object) -> Surroundings:
    return Surroundings(judgement=StatedJudgement(ask))  # type: ignore[arg-type]
