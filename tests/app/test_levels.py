"""The escalation matrix in a running house: levels come due by timers, before, during and while a journey waits."""

from __future__ import annotations

from adapters.storage import records
from domain.asof import standing
from domain.escalation import EscalationState
from domain.journey import Outcome
from domain.matrix import Matrix
from domain.ticket import Actor, ActorRole, Event, EventKind
from tests.app.desk import ASKED, LOUD, QUIET, Desk, later
from tests.tickets import comment


def by_hand(number: int, kind: EventKind, **values: str) -> Event:
    actor = Actor(id="kim-osei", role=ActorRole.TECHNICIAN)
    return Event.model_validate({"id": f"h{number}", "at": later(number), "kind": kind, "actor": actor, **values})


def matrix(desk: Desk) -> Matrix:
    found = desk.services.store.read(lambda c: records.matrices.get_or_none(c, desk.tenant, "T-1"))
    assert found is not None
    return found


def levels(desk: Desk) -> list[tuple[str, bool]]:
    return [(one.level, one.applied) for one in matrix(desk).levels]


def days(count: float) -> float:
    return count * 24 * 60


def test_a_quiet_ticket_goes_up_when_three_quarters_of_its_time_are_gone(desk: Desk) -> None:
    desk.opens(QUIET)
    desk.technician_writes("e2", "We look at it.")
    assert desk.escalations() == []

    for hours in range(6, 150, 6):
        desk.time_passes(hours * 60)

    [raised] = desk.escalations()
    assert levels(desk)[0] == ("running-out", True)
    assert "Level 'running-out'" in raised.reason
    assert "sla-at-risk" in standing(desk.services.store.ticket(desk.tenant, "T-1")).tags


def test_a_missed_sweep_catches_up_and_the_last_level_speaks(desk: Desk) -> None:
    desk.opens(QUIET)

    desk.time_passes(days(30))

    assert levels(desk) == [("running-out", False), ("missed", True)]
    assert len(desk.escalations()) == 1


def test_sweeping_again_changes_nothing(desk: Desk) -> None:
    desk.opens(QUIET)
    desk.time_passes(days(30))
    before = len(desk.effects()), levels(desk)

    for minute in range(1, 4):
        desk.time_passes(days(30) + minute)

    assert (len(desk.effects()), levels(desk)) == before


def test_levels_come_due_while_a_question_waits(desk: Desk) -> None:
    desk.opens(ASKED)
    desk.hears(by_hand(1, EventKind.PRIORITY, to="critical"))
    [raised] = desk.escalations()
    if raised.state == EscalationState.HANDED_OVER:
        desk.time_passes(days(2))
    assert len(desk.escalations()) == 1


def test_an_open_escalation_is_raised_and_keeps_what_was_changed_on_its_behalf(desk: Desk) -> None:
    desk.opens(LOUD)
    [before] = desk.escalations()
    assert before.state == EscalationState.HANDED_OVER

    desk.time_passes(days(30))

    [raised] = desk.escalations()
    assert ("missed", True) in levels(desk)
    assert {one.field for one in raised.properties} > {one.field for one in before.properties} or (
        len(raised.properties) > len(before.properties)
    )
    assert raised.version > before.version


def test_the_same_cause_does_not_escalate_twice_after_it_was_taken_down(desk: Desk) -> None:
    desk.opens(LOUD)
    desk.technician_writes("e2", "We look at it.", at=later(1))
    desk.moves(EscalationState.DE_ESCALATED, by="kim-osei", why="calm")
    desk.time_passes(desk.services.policy.escalation.cooldown + 10)

    again = desk.hears(comment("e9", "Thank you for looking at it.", at=later(251)))

    assert desk.journey(again).outcome == Outcome.WATCHING
    assert len(desk.escalations()) == 1


def test_a_resolved_ticket_passes_no_level(desk: Desk) -> None:
    desk.opens(QUIET)
    desk.ends(EventKind.RESOLVED, at=later(5))

    desk.time_passes(days(30))

    assert desk.escalations() == []
    assert matrix(desk).levels == ()


def test_two_automations_in_turn_are_stopped_and_the_ticket_is_marked_once(desk: Desk) -> None:
    desk.opens(LOUD)
    bot = Actor(id="other-bot", role=ActorRole.BOT)
    for number in range(1, 30):
        now = standing(desk.services.store.ticket(desk.tenant, "T-1"))
        if now.priority == "low":
            break
        desk.hears(Event(id=f"b{number}", at=later(number), kind=EventKind.PRIORITY, to="low", actor=bot))
    for number in range(30, 60):
        desk.hears(Event(id=f"b{number}", at=later(number), kind=EventKind.PRIORITY, to="low", actor=bot))

    written = [change for change in desk.changes() if change.priority]
    assert len(written) <= desk.services.policy.escalation.max_depth
    assert len([change for change in desk.changes() if "automation-loop" in change.tags]) <= 1
