"""Where a person contradicts what was said, a case is kept that later models are run over."""

from __future__ import annotations

from adapters.storage import cases
from domain.escalation import EscalationState
from domain.overriding import ModelCase
from domain.ticket import Actor, ActorRole, Event, EventKind
from tests.app.desk import LOUD, QUIET, Desk, later
from tests.conftest import NOW
from tests.tickets import comment

ANGRY = "This is unacceptable, I cannot work, production is down, the whole site is blocked, urgent!"
"""Goes up by its points, not by a request."""


def noted(desk: Desk) -> list[ModelCase]:
    return desk.services.store.read(lambda c: cases.all_of(c, desk.tenant))


def by_hand(id: str, kind: EventKind, minute: float, role: ActorRole = ActorRole.TECHNICIAN, **values: str) -> Event:
    actor = Actor(id="kim-osei", role=role)
    return Event.model_validate({"id": id, "at": later(minute), "kind": kind, "actor": actor, **values})


def goes_up_by_points(desk: Desk) -> None:
    desk.opens(ANGRY)
    for number in range(1, 6):
        desk.hears(comment(f"c{number}", ANGRY, at=later(number)))
    assert desk.escalations(), "the words no longer reach the line"


def test_taking_down_what_nobody_had_accepted_says_it_was_not_at_risk(desk: Desk) -> None:
    goes_up_by_points(desk)
    desk.moves(EscalationState.DE_ESCALATED, by="kim-osei", why="a false alarm")

    [case] = noted(desk)
    assert (case.about, case.did, case.at_risk, case.by, case.why) == (
        "escalation", "took_down", False, "kim-osei", "a false alarm",
    )  # fmt: skip
    assert case.at == desk.escalations()[0].opened_at and case.said.startswith("risk ")


def test_taking_down_what_was_declared_or_worked_on_contradicts_nothing(desk: Desk) -> None:
    desk.opens(LOUD)
    desk.moves(EscalationState.DE_ESCALATED, by="kim-osei", why="they took it back")

    assert noted(desk) == []


def test_sending_back_names_the_team_that_was_said(desk: Desk) -> None:
    desk.opens(LOUD)
    [raised] = desk.escalations()
    desk.moves(EscalationState.BOUNCED, by="kim-osei", why="wrong team")

    [case] = noted(desk)
    assert (case.about, case.did, case.not_team, case.why) == ("routing", "sent_back", raised.to_team, "wrong team")


def test_going_up_by_hand_says_that_what_was_watched_was_at_risk(desk: Desk) -> None:
    desk.opens(QUIET)
    desk.hears(by_hand("h1", EventKind.ASSIGNMENT, 1, team="service-desk", tier="L1"))
    watched = desk.journeys()[0].started_at
    desk.hears(by_hand("h2", EventKind.TIER, 5, to="L2", tier="L2"))

    [case] = noted(desk)
    assert (case.about, case.did, case.at_risk, case.by) == ("escalation", "escalated_by_hand", True, "kim-osei")
    assert case.at == watched and case.noted_at == later(5)


def test_what_software_does_contradicts_nothing(desk: Desk) -> None:
    desk.opens(QUIET)
    desk.hears(by_hand("h1", EventKind.ASSIGNMENT, 1, role=ActorRole.SYSTEM, team="service-desk", tier="L1"))
    desk.hears(by_hand("h2", EventKind.TIER, 5, role=ActorRole.SYSTEM, to="L2", tier="L2"))

    assert noted(desk) == []


def test_a_requester_who_asks_for_it_contradicts_the_look_before(desk: Desk) -> None:
    desk.opens(QUIET)
    desk.hears(comment("c1", LOUD, at=later(9)))

    [case] = noted(desk)
    assert (case.did, case.at_risk, case.at) == ("declared", True, NOW)


def test_giving_it_to_another_team_by_hand_overrides_the_route(desk: Desk) -> None:
    desk.opens(LOUD)
    [raised] = desk.escalations()
    other = next(one for one in desk.services.policy.teams.teams if one.id != raised.to_team)
    desk.hears(by_hand("h1", EventKind.ASSIGNMENT, 30, team=other.name))

    [case] = noted(desk)
    assert (case.about, case.did, case.not_team, case.team) == ("routing", "rerouted", raised.to_team, other.name)


def test_giving_it_to_the_same_team_by_another_name_overrides_nothing(desk: Desk) -> None:
    desk.opens(LOUD)
    [raised] = desk.escalations()
    same = desk.services.policy.team(raised.to_team)
    assert same is not None
    desk.hears(by_hand("h1", EventKind.ASSIGNMENT, 30, team=same.name))

    assert noted(desk) == []


def test_the_same_delivery_again_notes_no_second_case(desk: Desk) -> None:
    desk.opens(QUIET)
    desk.hears(comment("c1", LOUD, at=later(9)))
    desk.hears(comment("c1", LOUD, at=later(9)), name="again")

    assert len(noted(desk)) == 1
