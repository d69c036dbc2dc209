"""Many people with one trouble, through the public door: proposed, joined, decided, parted and ended."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from domain.ticket import Actor, ActorRole, Event, EventKind, Ticket
from tests.api.house import House, Json, is_problem, later, open_house
from tests.conftest import NOW
from tests.tickets import ticket

DOWN = "The mail server in Lisbon does not answer and Outlook cannot connect."


@pytest.fixture(name="house")
def fresh_house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as house:
        yield house


def report(number: int, *, requester: str = "", minute: float | None = None) -> Ticket:
    opened = NOW - timedelta(minutes=30) + timedelta(minutes=number if minute is None else minute)
    return ticket(
        f"M-{number}", subject="Outlook cannot connect", body=DOWN, category="mailbox",
        requester=requester or f"p-{number}", opened=opened,
    )  # fmt: skip


def burst(house: House, count: int = 4) -> Json:
    """An outbreak of so many reports."""
    for number in range(1, count + 1):
        house.send(report(number))
    [outbreak] = house.get("/v1/outbreaks")["items"]
    return outbreak


def decide(house: House, outbreak: Json, decision: str, **more: Json) -> Json:
    body = {"decision": decision, "by": "chris-lowe", **more}
    answer = house.post(f"/v1/outbreaks/{outbreak['id']}/decision", body)
    house.rest()
    return answer


def by_technician(id: str, kind: EventKind, minute: float = 1, **values: str) -> Event:
    actor = Actor(id="robin-hale", role=ActorRole.TECHNICIAN)
    return Event.model_validate({"id": id, "at": later(minute), "kind": kind, "actor": actor, **values})


def under(outbreak: Json) -> list[str]:
    return sorted(one["ticket_id"] for one in outbreak["children"] if one["left_at"] is None)


def effects(house: House, id: str, kind: str) -> list[Json]:
    found = [one["body"] for one in house.get(f"/v1/tickets/{id}")["effects"]]
    return [one for one in found if one["type"] == kind]


def test_four_people_with_one_trouble_are_proposed_as_one_outbreak_under_the_earliest(house: House) -> None:
    outbreak = burst(house)

    assert (outbreak["state"], outbreak["parent"], under(outbreak)) == ("proposed", "M-1", ["M-2", "M-3", "M-4"])
    assert outbreak["evidence"]["requesters"] == 4
    [told] = effects(house, "M-1", "message")
    assert (told["occasion"], told["to"]) == ("outbreak_proposed", "chris.lowe@example.com")
    assert outbreak["id"] in told["text"]
    reasons = house.get("/v1/tickets/M-4")["assessment"]["reasons"]
    assert "M-1" in next(one["text"] for one in reasons if one["code"] == "outbreak")


def test_one_person_who_writes_often_is_no_outbreak(house: House) -> None:
    for number in range(1, 7):
        house.send(report(number, requester="p-1"))

    assert house.get("/v1/outbreaks")["items"] == []


def test_later_reports_join_and_nobody_is_asked_twice(house: House) -> None:
    first = burst(house)
    for number in (5, 6):
        house.send(report(number))

    [outbreak] = house.get("/v1/outbreaks")["items"]
    assert outbreak["id"] == first["id"]
    assert under(outbreak) == ["M-2", "M-3", "M-4", "M-5", "M-6"]
    assert len(effects(house, "M-1", "message")) == 1


def test_a_confirmed_outbreak_ties_its_tickets_to_the_parent_and_tells_each_requester_once(house: House) -> None:
    outbreak = burst(house)
    assert decide(house, outbreak, "confirm")["state"] == "confirmed"
    house.send(report(5))

    for id in ("M-2", "M-3", "M-4", "M-5"):
        read = house.get(f"/v1/tickets/{id}")
        links = [one for one in read["ticket"]["events"] if one["kind"] == "link"]
        assert [(one["field"], one["to"]) for one in links] == [("child_of", "M-1")], id
        assert [one["occasion"] for one in effects(house, id, "message")] == ["outbreak_confirmed"], id
    notes = [one for one in effects(house, "M-1", "write_back") if "Confirmed" in (one["comment"] or "")]
    assert len(notes) == 1
    assert "M-2, M-3, M-4" in notes[0]["comment"]


def test_a_decision_that_is_carried_out_again_after_a_crash_tells_nobody_twice(house: House) -> None:
    outbreak = decide(house, burst(house), "confirm")
    before = {id: house.get(f"/v1/tickets/{id}")["effects"] for id in ("M-1", "M-2")}
    assert effects(house, "M-2", "message")

    house.clock.at = later(30)
    with house.services.store.engine.begin() as connection:
        again = "update inbox set state = 'waiting' where json_extract(body, '$.outbreak_id') = ?"
        assert connection.exec_driver_sql(again, (outbreak["id"],)).rowcount == 1
    house.services.engine.sweep()
    house.rest()

    assert {id: house.get(f"/v1/tickets/{id}")["effects"] for id in before} == before


def test_what_comes_for_a_child_is_left_to_its_parent(house: House) -> None:
    outbreak = burst(house)
    decide(house, outbreak, "confirm")
    loud = Event(
        id="again", at=later(1), kind=EventKind.COMMENT, visibility="public",
        actor=Actor(id="p-2", role=ActorRole.REQUESTER), body="Please escalate this. Nobody can work!",
    )  # fmt: skip

    assert house.send(report(2), loud)["result"] == "noted: M-1 stands for it"
    assert house.get("/v1/escalations?ticket=M-2")["items"] == []


def test_when_the_parent_is_resolved_the_others_requesters_are_told_and_resolving_is_proposed(house: House) -> None:
    outbreak = burst(house)
    decide(house, outbreak, "confirm")
    house.send(report(1), by_technician("done", EventKind.RESOLVED, to="resolved"))

    assert house.get(f"/v1/outbreaks/{outbreak['id']}")["state"] == "ended"
    for id in ("M-2", "M-3", "M-4"):
        changes = effects(house, id, "write_back")
        assert any("Proposed: resolve this ticket" in (one["comment"] or "") for one in changes), id
        assert [one["occasion"] for one in effects(house, id, "message")] == ["outbreak_confirmed", "outbreak_ended"]


def test_a_rejected_burst_is_not_asked_about_again(house: House) -> None:
    outbreak = burst(house)
    is_problem(
        house.client.post(f"/v1/outbreaks/{outbreak['id']}/decision", json={"decision": "reject", "by": "x"}), 422
    )
    assert decide(house, outbreak, "reject", reason="a training took place")["state"] == "rejected"
    for number in (5, 6, 7):
        house.send(report(number))

    assert [one["state"] for one in house.get("/v1/outbreaks")["items"]] == ["rejected"]
    assert len(effects(house, "M-1", "message")) == 1
    assert "outbreak" not in {one["code"] for one in house.get("/v1/tickets/M-7")["assessment"]["reasons"]}


def test_a_person_can_split_tickets_off_and_they_are_worked_on_by_themselves(house: House) -> None:
    outbreak = burst(house)
    decide(house, outbreak, "confirm")
    left = decide(house, outbreak, "split", tickets=["M-3"], reason="another building")

    assert under(left) == ["M-2", "M-4"]
    links = [one for one in house.get("/v1/tickets/M-3")["ticket"]["events"] if one["kind"] == "link"]
    assert [(one["field"], one.get("from"), one.get("to")) for one in links] == [
        ("child_of", None, "M-1"), ("child_of", "M-1", None),
    ]  # fmt: skip
    loud = Event(
        id="again", at=later(1), kind=EventKind.COMMENT, visibility="public",
        actor=Actor(id="p-3", role=ActorRole.REQUESTER), body="Please escalate this. Nobody can work!",
    )  # fmt: skip
    assert house.send(report(3), loud)["journey"] is not None
    assert decide(house, outbreak, "split", reason="no outbreak at all")["state"] == "split"


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (by_technician("cat", EventKind.CATEGORY, to="hardware"), "category hardware"),
        (by_technician("own", EventKind.RESOLVED, to="resolved"), "resolved on its own"),
    ],
)
def test_a_child_that_turns_out_to_be_something_else_leaves_by_itself(house: House, event: Event, why: str) -> None:
    outbreak = burst(house)
    decide(house, outbreak, "confirm")
    house.send(report(3), event)

    [gone] = [one for one in house.get(f"/v1/outbreaks/{outbreak['id']}")["children"] if one["left_at"]]
    assert gone["ticket_id"] == "M-3"
    assert why in gone["left_why"]
    assert gone["left_by"] == "robin-hale"


def test_a_burst_that_nobody_decides_on_is_over_once_its_rate_is_back(house: House) -> None:
    outbreak = burst(house)
    house.clock.at = later(5 * 60)
    house.services.engine.sweep()
    house.rest()

    assert house.get(f"/v1/outbreaks/{outbreak['id']}")["state"] == "ended"


def test_a_decision_on_what_has_changed_since_is_refused(house: House) -> None:
    outbreak = burst(house)
    house.send(report(5))
    body = {"decision": "confirm", "by": "chris-lowe", "version": outbreak["version"]}

    is_problem(house.client.post(f"/v1/outbreaks/{outbreak['id']}/decision", json=body), 409)
    is_problem(house.client.get("/v1/outbreaks/out_none"), 404)
    strange = {"decision": "split", "by": "chris-lowe", "reason": "x", "tickets": ["M-1"]}
    is_problem(house.client.post(f"/v1/outbreaks/{outbreak['id']}/decision", json=strange), 409)


def test_a_process_that_starts_again_knows_the_burst_and_proposes_nothing_twice(tmp_path: Path) -> None:
    with open_house(tmp_path / "again") as house:
        before = burst(house)
    with open_house(tmp_path / "again") as house:
        house.send(report(5))
        [outbreak] = house.get("/v1/outbreaks")["items"]

    assert outbreak["id"] == before["id"]
    assert "M-5" in under(outbreak)


def test_a_child_has_its_parents_resolution_clock_from_joining_on_and_its_own_again_when_split(house: House) -> None:
    outbreak = burst(house)
    own = house.get("/v1/tickets/M-3/sla")
    assert own["shared_with"] is None
    decide(house, outbreak, "confirm")
    house.clock.at = later(30)

    child, parent = house.get("/v1/tickets/M-3/sla"), house.get("/v1/tickets/M-1/sla")
    assert child["shared_with"] == "M-1"
    clocks = {one["clock"]: one for one in child["clocks"]}
    theirs = {one["clock"]: one for one in parent["clocks"]}
    assert clocks["resolution"] == theirs["resolution"]
    assert clocks["first_response"]["started_at"] != theirs["first_response"]["started_at"]
    rows = child["ledger"]["resolution"]
    assert all(one["end"] == two["start"] for one, two in itertools.pairwise(rows)), "no minute is lost or told twice"
    assert rows[0]["start"] == own["ledger"]["resolution"][0]["start"]
    text = {"Accept": "text/plain"}
    page, theirs_page = (house.client.get(f"/v1/tickets/{id}/sla", headers=text).text for id in ("M-3", "M-1"))
    headline = next(line for line in theirs_page.splitlines() if line.startswith("RESOLUTION: "))
    assert headline in page.splitlines() and "The resolution clock is that of M-1 since " in page
    asked = f"minute={quote(later(29).isoformat())}"
    (own_minute, their_minute) = (house.get(f"/v1/tickets/{id}/sla?{asked}")["explained"] for id in ("M-3", "M-1"))
    assert [one for one in own_minute if one["clock"] == "resolution"] == [
        one for one in their_minute if one["clock"] == "resolution"
    ]
    decide(house, outbreak, "split", tickets=["M-3"], reason="another building")
    assert house.get("/v1/tickets/M-3/sla")["shared_with"] is None
