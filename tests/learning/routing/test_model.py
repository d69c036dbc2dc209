"""The team model: what it learns, when it abstains, and what is stored."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from domain.asof import cut_after
from domain.errors import BadModel
from domain.ticket import Ticket
from learning.desk import Desk
from learning.routing.model import TeamModel
from learning.routing.seen import final_team
from learning.stream import happenings, in_order
from tests.learning.routing.made import history

STRUCTURE = history(400, seed=1, text=False)
TEXT = history(400, seed=2)


@pytest.fixture(scope="module", params=["structure", "text"])
def fitted(request: pytest.FixtureRequest) -> tuple[TeamModel, list[Ticket]]:
    tickets = STRUCTURE if request.param == "structure" else TEXT
    return TeamModel.fit(tickets[:300], seed=3), tickets[300:]


def _right(model: TeamModel, tickets: list[Ticket], count: int) -> float:
    opinions = [model.opinion(cut_after(one, count), one.events[count - 1].at) for one in tickets]
    return float(np.mean([one.teams[0].team == final_team(t) for one, t in zip(opinions, tickets, strict=True)]))


@pytest.mark.parametrize("count", [1, 2])
def test_it_tells_the_team_a_ticket_ends_with(fitted: tuple[TeamModel, list[Ticket]], count: int) -> None:
    model, later = fitted
    assert _right(model, later, count) >= 0.85  # nine in ten end where their kind does


def test_probabilities_are_calibrated_and_the_reason_is_in_words(fitted: tuple[TeamModel, list[Ticket]]) -> None:
    model, later = fitted
    opinions = [model.opinion(cut_after(one, 1), one.created_at) for one in later]
    assert np.mean([one.teams[0].probability for one in opinions]) == pytest.approx(0.92, abs=0.07)
    for one in opinions:
        assert sum(guess.probability for guess in one.teams) <= 1 + 1e-9
        assert [guess.probability for guess in one.teams] == sorted((g.probability for g in one.teams), reverse=True)
        assert one.teams[0].why


def test_the_same_tickets_and_seed_give_the_same_bytes(fitted: tuple[TeamModel, list[Ticket]]) -> None:
    model, later = fitted
    tickets = TEXT if later[0].subject else STRUCTURE
    stored = model.dump()
    assert stored == TeamModel.fit(tickets[:300], seed=3).dump()
    again = TeamModel.load(stored)
    assert again.dump() == stored
    cut = cut_after(later[0], 2)
    assert again.opinion(cut, later[0].events[1].at) == model.opinion(cut, later[0].events[1].at)


def test_nothing_after_the_given_moment_is_learned() -> None:
    until = STRUCTURE[200].created_at
    poisoned = [
        one if one.created_at <= until else one.model_copy(update={"events": (), "service": "poison"})
        for one in STRUCTURE
    ]
    cut = [one.model_copy(update={"events": tuple(e for e in one.events if e.at <= until)}) for one in poisoned]
    assert TeamModel.fit(STRUCTURE, seed=1, until=until).dump() == TeamModel.fit(cut, seed=1).dump()


@pytest.mark.parametrize(
    ("tickets", "word"),
    [
        ([], "no ticket with a team"),
        ([one.model_copy(update={"events": one.events[:1]}) for one in TEXT[:80]], "no ticket with a team"),
        (history(80, teams=1, stray=0), "one team"),
        (history(30), "only 30 tickets"),
        (history(30, text=False, ends=False), "only 30 tickets"),
    ],
    ids=["nothing", "no assignment", "one team", "few", "few without ends"],
)
def test_where_little_can_be_learned_it_abstains_and_says_why(tickets: list[Ticket], word: str) -> None:
    model = TeamModel.fit(tickets, seed=0)
    opinion = model.opinion(cut_after(TEXT[90], 1), TEXT[90].created_at)
    assert opinion.abstained
    assert word in opinion.why_abstained
    assert TeamModel.load(model.dump()).opinion(cut_after(TEXT[90], 1), TEXT[90].created_at) == opinion


def test_a_text_of_nothing_it_knows_still_has_an_answer_of_all_teams() -> None:
    model = TeamModel.fit(TEXT[:300], seed=3)
    for subject in (None, "", "???", "\x00", "völlig anderes"):
        bare = cut_after(TEXT[350], 1).model_copy(update={"subject": subject, "description": None, "requester": None})
        opinion = model.opinion(bare, bare.created_at + timedelta(days=1))
        assert sum(one.probability for one in opinion.teams) == pytest.approx(1, abs=0.01)


def test_damaged_or_foreign_bytes_are_refused() -> None:
    stored = TeamModel.fit(STRUCTURE[:120], seed=0).dump()
    middle = len(stored) // 2
    for bad in (b"", b"PK", stored[:-30], stored[:middle] + bytes([stored[middle] ^ 255]) + stored[middle + 1 :]):
        with pytest.raises(BadModel):
            TeamModel.load(bad)


def test_what_the_desk_knows_by_now_is_used_unless_it_knows_much_less_than_the_model() -> None:
    model = TeamModel.fit(STRUCTURE[:200], seed=3)
    moved = [
        one.model_copy(update={"events": tuple(
            event.model_copy(update={"team": "cloud"}) if event.team == "network" else event for event in one.events
        )})
        for one in STRUCTURE[200:]
    ]  # fmt: skip
    desk, young = Desk(), Desk()
    for happening in happenings(in_order([*STRUCTURE[:200], *moved])):
        desk.tell(happening)
    for happening in happenings(in_order(moved[:10])):
        young.tell(happening)
    asked = next(one for one in moved[-60:] if one.service == "vpn")
    cut = cut_after(asked, 1)
    later = asked.created_at + timedelta(days=30)
    alone, known = (model.opinion(cut, later, one) for one in (None, desk))
    assert "cloud" not in {one.team for one in alone.teams}
    assert "cloud" in {one.team for one in known.teams[:2]}
    assert model.opinion(cut, later, young) == alone
