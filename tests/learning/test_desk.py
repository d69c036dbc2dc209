"""A desk knows at a moment what was told by then: load, flow, and what came of tickets lately."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.asof import standing
from domain.ticket import Ticket
from learning.desk import EVERYTHING, Desk
from learning.stream import happenings, in_order
from tests.learning.desks import made


def told(tickets: list[Ticket]) -> Desk:
    desk = Desk()
    for one in happenings(in_order(tickets)):
        desk.tell(one)
    return desk


def until(tickets: list[Ticket], hours: float) -> list[Ticket]:
    end = tickets[0].created_at + timedelta(hours=hours)
    cut = [one.model_copy(update={"events": tuple(e for e in one.events if e.at <= end)}) for one in tickets]
    return [one for one in cut if one.events]


@pytest.mark.parametrize("hours", [10, 100, 300, 900])
def test_open_tickets_are_those_that_stand_open(hours: float) -> None:
    tickets = until(made(300), hours)
    desk = told(tickets)
    now = [standing(one) for one in tickets]
    assert desk.open_tickets() == sum(one.open for one in now)
    for team in ("desk", "network", "access", "field"):
        assert desk.open_tickets("team", team) == sum(one.open and one.team == team for one in now)
    assert desk.open_tickets("technician", "network-1") == sum(
        one.open and one.technician == "network-1" for one in now
    )


def test_a_desk_at_the_end_holds_no_open_ticket() -> None:
    desk = told(made(300))
    assert desk.open_tickets() == desk.open_tickets("team", "desk") == desk.open_tickets("category", "vpn") == 0


def test_shares_of_slow_tickets_come_out_at_what_the_team_really_does() -> None:
    desk = told(made(2000, days=30))
    at = desk.told_until
    slow, seen = desk.lately(("team", "network"), at).slow[0], desk.lately(("team", "network"), at).seen[0]
    quick, all_ = desk.lately(("team", "desk"), at).slow[0], desk.lately(("team", "desk"), at).seen[0]
    assert slow / seen > quick / all_ + 0.1
    missed = desk.lately(("team", "network"), at)
    assert missed.breached / missed.closed == pytest.approx(0.6, abs=0.12)


def test_what_was_told_fades() -> None:
    desk = told(made(200, days=10))
    now = desk.lately(EVERYTHING, desk.told_until).closed
    later = desk.lately(EVERYTHING, desk.told_until + 14 * 86400).closed
    assert later == pytest.approx(now / 2)


def test_a_reopened_ticket_is_open_again_even_after_it_was_dropped() -> None:
    ticket = made(1)[0]
    last = ticket.events[-1]
    again = last.model_copy(update={"id": "e9", "kind": "reopened", "at": last.at + timedelta(hours=1), "to": None})
    desk = told([Ticket.model_validate({**ticket.model_dump(), "events": [*ticket.events, again]})])
    assert desk.open_tickets() == 1
    assert desk.open_tickets("category", ticket.category or "") == 1
