"""Taking an escalation down sets back what it changed, together, and leaves what somebody changed since."""

from __future__ import annotations

from typing import Any

from domain.asof import standing
from domain.effects import Message
from domain.escalation import Escalation, EscalationState
from domain.properties import Property, PropertyChange
from domain.taking_down import Undoing, bodies_of, undo
from domain.ticket import Event, Requester, Ticket
from domain.writing import events_of, refuse_lost_update, write_back
from tests.domain.made import START, after, assigned, event, policy, ticket

BEFORE = ticket(assigned(1, 1, "desk", "ada", "L1"), priority="normal")
VALUES: tuple[tuple[Property, str | None, str], ...] = (
    ("priority", "normal", "high"), ("sla_target", None, "gold"), ("status", "new", "in progress"),
    ("queue", None, "escalated"), ("tier", "L1", "L2"), ("team", "desk", "net"), ("technician", "ada", "cy"),
)  # fmt: skip
CHANGES = (
    *(PropertyChange(field=field, was=was, to=to, why="risk") for field, was, to in VALUES),
    PropertyChange(field="tag", to="vpn", why="what it is about"),
)
RAISED = Escalation(
    id="esc", ticket_id="T-1", state=EscalationState.DE_ESCALATED, opened_at=START, updated_at=START, risk=70,
    reason="risk", decision_id="dec", run_id="run", properties=CHANGES,
)  # fmt: skip


def escalated(*events: Event) -> Ticket:
    written = (
        one.model_copy(update={"id": f"w{number}"})
        for number, one in enumerate(events_of(write_back("T-1", CHANGES, why="risk"), BEFORE, after(10)))
    )
    return BEFORE.model_copy(update={"events": (*BEFORE.events, *written, *events)})


def by_person(number: int, kind: str, **more: Any) -> Event:
    return event(number, 30 + number, kind, by="di", role="technician", **more)


def undone(*events: Event) -> Undoing:
    return undo(RAISED, escalated(*events), policy(), by="di", why="the line works again")


def then(*events: Event) -> tuple[str | None, ...]:
    """Where the ticket stands once it is set back: priority, target, status, queue, tier, team, technician."""
    now = escalated(*events)
    change = write_back("T-1", undone(*events).back, why="down")
    refuse_lost_update(change, now)
    after_it = now.model_copy(update={"events": (*now.events, *events_of(change, now, after(99)))})
    at = standing(after_it)
    assert at.tags == ("vpn", "de-escalated"), "tags stay, and say what happened"
    return (at.priority, at.sla_target, at.status, at.queue, at.tier, at.team, at.technician)


def test_everything_goes_back_to_what_it_was() -> None:
    assert then() == ("normal", None, "new", None, "L1", "desk", "ada")


def test_each_says_who_took_it_down_and_why() -> None:
    assert {one.why for one in undone().back} == {"di took the escalation down: the line works again"}


def test_what_somebody_changed_since_stays_theirs_and_is_named() -> None:
    changed = (by_person(2, "priority", to="critical"), by_person(3, "status", to="waiting for vendor"))

    assert then(*changed) == ("critical", None, "waiting for vendor", None, "L1", "desk", "ada")
    assert undone(*changed).stays == (
        "priority stays critical: somebody set it since", "status stays waiting for vendor: somebody set it since",
    )  # fmt: skip


def test_tier_team_and_technician_go_back_together_or_not_at_all() -> None:
    passed_on = by_person(2, "assignment", team="net", technician="eve", tier="L2")

    assert then(passed_on)[4:] == ("L2", "net", "eve")


def test_several_changes_of_one_property_go_back_to_the_first() -> None:
    later = PropertyChange(field="priority", was="high", to="critical", why="level breach")
    raised = RAISED.model_copy(update={"properties": (*CHANGES, later)})
    ticket_now = escalated(by_person(2, "priority", to="critical"))

    back = undo(raised, ticket_now, policy(), by="di", why="calm").back

    assert [(one.was, one.to) for one in back if one.field == "priority"] == [("critical", "normal")]


def test_a_ticket_that_has_ended_keeps_everything() -> None:
    assert undone(by_person(2, "resolved")).back == ()


def test_a_tier_that_no_event_had_named_is_that_of_the_team() -> None:
    changes = tuple(one.model_copy(update={"was": None}) if one.field == "tier" else one for one in CHANGES)

    back = undo(RAISED.model_copy(update={"properties": changes}), escalated(), policy(), by="di", why="calm").back

    assert [one.to for one in back if one.field == "tier"] == ["L1"]


def test_a_ticket_that_nobody_had_before_stays_where_it_is() -> None:
    changes = tuple(one.model_copy(update={"was": None}) if one.field == "team" else one for one in CHANGES)

    undoing = undo(RAISED.model_copy(update={"properties": changes}), escalated(), policy(), by="di", why="calm")

    assert not {one.field for one in undoing.back} & {"tier", "team", "technician"}
    assert "team stays net: nobody had the ticket before" in undoing.stays


def test_the_requester_hears_of_it_only_when_the_escalation_had_been_handed_over() -> None:
    rules = policy()
    told = {"rules": [{"id": "down", "on": ["de_escalated"], "to": ["requester", "desk@example.com"]}]}
    rules = rules.model_validate(rules.model_dump(mode="json", by_alias=True) | {"notifications": told})
    asked = BEFORE.model_copy(update={"requester": Requester(id="req", email="req@example.com")})

    def addresses(raised: Escalation) -> set[str]:
        undoing = undo(raised, asked, rules, by="di", why="calm")
        bodies = bodies_of(undoing, raised, asked, rules, by="di", why="calm", at=after(50))
        return {one.to for one in bodies if isinstance(one, Message)}

    assert addresses(RAISED) == {"desk@example.com"}
    handed = RAISED.model_copy(update={"technician": "cy"})
    assert addresses(handed) == {"desk@example.com", "req@example.com"}
