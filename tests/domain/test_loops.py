"""How deep two automations answer each other, counted since a person last did something."""

from __future__ import annotations

from domain.loops import causality_depth, last_word
from domain.ticket import Event
from tests.domain.made import event, ticket


def ours(number: int, kind: str = "priority", to: str = "high") -> Event:
    return event(number, number, kind, by="tierwise", role="bot", to=to)


def theirs(number: int, kind: str = "priority", to: str = "low", role: str = "bot") -> Event:
    return event(number, number, kind, by="other", role=role, to=to)


def test_each_answer_to_a_change_of_ours_counts_once() -> None:
    assert causality_depth(ticket(ours(1), theirs(2), ours(3), theirs(4))) == 2
    assert causality_depth(ticket(ours(1), theirs(2), theirs(3), theirs(4))) == 1


def test_an_answer_that_touches_several_fields_is_one_answer() -> None:
    both = ticket(ours(1), ours(2, "tier", "L2"), theirs(3), theirs(4, "tier", "L1"))
    assert causality_depth(both) == 1


def test_what_touches_nothing_of_ours_is_no_answer() -> None:
    assert causality_depth(ticket(ours(1), theirs(2, "status", "waiting"))) == 0
    assert causality_depth(ticket(theirs(1), theirs(2))) == 0


def test_the_helpdesk_s_own_system_counts_as_an_automation() -> None:
    assert causality_depth(ticket(ours(1), theirs(2, role="system"))) == 1


def test_a_person_starts_the_count_anew() -> None:
    person = event(3, 3, "comment", by="ada", role="technician", body="I see.")
    assert causality_depth(ticket(ours(1), theirs(2), person)) == 0
    assert last_word(ticket(ours(1), theirs(2), person)) == "e3"
