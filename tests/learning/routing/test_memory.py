"""Where tickets ended up is remembered as they settle, never earlier."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
import pytest

from domain.asof import cut_after
from domain.ticket import Ticket
from learning.routing.memory import RouteMemory
from learning.routing.seen import seen
from learning.stream import happenings, in_order
from tests.conftest import NOW
from tests.learning.routing.made import history, one


def _told(tickets: list[Ticket]) -> RouteMemory:
    memory = RouteMemory()
    for happening in happenings(in_order(tickets)):
        memory.tell(happening)
    return memory


def _share(memory: RouteMemory, ticket: Ticket, team: str) -> float:
    cut = cut_after(ticket, 1)
    place = memory.place(team)
    assert place is not None
    return float(np.exp(memory.look(seen(cut), ticket.created_at)[place, 0]))


def test_a_ticket_counts_for_its_team_only_once_it_has_settled() -> None:
    done, open_ = history(30, text=False, stray=0), one(100, "vpn", "finance", random.Random(0), text=False)
    before = _told(done)
    after_assignment = _told([*done, open_.model_copy(update={"events": open_.events[:3]})])
    settled = _told([*done, open_])
    asked = one(101, "vpn", "network", random.Random(0), text=False)
    assert _share(after_assignment, asked, "finance") == pytest.approx(_share(before, asked, "finance"))
    assert _share(settled, asked, "finance") > _share(before, asked, "finance")


def test_in_a_history_where_nothing_ends_an_assignment_is_all_there_will_be() -> None:
    memory = _told(history(40, text=False, ends=False, stray=0))
    asked = one(100, "mail", "messaging", random.Random(0), text=False)
    assert _share(memory, asked, "messaging") > 0.8


def test_the_first_ending_takes_back_what_was_only_assigned() -> None:
    never = history(20, text=False, ends=False, stray=0)
    memory = _told([*never, one(50, "vpn", "network", random.Random(0), text=False)])
    assert {team: memory.support(seen(cut_after(never[0], 1)), ("service",), team, NOW)[0] for team in memory.teams}[
        "messaging"
    ] == 0
    assert memory.settled(NOW + timedelta(hours=51.5)) == pytest.approx(1, rel=0.01)


def test_older_tickets_count_less() -> None:
    tickets = [one(number, "vpn", "network", random.Random(0), text=False) for number in range(10)]
    tickets += [one(2000 + number, "vpn", "finance", random.Random(0), text=False) for number in range(10)]
    asked = one(2100, "vpn", "network", random.Random(0), text=False)
    assert _share(_told(tickets), asked, "finance") > 2 * _share(_told(tickets), asked, "network")


def test_what_was_stored_looks_the_same_when_it_is_read_again() -> None:
    memory = _told(history(60))
    again = RouteMemory.load(memory.dump())
    asked = one(61, "vpn", "network", random.Random(0))
    facts = seen(cut_after(asked, 1))
    assert np.array_equal(memory.look(facts, asked.created_at), again.look(facts, asked.created_at))
