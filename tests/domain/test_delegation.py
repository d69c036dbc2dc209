"""Somebody decides for somebody else: in the window, for the rule, over a few hops, never in a circle."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.delegation import Delegation, add, circles, delegates_of, roll_call, written
from domain.errors import BadInput, Conflict
from domain.policy.people import PeopleFile
from domain.thresholds import DELEGATION_HOPS
from tests.conftest import NOW
from tests.domain import made


def gives(one: str, other: str, *, first: float = 0, last: float = 60, only: tuple[str, ...] = ()) -> Delegation:
    return Delegation(
        id=f"{one}>{other}@{first}", principal=one, delegate=other, first=NOW + timedelta(minutes=first),
        last=NOW + timedelta(minutes=last), only=only, reason="away", made_by=one,
    )  # fmt: skip


@pytest.mark.parametrize(("minute", "valid"), [(-1, False), (0, True), (59, True), (60, False)])
def test_a_delegation_holds_from_its_first_moment_up_to_its_last(minute: int, valid: bool) -> None:
    reached = delegates_of("ann", [gives("ann", "del")], "db", NOW + timedelta(minutes=minute))
    assert ("del" in reached) == valid


def test_a_delegation_can_be_for_some_rules_only() -> None:
    assert delegates_of("ann", [gives("ann", "del", only=("erp",))], "db", NOW) == {}
    assert set(delegates_of("ann", [gives("ann", "del", only=("erp",))], "erp", NOW)) == {"del"}


def test_one_that_was_taken_back_holds_no_more_from_then_on() -> None:
    ended = gives("ann", "del").end(by="ann", at=NOW + timedelta(minutes=5))
    assert "del" in delegates_of("ann", [ended], "db", NOW + timedelta(minutes=4))
    assert delegates_of("ann", [ended], "db", NOW + timedelta(minutes=5)) == {}


def test_a_chain_is_followed_so_many_hops_and_names_its_links() -> None:
    people = ["ann", *(f"p{number}" for number in range(DELEGATION_HOPS + 2))]
    chain = [gives(one, other) for one, other in pairwise(people)]
    reached = delegates_of("ann", chain, "db", NOW)
    assert list(reached) == people[1 : DELEGATION_HOPS + 1]
    assert reached["p1"] == (chain[0].id, chain[1].id)


def test_nobody_who_is_barred_passes_a_delegation_on() -> None:
    chain = [gives("ann", "rita"), gives("rita", "del")]
    assert delegates_of("ann", chain, "db", NOW, {"rita"}) == {}


def test_in_reach_of_a_circle_nobody_speaks_for_anybody() -> None:
    circle = [gives("ann", "ben"), gives("ben", "cas"), gives("cas", "ben"), gives("cas", "del")]
    assert delegates_of("ann", circle, "db", NOW) == {}


def test_a_delegation_that_would_close_a_circle_is_refused_with_the_circle() -> None:
    known = [gives("ann", "ben"), gives("ben", "cas", first=30, last=90)]
    with pytest.raises(Conflict, match=r"would close a circle: .* → .* → "):
        add(gives("cas", "ann", first=40, last=50), known)
    # At no moment are all three in force.
    assert add(gives("cas", "ann", first=60, last=90), known)


def test_delegations_for_different_rules_are_no_circle() -> None:
    assert add(gives("ben", "ann", only=("erp",)), [gives("ann", "ben", only=("db",))])
    with pytest.raises(Conflict):
        add(gives("ben", "ann", only=("db", "erp")), [gives("ann", "ben", only=("db",))])


def test_nobody_delegates_to_themselves_nor_backwards() -> None:
    with pytest.raises(BadInput, match="to themselves"):
        add(gives("ann", "ann"), [])
    with pytest.raises(BadInput, match="ends before it starts"):
        add(gives("ann", "ben", first=10, last=10), [])


def test_a_day_of_the_policy_is_whole_in_the_zone_of_the_policy() -> None:
    rule = {"from": "ada", "to": "bo", "first": "2026-10-25", "last": "2026-10-25", "reason": "away"}
    policy = made.policy().model_copy(update={"people": PeopleFile.model_validate({"delegations": [rule]})})
    [one] = written(policy)
    # The clocks go back in Berlin that night: the day has 25 hours.
    assert one.last.timestamp() - one.first.timestamp() == 25 * 3600


def test_the_roll_knows_who_has_left_and_who_is_away() -> None:
    people = {
        "people": [
            {"id": "gone", "name": "G", "email": "g@example.com", "left": "2026-10-14"},
            {"id": "leaving", "name": "L", "email": "l@example.com", "left": "2026-10-15"},
            {"id": "away", "name": "A", "email": "a@example.com", "leave": [made.LEAVE_TODAY]},
        ]
    }
    policy = made.policy().model_copy(update={"people": PeopleFile.model_validate(people)})
    roll = roll_call(policy, made.START)
    assert (set(roll.gone), set(roll.away)) == ({"gone"}, {"away"})


names = st.sampled_from("abcdef")
windows = st.tuples(st.integers(0, 5), st.integers(1, 4))
some = st.lists(st.tuples(names, names, windows, st.sampled_from([(), ("db",), ("erp",)])), max_size=9)


@given(some)
def test_what_is_added_one_by_one_never_makes_a_circle(
    wanted: list[tuple[str, str, tuple[int, int], tuple[str, ...]]],
) -> None:
    known: list[Delegation] = []
    for number, (one, other, (first, lasts), only) in enumerate(wanted):
        new = gives(one, other, first=first, last=first + lasts, only=only).model_copy(update={"id": f"d{number}"})
        try:
            known.append(add(new, known))
        except (BadInput, Conflict):
            continue
    assert list(circles(known)) == []
    for minute in range(10):
        for rule in ("db", "erp"):
            at = NOW + timedelta(minutes=minute)
            edges = {(one.principal, one.delegate) for one in known if one.holds(rule, at)}
            for start in "abcdef":
                reach, grown = {other for one, other in edges if one == start}, True
                while grown:
                    more = {other for one, other in edges if one in reach} - reach
                    reach, grown = reach | more, bool(more)
                assert start not in reach
