"""What one condition says about another, against the tickets that meet them."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from domain.policy.base import When
from domain.policy.checks.rules import can_meet, covers, most_points
from domain.policy.judgement import RiskFile, SlaPoints, TextSignal, WordList

NAMES = ("vpn", "mail", "Mail")
LINES = ("category", "priority", "tier", "type", "service", "requester_role")


@dataclass(frozen=True)
class Facts:
    """What conditions ask about a ticket."""

    values: dict[str, str]
    words: frozenset[str]
    risk: int
    vip: bool


def meets(facts: Facts, when: When) -> bool:
    for line in LINES:
        wanted = {name.casefold() for name in getattr(when, line)}
        if wanted and facts.values[line].casefold() not in wanted:
            return False
    words = {word.casefold() for word in when.any_words}
    return (
        (not words or bool(words & facts.words))
        and (when.risk_at_least is None or facts.risk >= when.risk_at_least)
        and (when.vip is None or when.vip == facts.vip)
    )


def conditions() -> st.SearchStrategy[When]:
    names = st.lists(st.sampled_from(NAMES), max_size=2).map(tuple)
    return st.builds(
        When,
        category=names,
        priority=names,
        any_words=names,
        risk_at_least=st.none() | st.sampled_from((0, 50, 80)),
        vip=st.none() | st.booleans(),
    )


def facts() -> st.SearchStrategy[Facts]:
    return st.builds(
        Facts,
        values=st.fixed_dictionaries({line: st.sampled_from(("vpn", "mail", "other")) for line in LINES}),
        words=st.frozensets(st.sampled_from(("vpn", "mail"))),
        risk=st.sampled_from((0, 49, 50, 79, 80, 100)),
        vip=st.booleans(),
    )


@given(conditions(), conditions(), st.lists(facts(), max_size=20))
def test_a_condition_that_covers_another_holds_wherever_that_one_holds(
    earlier: When, later: When, tickets: list[Facts]
) -> None:
    if covers(earlier, later):
        assert all(meets(ticket, earlier) for ticket in tickets if meets(ticket, later))


@given(conditions(), conditions(), st.lists(facts(), max_size=20))
def test_conditions_that_share_a_ticket_are_known_to_meet(one: When, other: When, tickets: list[Facts]) -> None:
    if not can_meet(one, other):
        assert not any(meets(ticket, one) and meets(ticket, other) for ticket in tickets)


@given(conditions())
def test_every_condition_covers_itself_and_is_covered_by_the_empty_one(when: When) -> None:
    assert covers(when, when)
    assert covers(When(), when)
    assert can_meet(when, when)


def test_the_most_points_leave_out_what_a_requester_declares() -> None:
    words = (WordList(language="en", words=("asap",)),)
    risk = RiskFile(
        sla=(SlaPoints(at_percent=60, points=15), SlaPoints(at_percent=80, points=30)),
        priority={"high": 15, "low": -10},
        unanswered_message=2,
        unanswered_at_most=5,
        vip=0,
        reopened=0,
        bounce=0,
        reassigned=0,
        older_than_usual=0,
        resembles_escalated=0,
        outbreak=-5,
        explicit_request=60,
        signals=(TextSignal(id="urgency", points=7, lists=words),),
    )

    assert most_points(risk) == 30 + 15 + 2 * 5 + 7
