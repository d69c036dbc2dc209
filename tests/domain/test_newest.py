"""Remembering the newest answers: the same objects are not asked about twice, and equal ones are told apart."""

from __future__ import annotations

from collections.abc import Callable

from domain.asof import cut_after, standing
from domain.newest import KEPT, remembered
from tests.tickets import comment, ticket


def _counting() -> tuple[Callable[[list[int]], int], list[int]]:
    asked: list[int] = []

    @remembered
    def total(numbers: list[int]) -> int:
        asked.append(len(numbers))
        return sum(numbers)

    return total, asked


def test_the_same_object_is_worked_out_once() -> None:
    total, asked = _counting()
    numbers = [1, 2]
    assert [total(numbers), total(numbers)] == [3, 3]
    assert len(asked) == 1


def test_equal_objects_are_each_worked_out() -> None:
    total, asked = _counting()
    assert [total([1]), total([1])] == [1, 1]
    assert len(asked) == 2


def test_only_the_newest_answers_are_kept() -> None:
    total, asked = _counting()
    many = [[number] for number in range(KEPT + 1)]
    assert [total(one) for one in many] == list(range(KEPT + 1))
    total(many[-1])
    assert len(asked) == KEPT + 1
    total(many[0])
    assert len(asked) == KEPT + 2


def test_a_ticket_with_one_more_event_stands_where_that_event_left_it() -> None:
    before = ticket()
    after = before.model_copy(update={"events": (*before.events, comment("e2", "any news?"))})
    assert standing(before).unanswered == ()
    assert len(standing(after).unanswered) == 1
    assert standing(cut_after(after, 1)).unanswered == ()
