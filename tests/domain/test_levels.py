"""The matrix: levels by time and risk, each promise once, the last that is due speaks, missed sweeps catch up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.assessment import Action, Assessment, Reason, Urgency
from domain.effects import WriteBack
from domain.escalation import Escalation, EscalationState
from domain.levels import next_level_moment
from domain.looking import Look, look
from domain.matrix import Matrix
from domain.policy.policy import Policy
from domain.ticket import Event, Ticket
from tests.domain.made import after, assigned, event, policy, ticket

RULES = [{"id": "up", "to_tier": "L2", "priority": "high"}]
HALF = {"id": "half", "clock": "resolution", "at_percent": 50, "set": {"tags": ["half"]}}
RAISE = {
    "id": "raise", "clock": "resolution", "minutes_before_breach": 100,
    "set": {"priority": "high", "owner": "team_lead", "queue": "hot", "status": "in progress"},
}  # fmt: skip
LATE = {
    "id": "late", "clock": "resolution", "minutes_after_breach": 60, "escalate": True,
    "set": {"priority": "critical", "tier": "L3", "tags": ["late"]},
}  # fmt: skip
"""On the promise of 1,000 minutes: due after 500, 900 and 1,060."""


def rules(*levels: dict[str, Any], **more: Any) -> Policy:
    return policy(escalation={"rules": RULES, "levels": list(levels), **more})


P = rules(HALF, RAISE, LATE)


def made(*events: Event, priority: str = "normal") -> Ticket:
    return ticket(assigned(1, 1, "desk", "bo", "L1"), *events, priority=priority)


def opinion(at: float, risk: int = 0, **more: Any) -> Assessment:
    reasons = (Reason(code="x", points=risk, text="x"),) if risk else ()
    row = {"category": "vpn", "urgency": Urgency.NORMAL, "counterfactual": None, "reasons": reasons} | more
    return Assessment.model_validate({"ticket_id": "T-1", "at": after(at), "risk": risk} | row)


class Desk:
    """Looks at one ticket again and again, and remembers what a record keeper would."""

    def __init__(self, start: Ticket, rules: Policy = P) -> None:
        self.ticket, self.policy = start, rules
        self.matrix = Matrix(ticket_id=start.id)
        self.last: Escalation | None = None
        self.effects: dict[str, object] = {}
        self.opened: list[tuple[str, ...]] = []

    def look(self, at: float, risk: int = 0, **more: Any) -> Look:
        seen = look(opinion(at, risk, **more), self.ticket, self.policy, after(at), self.matrix, self.last)
        self.matrix = seen.matrix
        self.last = seen.escalation or self.last
        self.effects |= {one.key: one.body for one in seen.effects}
        if seen.decision.action == Action.ESCALATE:
            self.opened.append(seen.decision.causes)
            self.last = Escalation(
                id=f"esc_{len(self.opened)}", ticket_id="T-1", state=EscalationState.HANDED_OVER, opened_at=after(at),
                updated_at=after(at), risk=risk, reason="r", decision_id=seen.decision.id, run_id="run",
            )  # fmt: skip
        return seen

    def happens(self, event: Event) -> None:
        self.ticket = self.ticket.model_copy(update={"events": (*self.ticket.events, event)})

    def ends(self, at: float, to: EscalationState = EscalationState.DE_ESCALATED, why: str = "calm") -> None:
        assert self.last is not None
        self.last = self.last.move(to, at=after(at), by="di", why=why)


def passed(seen: Look) -> list[tuple[str, bool]]:
    return [(one.level, one.applied) for one in seen.decision.levels]


@pytest.mark.parametrize(
    ("at", "due"), [(10, 500), (499, 500), (500, 900), (899, 900), (900, 1060), (1059, 1060), (1060, None)]
)
def test_the_next_level_is_planned_for_its_exact_moment(at: float, due: float | None) -> None:
    moment = next_level_moment(made(), P, after(at), Matrix(ticket_id="T-1"))

    assert moment == (None if due is None else after(due))


def test_a_level_is_due_at_its_moment_and_not_a_minute_before() -> None:
    assert passed(Desk(made()).look(499)) == []
    assert passed(Desk(made()).look(500)) == [("half", True)]


def test_each_promise_passes_a_level_once_however_often_somebody_looks() -> None:
    desk = Desk(made())
    desk.look(500)

    assert [passed(desk.look(at)) for at in (501, 600, 899)] == [[], [], []]


def test_a_missed_sweep_catches_up_the_last_level_speaks_and_the_others_are_noted() -> None:
    seen = Desk(made()).look(950)

    assert passed(seen) == [("half", False), ("raise", True)]
    assert "'raise' speaks in its place" in seen.decision.levels[0].why


def test_what_a_level_sets_is_one_change_and_each_part_says_why() -> None:
    desk = Desk(made())
    [effect] = desk.look(900).effects

    changes = {one.field: (one.was, one.to) for one in effect.body.changes}  # type: ignore[union-attr]
    assert changes == {
        "priority": ("normal", "high"), "status": ("new", "in progress"), "queue": (None, "hot"),
        "technician": ("bo", "ada"),
    }  # fmt: skip
    assert all("Level 'raise': 900 of 1000 minutes" in one.why for one in effect.body.changes)  # type: ignore[union-attr]


def test_a_level_never_lowers_priority_or_tier() -> None:
    desk = Desk(made(event(2, 2, "tier", by="ada", role="technician", to="L3"), priority="critical"))
    level = {"id": "x", "clock": "resolution", "at_percent": 1, "set": {"priority": "high", "tier": "L2"}}
    desk.policy = rules(level)

    assert desk.look(50).effects == ()


def test_a_level_can_open_an_escalation_that_carries_what_it_sets() -> None:
    desk = Desk(made())
    desk.look(900)
    seen = desk.look(1060)

    assert (seen.decision.action, seen.decision.to_tier, seen.decision.priority) == (Action.ESCALATE, "L3", "critical")
    assert "late" in seen.decision.tags and any("Level 'late'" in why for why in seen.decision.why)
    assert seen.effects == (), "its changes travel with the handover"


def test_a_level_raises_an_open_escalation() -> None:
    desk = Desk(made())
    desk.look(10, declared=True)
    seen = desk.look(900)

    assert seen.decision.action == Action.WATCH
    assert seen.escalation is not None
    assert {one.field for one in seen.escalation.properties} == {"priority", "status", "queue", "technician"}


def test_while_an_approval_is_pending_a_level_only_recommends_who_gets_the_ticket() -> None:
    desk = Desk(made())
    desk.look(10, declared=True)
    assert desk.last is not None
    desk.last = desk.last.model_copy(update={"state": EscalationState.AWAITING_APPROVAL})
    seen = desk.look(1060)
    assert seen.escalation is not None and [one.field for one in seen.escalation.recommended] == ["tier"]
    assert {one.field for one in seen.escalation.properties} == {"priority", "tag"}
    [write] = [one.body for one in seen.effects if isinstance(one.body, WriteBack)]
    assert (write.tier, write.team, write.technician) == (None, None, None)
    assert "Recommended, not set:\n- tier: L3" in (write.comment or "")


def test_a_new_promise_is_never_swallowed_because_another_was_told_of_that_day() -> None:
    desk = Desk(made(priority="low"))
    assert passed(desk.look(4500)) == [("half", True)]
    desk.happens(event(2, 4501, "priority", by="ada", role="technician", to="critical"))

    assert ("half", False) in passed(desk.look(4502)), "the shorter promise has levels of its own"


def test_a_pause_moves_the_moment_and_does_not_bring_the_level_again() -> None:
    desk = Desk(made())
    desk.look(500)
    desk.happens(event(2, 510, "status", by="ada", role="technician", to="waiting for requester"))
    desk.happens(event(3, 600, "status", by="ada", role="technician", to="in progress"))

    assert passed(desk.look(601)) == []
    assert next_level_moment(desk.ticket, P, after(601), desk.matrix) == after(990)


def test_a_level_that_raises_the_priority_does_not_speak_again_because_of_it() -> None:
    desk = Desk(made())
    desk.look(900)
    desk.happens(event(2, 900, "priority", by="tierwise", role="bot", to="high"))

    assert desk.look(901).decision.levels == ()


def test_a_promise_that_our_own_escalation_shortened_is_not_held_against_the_ticket() -> None:
    desk = Desk(made(priority="low"))
    desk.look(600, declared=True)
    desk.happens(event(2, 600, "priority", by="tierwise", role="bot", to="high"))

    assert desk.look(601).decision.levels == (), "by the clock of the new priority it would be long late"
    assert next_level_moment(desk.ticket, P, after(601), desk.matrix) is None


def test_a_promise_that_a_person_shortened_counts_in_full() -> None:
    desk = Desk(made(priority="low"))
    desk.look(600, declared=True)
    desk.happens(event(2, 600, "priority", by="ada", role="technician", to="high"))

    assert ("late", True) in passed(desk.look(601))


def test_a_resolved_ticket_passes_no_level() -> None:
    assert passed(Desk(made(event(2, 400, "resolved", by="ada", role="technician"))).look(950)) == []


def test_a_level_of_the_risk_comes_again_only_after_the_risk_was_low() -> None:
    desk = Desk(made(), rules({"id": "hot", "risk_at_least": 50, "set": {"tags": ["hot"]}}, rearm_below=30))

    seen = [passed(desk.look(at, risk)) for at, risk in ((10, 55), (11, 49), (12, 55), (13, 29), (14, 55))]

    assert seen == [[("hot", True)], [], [], [], [("hot", True)]]


# What causes an escalation


def test_one_cause_escalates_once() -> None:
    desk = Desk(made())
    for at in range(10, 100, 10):
        desk.look(at, risk=70)
    desk.ends(100)
    for at in range(400, 490, 10):
        desk.look(at, risk=70)

    assert len(desk.opened) == 1
    assert desk.look(499, risk=70).decision.why == ("What calls for an escalation has led to one already.",)


def test_the_risk_escalates_again_once_it_has_been_low() -> None:
    desk = Desk(made())
    desk.look(10, risk=70)
    desk.ends(20)
    desk.look(30, risk=44)
    assert desk.look(300, risk=70).decision.action == Action.ESCALATE


def test_just_below_the_line_is_not_low() -> None:
    desk = Desk(made())
    desk.look(10, risk=70)
    desk.ends(20)
    desk.look(30, risk=59)
    assert desk.look(300, risk=70).decision.action == Action.WATCH


def test_a_higher_sla_line_is_a_new_cause() -> None:
    desk = Desk(made())
    desk.look(610, risk=70)
    desk.ends(611)
    assert desk.look(790, risk=70).decision.action == Action.WATCH
    assert desk.look(860, risk=70).decision.action == Action.ESCALATE


def test_a_reopened_ticket_may_go_up_again() -> None:
    desk = Desk(made())
    desk.look(10, risk=70)
    desk.ends(20, EscalationState.RESOLVED)
    desk.happens(event(2, 21, "resolved", by="ada", role="technician"))
    desk.happens(event(3, 500, "reopened", by="req", role="requester"))
    assert desk.look(501, risk=70).decision.action == Action.ESCALATE


def test_each_explicit_request_is_a_cause_of_its_own() -> None:
    def asked(number: int) -> dict[str, Any]:
        said = Reason(code="explicit_request", points=60, text="asked", event_id=f"e{number}")
        return {"declared": True, "reasons": (said,)}

    desk = Desk(made())
    desk.look(10, risk=60, **asked(1))
    desk.ends(20)
    assert desk.look(300, risk=60, **asked(1)).decision.action == Action.WATCH
    assert desk.look(310, risk=60, **asked(2)).decision.action == Action.ESCALATE


def test_within_the_cooldown_a_new_cause_waits_and_is_not_lost() -> None:
    desk = Desk(made())
    desk.look(990, risk=0, declared=True)
    desk.ends(1050)
    assert desk.look(1070).decision.action == Action.WATCH
    assert desk.look(1050 + 241).decision.action == Action.ESCALATE, "the level of minute 1,060 still calls"


def test_what_our_own_failure_ended_is_taken_up_again() -> None:
    desk = Desk(made())
    desk.look(10, risk=70)
    assert desk.last is not None
    desk.last = desk.last.model_copy(update={"state": EscalationState.GATHERING_CONTEXT})
    desk.ends(20, EscalationState.CANCELLED, "a step failed; a person looks")
    assert desk.look(300, risk=70).decision.action == Action.ESCALATE


# Taken down by itself


def test_an_escalation_is_taken_down_when_policy_says_so_and_the_risk_stays_low() -> None:
    desk = Desk(made(), rules(de_escalate={"after_minutes": 60}))
    desk.look(10, risk=70)
    desk.look(20, risk=40)
    assert desk.look(79, risk=40).escalation is None
    seen = desk.look(80, risk=40)
    assert seen.escalation is not None and seen.escalation.state == EscalationState.DE_ESCALATED
    assert "the risk has been below 45 since" in seen.escalation.moves[-1].why


def test_by_default_nothing_is_taken_down_by_itself() -> None:
    desk = Desk(made(), rules())
    desk.look(10, risk=70)
    assert desk.look(20, risk=0).escalation is None and desk.look(9000, risk=0).escalation is None


# Two automations


def reverted(number: int, at: float, to: str) -> Event:
    return event(number, at, "priority", by="other-bot", role="bot", to=to)


def test_a_bot_that_reverts_every_change_is_answered_a_bounded_number_of_times() -> None:
    levels = [
        {"id": f"l{percent}", "clock": "resolution", "at_percent": percent, "set": {"priority": "critical"}}
        for percent in range(1, 100)
    ]
    desk = Desk(made(priority="low"), rules(*levels))
    number = 2
    for at in range(90, 90 + 1000 * 9, 9):
        seen = desk.look(at)
        if any("Two automations" in why for why in seen.decision.why) or not seen.effects:
            continue
        for effect in seen.effects:
            for change in effect.body.changes:  # type: ignore[union-attr]
                if change.field == "priority":
                    desk.happens(event(number, at, "priority", by="tierwise", role="bot", to=str(change.to)))
                    desk.happens(reverted(number + 1, at, "low"))
                    number += 2

    written = [one for one in desk.effects.values() if getattr(one, "priority", None)]
    assert len(written) == desk.policy.escalation.max_depth
    told = [one for one in desk.effects.values() if "automation-loop" in getattr(one, "tags", ())]
    assert len(told) == 1


def test_a_person_lets_it_go_on() -> None:
    desk = Desk(made(priority="low"), rules(max_depth=1))
    for number in range(3):
        desk.happens(event(2 + 2 * number, 10 + number, "priority", by="tierwise", role="bot", to="high"))
        desk.happens(reverted(3 + 2 * number, 10 + number, "low"))
    assert desk.look(20, risk=70).decision.action == Action.WATCH
    desk.happens(event(20, 21, "comment", by="ada", role="technician", body="I see."))
    assert desk.look(22, risk=70).decision.action == Action.ESCALATE


# Any order of what can happen


steps = st.lists(
    st.tuples(
        st.sampled_from(["look", "pause", "go on", "raise", "lower", "reopen", "down", "bot", "declare"]),
        st.integers(0, 100), st.integers(1, 400),
    ),
    max_size=30,
)  # fmt: skip


@given(steps)
@settings(deadline=None)
def test_whatever_happens_a_cause_escalates_once_and_levels_speak_once_for_each_promise(
    happened: list[tuple[str, int, int]],
) -> None:
    desk, at, number = Desk(made()), 2.0, 10
    keys: list[str] = []
    for what, risk, wait in happened:
        at, number = at + wait, number + 1
        if what in ("pause", "go on"):
            status = "waiting for requester" if what == "pause" else "in progress"
            desk.happens(event(number, at, "status", by="ada", role="technician", to=status))
        elif what in ("raise", "lower"):
            to = "critical" if what == "raise" else "low"
            desk.happens(event(number, at, "priority", by="ada", role="technician", to=to))
        elif what == "reopen":
            desk.happens(event(number, at, "resolved", by="ada", role="technician"))
            desk.happens(event(number + 1000, at, "reopened", by="req", role="requester"))
        elif what == "bot":
            desk.happens(reverted(number, at, "normal"))
        elif what == "down" and desk.last is not None and not desk.last.ended:
            desk.ends(at)
        for _ in range(2):  # the second look is a delivery that comes twice
            keys += [one.key for one in desk.look(at, risk, declared=what == "declare").decision.levels]

    assert len(keys) == len(set(keys))
    fresh = [frozenset(causes) for causes in desk.opened]
    for place, causes in enumerate(fresh):
        assert causes - frozenset[str]().union(*fresh[:place]), "each escalation had a cause that had not led to one"
