"""An expression is evaluated on a ticket as assessed; one that fails is never silent and never holds a ticket up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.approving import approval_for
from domain.assessment import Assessment, Reason, Urgency
from domain.deciding import decide
from domain.matching import holds
from domain.policy.base import When
from domain.policy.policy import Policy
from domain.rules import context
from domain.rules.context import LONGEST_LIST, LONGEST_TEXT, NO_LIMIT, VARIABLES, Facts
from domain.rules.dialect import compile_expression
from domain.rules.evaluating import RuleFailed, evaluate, truth
from domain.ticket import Requester, Ticket
from tests.domain.made import START, after, event, policy

WRONG = "risk / (risk - risk) > 1"
"""Well-formed, and a division by zero on every ticket."""


def made(**changes: Any) -> Ticket:
    row: dict[str, Any] = {
        "id": "T-1", "subject": "VPN down", "description": "The tunnel drops. Remote access for all of us.",
        "priority": "HIGH", "type": "incident", "service": "gateway", "created_at": START, "category": "vpn",
        "requester": Requester(id="boss", email="boss@example.com", role="director", site="HAM"),
        "events": (event(1, 0, "created", by="boss", role="requester", body="The tunnel drops."),),
    }  # fmt: skip
    return Ticket.model_validate(row | changes)


def opinion(risk: int = 70, at: float = 100, **changes: Any) -> Assessment:
    reasons = [Reason(code="outbreak", points=risk, text="Several have it.")] if risk else []
    row: dict[str, Any] = {
        "ticket_id": "T-1", "at": after(at), "risk": risk, "reasons": reasons, "counterfactual": None,
        "category": "vpn", "urgency": Urgency.HIGH, "language": "en",
    }  # fmt: skip
    return Assessment.model_validate(row | changes)


def facts(ticket: Ticket | None = None, rules: Policy | None = None, **changes: Any) -> Facts:
    return Facts(ticket or made(), rules or policy(), opinion(**changes))


@pytest.mark.parametrize(
    "expression",
    [
        "ticket.priority == 'high' && risk >= 60",
        "requester.vip && requester.site == 'HAM' && requester.role == 'director'",
        "ticket.category in ['vpn', 'mail'] && ticket.subcategory == ''",
        "ticket.text.matches('(?i)REMOTE access')",
        "ticket.status == 'new' && ticket.tier == 'L1' && ticket.team == ''",
        "sla.resolution.used_percent == 20 && sla.resolution.minutes_left == 380 && sla.resolution.running",
        "sla.first_response.breached && sla.first_response.minutes_left == -40",
        "outbreak && 'outbreak' in reasons && !declared && urgency == 'high' && language == 'en'",
        "ticket.age_minutes == 100 && now.getDayOfWeek() == 3 && now.getHours('Europe/Berlin') == 11",
        "ticket.tags.size() == 0 && ticket.unanswered == 0 && ticket.reopens + ticket.bounces == 0",
    ],
)
def test_what_is_true_of_the_ticket_holds(expression: str) -> None:
    assert evaluate(expression, facts())


def test_the_other_lines_of_a_condition_must_hold_too() -> None:
    expression = {"if": "risk >= 60"}

    assert holds(When(category=("vpn",), **expression), made(), policy(), opinion())
    assert not holds(When(category=("mail",), **expression), made(), policy(), opinion())
    assert not holds(When(category=("vpn",), **expression), made(), policy(), opinion(risk=10))


def test_the_tier_asked_about_can_be_another_than_the_ticket_s_own() -> None:
    when = When(**{"if": "ticket.tier == 'L3'"})

    assert holds(when, made(), policy(), opinion(), tier="L3")
    assert not holds(when, made(), policy(), opinion())


def test_later_events_are_what_an_expression_sees() -> None:
    changed = (
        *made().events,
        event(2, 5, "priority", by="ada", role="technician", to="critical"),
        event(3, 6, "assignment", by="ada", role="technician", team="net", technician="cy", tier="L2"),
        event(4, 7, "field", by="ada", role="technician", field="tag", to="vpn-drops"),
        event(5, 8, "status", by="ada", role="technician", to="In Progress"),
        event(6, 200, "urgency", by="ada", role="technician", field="urgency", to="3"),
    )

    assert evaluate(
        "ticket.priority == 'critical' && ticket.team == 'net' && ticket.technician == 'cy' && ticket.tier == 'L2' && "
        "'vpn-drops' in ticket.tags && ticket.status == 'in progress' && ticket.urgency == '3' && "
        "ticket.age_minutes == 200",
        facts(made(events=changed)),
    )


def test_a_clock_that_has_stopped_never_looks_as_if_it_ran_out() -> None:
    answered = (*made().events, event(2, 5, "reply", by="ada", role="technician", body="On it.", visibility="public"))
    given = facts(made(events=answered))

    assert evaluate(f"sla.first_response.minutes_left == {NO_LIMIT} && !sla.first_response.running", given)
    assert not evaluate("sla.first_response.minutes_left < 1000", given)


def test_clocks_are_not_read_unless_a_rule_asks_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a clock was read")

    monkeypatch.setattr(context, "sla_clocks", refuse)

    assert evaluate("risk >= 60 && ticket.id == 'T-1'", facts())
    with pytest.raises(AssertionError, match="a clock was read"):
        evaluate("risk >= 60 && sla.resolution.running", facts())


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        (WRONG, "divide by zero"),
        ("ticket.tags[0] == 'a'", "index"),
        ("risk * 9223372036854775807 > 1", "overflow"),
        ("now > timestamp(ticket.subject)", "imestamp"),
        ("now.getHours(ticket.subject) > 1", "timezone"),
        ("int(ticket.subject) > 1", "convert"),
    ],
)
def test_a_rule_that_fails_says_why(expression: str, reason: str) -> None:
    with pytest.raises(RuleFailed) as failure:
        evaluate(expression, facts())

    assert reason.casefold() in failure.value.message.casefold()


@pytest.mark.parametrize("otherwise", [True, False])
def test_a_rule_that_fails_counts_as_its_use_demands(otherwise: bool) -> None:
    assert truth(WRONG, facts(), on_failure=otherwise) is otherwise


def with_rules(**parts: Any) -> Policy:
    row = policy().model_dump(mode="json", by_alias=True)
    row["people"]["roles"] = {"officer": ["ada"]}
    return Policy.model_validate(row | parts)


def test_a_failing_escalation_rule_is_passed_over_and_recorded_on_the_decision() -> None:
    rules = [
        {"id": "broken", "when": {"if": WRONG}, "to_tier": "L3"},
        {"id": "usual", "to_tier": "L2", "tags": ["up"]},
    ]
    decision = decide(
        opinion(), made(), with_rules(escalation={"rules": rules}), after(100), last_escalation_ended=None,
        has_open_escalation=False,
    )  # fmt: skip

    assert decision.rule == "usual"
    (failure,) = decision.rule_failures
    assert (failure.file, failure.key) == ("escalation.yaml", "rules[0].when.if")
    assert "divide by zero" in failure.error


def test_a_failing_approval_rule_demands_the_approval() -> None:
    rules = [{"id": "broken", "when": {"if": WRONG}, "action": "open", "approvers": "officer", "risk": "high"}]

    approval = approval_for(
        made(), with_rules(approvals={"rules": rules}), after(100), opinion(), escalation_id="e", run_id="r"
    )

    assert approval is not None and approval.rule == "broken"


def test_a_sound_policy_leaves_no_failure_on_the_decision() -> None:
    decision = decide(opinion(), made(), policy(), after(100), last_escalation_ended=None, has_open_escalation=False)

    assert decision.rule_failures == ()


def test_long_texts_and_lists_are_cut_before_an_expression_sees_them() -> None:
    tags = tuple(event(n, 1, "field", by="ada", role="technician", field="tag", to=f"t{n}") for n in range(2, 500))
    body = "write access " + "x" * LONGEST_TEXT * 2 + " production"
    given = facts(made(subject=None, description=body, events=(made().events[0], *tags)))

    assert evaluate(f"size(ticket.tags) == {LONGEST_LIST} && size(ticket.text) <= {LONGEST_TEXT}", given)
    assert evaluate("ticket.text.contains('write access')", given)


def test_the_interpreter_itself_stops_what_would_run_on() -> None:
    program = compile_expression("ticket.tags.all(t, t != risk_of) || risk > 100".replace("risk_of", "'a'")).program
    endless = ["x"] * 1_000_000

    with pytest.raises(RuntimeError, match="budget"):
        program.eval(data={"ticket.tags": endless, "risk": 1})


names = st.text(max_size=40)


@given(
    st.builds(
        Ticket,
        id=st.text(min_size=1, max_size=20), subject=names | st.none(), description=names | st.none(),
        created_at=st.just(START), priority=names | st.none(), type=names | st.none(), service=names | st.none(),
        requester=st.none() | st.builds(Requester, id=names | st.none(), role=names | st.none()), events=st.just(()),
    )
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_every_name_has_a_value_of_its_type_on_any_ticket(ticket: Ticket) -> None:
    against = {"text": "!= ''", "number": ">= -1", "yes_no": "== true", "texts": "!= ['a']", "moment": "!= now"}
    given = facts(ticket)

    for name, variable in VARIABLES.items():
        assert evaluate(f"{name} {against[variable.kind]}", given) in (True, False)
