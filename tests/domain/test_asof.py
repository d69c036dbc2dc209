"""A ticket at a moment shows nothing that was only known later, also where helpdesks fill it in afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.asof import as_of, cut_after, outcome_known
from domain.ticket import Event, EventKind, Outcome, Ticket

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
K = EventKind


def ticket(*kinds: EventKind, after: float = 0.0) -> Ticket:
    """One event an hour; end facts are those of the last end, `after` hours later than its event."""
    events = tuple(
        Event(id=f"e{place}", at=START + timedelta(hours=place), kind=kind) for place, kind in enumerate(kinds)
    )
    filled_in = events[-1].at + timedelta(hours=after)
    return Ticket(
        id="T-1", source="made", created_at=START, resolved_at=filled_in, closed_at=filled_in, resolution="restarted",
        closure_code="solved", events=events, outcome=Outcome(sla_met=False, escalated=True),
    )  # fmt: skip


TWICE = ticket(K.CREATED, K.RESOLVED, K.CLOSED, K.REOPENED, K.RESOLVED, K.CLOSED)


@pytest.mark.parametrize("count", range(1, 5))
def test_a_ticket_opened_again_does_not_show_its_second_end_before_it(count: int) -> None:
    cut = cut_after(TWICE, count)
    assert (cut.resolved_at, cut.closed_at, cut.resolution, cut.closure_code) == (None, None, None, None)


def test_the_last_end_shows_its_facts_as_it_comes() -> None:
    assert cut_after(TWICE, 5).resolution == "restarted" and cut_after(TWICE, 5).closure_code is None
    assert cut_after(TWICE, 6).closed_at == TWICE.closed_at and cut_after(TWICE, 6).closure_code == "solved"


def test_a_ticket_that_is_only_closed_shows_its_resolution_then() -> None:
    whole = ticket(K.CREATED, K.CLOSED)
    assert cut_after(whole, 1).resolution is None and cut_after(whole, 2).resolution == "restarted"


def test_a_moment_that_was_filled_in_later_is_not_shown() -> None:
    whole = ticket(K.CREATED, K.RESOLVED, after=100)
    cut = as_of(whole, START + timedelta(hours=1))
    assert cut.resolved_at is None and cut.resolution == "restarted"


def test_what_came_of_a_ticket_is_told_by_its_last_closing_alone() -> None:
    told = [outcome_known(TWICE, count) for count in range(1, 7)]
    assert told == [None] * 5 + [TWICE.outcome]
