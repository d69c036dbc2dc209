from __future__ import annotations

from datetime import datetime

import pytest

from domain.assessment import Action, Assessment, Decision, Reason, Urgency
from domain.deciding import decide
from domain.policy.policy import Policy
from domain.ticket import Ticket
from tests.domain.made import after, assigned, event, policy, ticket

P = policy()
AT = 10.0


def opinion(risk: int = 0, **more: object) -> Assessment:
    reasons = (Reason(code="x", points=risk, text="x"),) if risk else ()
    row = {"category": "vpn", "tags": ("vpn",), "urgency": Urgency.NORMAL, "counterfactual": None} | more
    return Assessment.model_validate({"ticket_id": "T-1", "at": after(AT), "risk": risk, "reasons": reasons} | row)


def decided(
    assessment: Assessment,
    made: Ticket | None = None,
    *,
    ended: datetime | None = None,
    open_: bool = False,
    rules: Policy = P,
) -> Decision:
    return decide(
        assessment, made or ticket(priority="normal"), rules, after(AT),
        last_escalation_ended=ended, has_open_escalation=open_,
    )  # fmt: skip


def test_below_the_line_a_ticket_is_watched() -> None:
    decision = decided(opinion(59))
    assert (decision.action, decision.threshold, decision.policy) == (Action.WATCH, 60, P.stamp)


def test_at_the_line_it_goes_up_with_all_that_the_rule_changes() -> None:
    decision = decided(opinion(60))
    assert decision.action == Action.ESCALATE
    assert (decision.to_tier, decision.priority, decision.status, decision.rule) == (
        "L2",
        "high",
        "in progress",
        "up",
    )
    assert decision.tags == ("vpn", "escalated")
    assert decision.look_again_at is None


def test_a_declared_escalation_goes_up_whatever_the_risk() -> None:
    assert decided(opinion(5, declared=True)).action == Action.ESCALATE


def test_an_urgent_category_skips_the_first_tier() -> None:
    decision = decided(opinion(0, category="security"))
    assert (decision.action, decision.to_tier, decision.priority) == (Action.ESCALATE, "L3", "critical")


@pytest.mark.parametrize(("tier", "to"), [("L1", "L2"), ("L2", "L3"), ("L3", "L3")])
def test_a_ticket_never_goes_down_and_one_up_when_it_is_there_already(tier: str, to: str) -> None:
    assert decided(opinion(60), ticket(assigned(1, 1, "desk", None, tier))).to_tier == to


def test_the_tier_of_the_team_counts_when_no_event_names_one() -> None:
    assert decided(opinion(60), ticket(assigned(1, 1, "Network"))).to_tier == "L3"


def test_a_higher_priority_is_not_lowered() -> None:
    assert decided(opinion(60), ticket(priority="critical")).priority is None


def test_a_duplicate_is_linked_instead() -> None:
    decision = decided(opinion(90, duplicate_of="T-0"))
    assert decision.action == Action.LINK_DUPLICATE
    assert "T-0" in decision.why[0]


def test_an_open_escalation_is_not_opened_twice() -> None:
    assert decided(opinion(90), open_=True).action == Action.WATCH


def test_within_the_cooldown_a_ticket_rests_and_is_looked_at_when_it_ends() -> None:
    decision = decided(opinion(90), ticket(priority="low"), ended=after(AT - 200))
    assert decision.action == Action.WATCH
    assert decision.look_again_at == after(AT + 40)
    assert decided(opinion(90), ended=after(AT - 240)).action == Action.ESCALATE


def test_a_resolved_ticket_is_left_alone() -> None:
    decision = decided(opinion(90, declared=True), ticket(event(1, 2, "resolved")))
    assert (decision.action, decision.look_again_at) == (Action.WATCH, None)


def test_a_watched_ticket_is_looked_at_at_the_next_sla_line_or_after_the_usual_pause() -> None:
    assert decided(opinion(0), ticket(priority="high")).look_again_at == after(36)
    assert decided(opinion(0), ticket(priority="low")).look_again_at == after(AT + 60)


def test_suspicious_text_changes_nothing_but_the_opinions_own_record() -> None:
    flag = Reason(code="injection:override", points=0, text="x")
    plain, flagged = decided(opinion(30)), decided(opinion(30, suspicious=(flag,)))
    assert plain.model_dump(exclude={"id"}) == flagged.model_dump(exclude={"id"})


def test_the_same_input_gives_the_same_decision() -> None:
    assert decided(opinion(70)) == decided(opinion(70))
    assert decided(opinion(70)).id != decided(opinion(71)).id


def test_without_a_matching_rule_a_ticket_goes_one_tier_up_and_changes_nothing_else() -> None:
    rules = policy(escalation={"rules": [{"id": "never", "when": {"service": ["x"]}, "to_tier": "L3"}]})
    decision = decided(opinion(70), rules=rules)
    assert (decision.to_tier, decision.priority, decision.rule) == ("L2", None, None)
