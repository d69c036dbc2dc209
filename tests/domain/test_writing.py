"""A change is planned on what was seen, and worked out again on fresh data when somebody was faster."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.asof import standing
from domain.properties import PROPERTIES, Mode, Property, PropertyChange, value_of
from domain.ticket import Event, Ticket
from domain.writing import Wanted, events_of, on_fresh_data, plan, refuse_lost_update, write_back
from tests.domain.made import after, assigned, event, policy, ticket

P = policy()
WANTED: dict[Property, Wanted | None] = {
    "priority": Wanted("high", "rule up"), "status": Wanted("in progress", "rule up"), "tier": Wanted("L2", "one up"),
    "team": Wanted("net", "best record"), "technician": Wanted("cy", "best record"),
}  # fmt: skip


def by_person(number: int, kind: str, **more: Any) -> Event:
    return event(number, 30 + number, kind, by="ada", role="technician", **more)


def changed(*events: Event, start: Ticket | None = None) -> Ticket:
    begun = start or ticket(assigned(1, 1, "desk", "ada", "L1"), priority="normal")
    return begun.model_copy(update={"events": (*begun.events, *events)})


def again(*events: Event) -> dict[str, str | None]:
    """What is still written when people did this meanwhile."""
    steps = plan(changed(), WANTED, {"vpn": "kind"}, {})
    fresh = on_fresh_data(write_back("T-1", steps.apply, why="risk", comment="Hello"), changed(*events), P)
    assert fresh is not None and fresh.comment == "Hello" and fresh.attempt == 1
    refuse_lost_update(fresh, changed(*events))
    return {one.field: one.to for one in fresh.changes}


ALL = {"priority": "high", "status": "in progress", "tier": "L2", "team": "net", "technician": "cy", "tag": "vpn"}


def test_each_change_says_what_was_and_why() -> None:
    steps = plan(changed(), WANTED, {"vpn": "what it is about"}, {})

    assert [(one.field, one.was, one.to, one.why) for one in steps.apply] == [
        ("priority", "normal", "high", "rule up"), ("status", "new", "in progress", "rule up"),
        ("tier", "L1", "L2", "one up"), ("team", "desk", "net", "best record"),
        ("technician", "ada", "cy", "best record"), ("tag", None, "vpn", "what it is about"),
    ]  # fmt: skip


def test_what_is_so_already_is_no_change() -> None:
    there = changed(by_person(2, "priority", to="HIGH"), by_person(3, "field", field="tag", to="vpn"))

    fields = [one.field for one in plan(there, WANTED, {"vpn": "kind"}, {}).apply]
    assert "priority" not in fields and "tag" not in fields


def test_a_property_is_applied_recommended_or_left_alone_as_policy_says() -> None:
    modes: dict[Property, Mode] = {"priority": "recommend", "status": "off"}
    steps = plan(changed(), WANTED, {}, modes)

    assert {one.field for one in steps.apply} == {"tier", "team", "technician"}
    assert [(one.field, one.to) for one in steps.recommend] == [("priority", "high")]
    assert steps.advice == "Recommended, not set:\n- priority: high (now normal): rule up"


def test_a_status_that_a_person_set_meanwhile_stays() -> None:
    assert again(by_person(2, "status", to="waiting for vendor")) == {k: v for k, v in ALL.items() if k != "status"}


def test_a_higher_priority_that_a_person_set_meanwhile_stays_and_a_lower_one_is_still_raised() -> None:
    assert "priority" not in again(by_person(2, "priority", to="critical"))
    assert again(by_person(2, "priority", to="low")) == ALL


def test_an_owner_of_the_tier_that_a_person_chose_meanwhile_stays() -> None:
    chosen = by_person(2, "assignment", team="net", technician="di", tier="L2")

    assert again(chosen) == {"priority": "high", "status": "in progress", "tag": "vpn"}


def test_a_colleague_of_the_lower_tier_does_not_stop_the_escalation() -> None:
    assert again(by_person(2, "assignment", team="desk", technician="bo", tier="L1")) == ALL


def test_a_ticket_that_ended_meanwhile_is_left_alone() -> None:
    steps = plan(changed(), WANTED, {}, {})

    assert on_fresh_data(write_back("T-1", steps.apply, why="risk"), changed(event(2, 40, "resolved")), P) is None


def test_a_change_that_lowers_yields_to_everybody() -> None:
    down = (PropertyChange(field="priority", was="high", to="normal", why="taken down"),
            PropertyChange(field="tier", was="L2", to="L1", why="taken down"))  # fmt: skip
    up = changed(by_person(2, "priority", to="critical"), by_person(3, "tier", to="L3"))

    fresh = on_fresh_data(write_back("T-1", down, why="taken down"), up, P)

    assert fresh is not None and fresh.changes == ()


priorities = st.sampled_from(["low", "normal", "high", "critical"])
tiers = st.sampled_from(["L1", "L2", "L3"])
meanwhile = st.lists(
    st.one_of(
        st.builds(lambda to: ("priority", {"to": to}), priorities),
        st.builds(lambda to: ("status", {"to": to}), st.sampled_from(["new", "in progress", "waiting for vendor"])),
        st.builds(lambda to: ("tier", {"to": to}), tiers),
        st.builds(
            lambda team, who, tier: ("assignment", {"team": team, "technician": who, "tier": tier}),
            st.sampled_from(["desk", "net", "core"]), st.sampled_from(["ada", "bo", "cy", "di", "fay"]), tiers,
        ),
    ),
    max_size=5,
)  # fmt: skip


@given(meanwhile)
def test_whatever_happened_meanwhile_the_fresh_change_fits_and_never_lowers(
    steps: list[tuple[str, dict[str, str]]],
) -> None:
    events = [by_person(number, kind, **values) for number, (kind, values) in enumerate(steps, 2)]
    now = changed(*events)
    planned = plan(changed(), WANTED, {"vpn": "kind"}, {})
    fresh = on_fresh_data(write_back("T-1", planned.apply, why="risk"), now, P)
    assert fresh is not None

    refuse_lost_update(fresh, now)
    written = tuple(e.model_copy(update={"id": f"w{n}"}) for n, e in enumerate(events_of(fresh, now, after(90))))
    then = now.model_copy(update={"events": (*now.events, *written)})
    order = ["low", "normal", "high", "critical"]
    assert order.index(standing(then).priority or "") >= max(
        order.index("high"), order.index(standing(now).priority or "")
    )
    assert (standing(then).tier or "") >= max("L2", standing(now).tier or "")
    for field in PROPERTIES:
        if field != "tag" and all(one.field != field for one in fresh.changes):
            assert value_of(then, field) == value_of(now, field)
