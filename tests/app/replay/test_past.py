"""What was known at a moment of the stream is what the history port says when it is asked about that moment."""

from __future__ import annotations

import asyncio
from itertools import groupby

import pytest

from adapters.memory.history import MemoryHistory
from app.replay.past import Past
from learning.stream import happenings
from tests.app.replay.made import history

_UNADJUSTED = {"expected_good": None, "minutes_ratio": None}
"""How hard the tickets were is worked out over all of them at once, which a stream does not do."""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_answer_is_that_of_the_history_port(seed: int) -> None:
    asyncio.run(_same_answers(seed))


async def _same_answers(seed: int) -> None:
    tickets = history(80, seed)
    port, past = MemoryHistory({"t": tickets}), Past()
    asked = 0
    for at, group in groupby(happenings(tickets), key=lambda one: one.at):
        for one in group:
            past.tell(one.ticket, one.count)
        for category in (None, "vpn", "odd"):
            assert past.usual_minutes(category) == pytest.approx(await port.usual_minutes("t", category, at))
            told = await port.track_records("t", category, at)
            assert past.track_records(category) == [one.model_copy(update=_UNADJUSTED) for one in told]
        assert past.escalated_share() == await port.escalated_share("t", at)
        assert dict(past.load) == await port.open_load("t", at)
        asked += past.usual_minutes(None) is not None
    assert asked > 50


def test_a_requester_is_known_by_who_helped_them_but_not_by_the_ticket_itself() -> None:
    tickets = history(40)
    past = Past()
    for one in happenings(tickets):
        past.tell(one.ticket, one.count)
    assert past.solvers("r-1", but="nothing") <= {"ana", "ben", "cleo", "dora"}
    assert past.solvers("r-1", but="nothing")
    assert past.solvers("nobody", but="nothing") == frozenset()
    assert past.solvers(None, but="nothing") == frozenset()


def test_a_team_that_resolved_few_tickets_has_no_usual_time() -> None:
    tickets = history(80)
    past = Past()
    for one in happenings(tickets):
        past.tell(one.ticket, one.count)
    usual = past.team_minutes("service-desk")
    assert usual is not None and usual > 0
    assert past.team_minutes("never heard of") is None
