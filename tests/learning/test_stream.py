"""A history is told in the order in which it happened."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from domain.ticket import Ticket
from learning.stream import begins, happenings, in_order
from tests.conftest import NOW
from tests.tickets import comment, ticket


def _with_events(name: str, minutes: list[int]) -> Ticket:
    opened = NOW + timedelta(minutes=minutes[0])
    made = ticket(name, opened=opened)
    later = [comment(f"c{i}", "hello", at=NOW + timedelta(minutes=m)) for i, m in enumerate(minutes[1:])]
    return made.model_copy(update={"events": (*made.events, *later)})


@given(st.lists(st.lists(st.integers(0, 50), min_size=1, max_size=6).map(sorted), min_size=1, max_size=8))
def test_every_event_comes_once_in_order_of_time_then_ticket_then_position(starts: list[list[int]]) -> None:
    tickets = in_order(_with_events(f"T-{n}", minutes) for n, minutes in enumerate(starts))
    told = [(one.at, one.ticket.id, one.count) for one in happenings(tickets)]
    assert told == sorted(told)
    assert len(told) == sum(len(one.events) for one in tickets)
    assert set(told) == {(e.at, t.id, n) for t in tickets for n, e in enumerate(t.events, 1)}


def test_a_history_out_of_order_is_refused_by_name() -> None:
    late, early = _with_events("T-1", [30]), _with_events("T-2", [10])
    with pytest.raises(BadInput, match="T-2"):
        list(happenings([late, early]))


def test_a_ticket_without_events_begins_at_its_creation_and_tells_nothing() -> None:
    bare = ticket("T-1").model_copy(update={"events": ()})
    assert begins(bare) == bare.created_at
    assert list(happenings([bare])) == []
