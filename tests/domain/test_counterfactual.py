from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.asof import as_of
from domain.counterfactual import replied
from domain.surroundings import Surroundings
from domain.ticket import Event, Ticket
from domain.triage import assess
from tests.domain.made import after, answered, assigned, event, policy, ticket, wrote

P = policy()
NOTHING = Surroundings()


def doomed(**more: Any) -> Ticket:
    messages = (wrote(number, number, f"hello {number}") for number in range(2, 7))
    return ticket(answered(1, 1), *messages, priority="high", **more)


def test_a_reply_that_brings_the_ticket_below_the_line_is_named_with_its_deadline() -> None:
    assessment = assess(doomed(), P, after(10), NOTHING)
    found = assessment.counterfactual
    assert assessment.risk == 65
    assert found is not None
    assert (found.risk_after, found.without, found.before) == (15, ("unanswered",), after(288))
    assert found.text == "A reply to the requester before 14:48 CEST brings the risk to 15."


def test_the_deadline_is_when_time_alone_next_adds_points() -> None:
    found = assess(doomed(), P, after(10), Surroundings(usual_minutes=40)).counterfactual
    assert found is not None and found.before == after(60)


def test_a_reply_also_ends_the_first_response_clock() -> None:
    made = ticket(*(wrote(number, number, f"hello {number}") for number in range(1, 4)), priority="high")
    found = assess(made, P, after(50), NOTHING).counterfactual
    assert found is not None
    assert set(found.without) == {"sla", "unanswered"}


def test_below_the_line_there_is_nothing_to_change() -> None:
    assert assess(ticket(wrote(1, 1, "hello")), P, after(10), NOTHING).counterfactual is None


def test_where_no_single_change_would_do_none_is_named() -> None:
    made = ticket(answered(1, 1), wrote(2, 2, "unacceptable, we are blocked, urgent"), priority="critical", body="VPN")
    assessment = assess(made, P, after(100), NOTHING)
    assert assessment.risk == 100
    assert assessment.counterfactual is None


def test_a_declared_escalation_can_be_taken_back() -> None:
    found = assess(ticket(answered(1, 1), body="please escalate"), P, after(5), NOTHING).counterfactual
    assert found is not None
    assert (found.without, found.risk_after) == (("explicit_request",), 0)


def test_a_resolved_ticket_needs_no_change() -> None:
    made = ticket(*doomed().events[1:], event(9, 9, "resolved"), priority="high")
    assert assess(made, P, after(10), NOTHING).counterfactual is None


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["hello", "urgent", "unacceptable", "we are blocked"]), max_size=6),
    st.sampled_from(["critical", "high", "normal", "low"]),
    st.integers(10, 3000),
    st.sampled_from([None, 30.0, 500.0]),
)
def test_what_is_stated_holds_when_worked_out_again_now_and_until_its_deadline(
    texts: list[str], priority: str, at: int, usual: float | None
) -> None:
    made = ticket(*(wrote(number, number, text) for number, text in enumerate(texts, 1)), priority=priority)
    around = Surroundings(usual_minutes=usual)
    found = assess(made, P, after(at), around).counterfactual
    if found is None:
        return
    moments = [after(at)]
    if found.before is not None:
        moments += [after(at) + (found.before - after(at)) / 2, found.before - timedelta(microseconds=1)]
    for moment in moments:
        assert assess(replied(made, moment), P, moment, around).risk < P.risk.at_risk_from
    assert assess(replied(made, after(at)), P, after(at), around).risk == found.risk_after


EVENTS = st.lists(
    st.sampled_from(
        [
            lambda n: wrote(n, n, "urgent, unacceptable"),
            lambda n: wrote(n, n, "no rush"),
            lambda n: wrote(n, n, "please escalate, we cannot work"),
            lambda n: answered(n, n),
            lambda n: assigned(n, n, "desk", "ada", "L1"),
            lambda n: assigned(n, n, "net", "cy", "L2"),
            lambda n: event(n, n, "priority", to="critical"),
            lambda n: event(n, n, "status", to="waiting for requester"),
            lambda n: event(n, n, "resolved"),
            lambda n: event(n, n, "reopened"),
        ]
    ),
    max_size=12,
)


def build(makers: list) -> tuple[Event, ...]:  # type: ignore[type-arg]  # hypothesis draws the functions above
    return tuple(make(number) for number, make in enumerate(makers, 1))


@settings(deadline=None)
@given(EVENTS, st.integers(1, 20_000))
def test_the_reasons_always_sum_to_a_risk_between_0_and_100(makers: list, at: int) -> None:  # type: ignore[type-arg]  # as above
    made = as_of(ticket(*build(makers), priority="high"), after(at))
    assessment = assess(made, P, after(at), NOTHING)
    assert sum(reason.points for reason in assessment.reasons) == assessment.risk
    assert 0 <= assessment.risk <= 100


@settings(deadline=None)
@given(EVENTS, st.integers(12, 20_000), st.text(alphabet="ab xyz", min_size=1, max_size=20))
def test_another_unanswered_message_never_lowers_the_risk(makers: list, at: int, text: str) -> None:  # type: ignore[type-arg]  # as above
    made = ticket(*build(makers), priority="high")
    more = made.model_copy(update={"events": (*made.events, wrote(99, at, text))})
    before = assess(as_of(made, after(at)), P, after(at), NOTHING).risk
    assert assess(more, P, after(at), NOTHING).risk >= before


@settings(deadline=None)
@given(EVENTS, st.integers(1, 12))
def test_what_happens_later_changes_nothing(makers: list, at: int) -> None:  # type: ignore[type-arg]  # as above
    whole = ticket(*build(makers), priority="high")
    poison = tuple(wrote(100 + n, 13 + n, "urgent unacceptable please escalate") for n in range(3))
    poisoned = whole.model_copy(update={"events": (*whole.events, *poison), "resolution": "secret"})
    assert assess(as_of(whole, after(at)), P, after(at), NOTHING) == assess(
        as_of(poisoned, after(at)), P, after(at), NOTHING
    )
