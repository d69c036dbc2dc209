"""A handoff over HTTP: what is new to its reader, whether it is stale, and writing it anew."""

from __future__ import annotations

from datetime import timedelta

from adapters.storage.keys import Role
from tests.api import house as made
from tests.api.house import House, is_problem
from tests.conftest import NOW
from tests.tickets import comment, ticket


def _told_more(house: House, id: str) -> str:
    """A further word of the requester half an hour after the hand-over; the id of its event."""
    at = NOW + timedelta(minutes=30)
    house.clock.at = at
    about = ticket(id, subject="Badge printer out", body=made.DOOMED, category="hardware", requester=f"r-{id}")
    event = comment("more", "The badge printer at gate 4 shows error E-42 now.", at=at, by=f"r-{id}")
    house.send(about, event)
    return event.id


def test_a_handoff_is_fresh_until_somebody_writes_and_can_then_be_written_anew(house: House) -> None:
    path = f"/v1/escalations/{made.handed_over(house, 'H-1')['id']}/handoff"
    first = house.get(path)
    assert (first["stale"], first["newer"], first["new"]) == (False, [], {})
    assert first["handoff"]["brief"]
    event = _told_more(house, "H-1")
    read = house.get(path)
    assert read["stale"] is True
    assert [one["id"] for one in read["newer"]] == [event]
    assert house.get(path.removesuffix("/handoff"))["handoff_stale"] is True
    written = house.post(path, {"by": "robin-hale"})
    assert written["stale"] is False
    assert written["handoff"]["written_after"] == event
    assert house.post(path, {"by": "robin-hale"})["handoff"] == written["handoff"]
    assert house.get(path.removesuffix("/handoff"))["handoff_stale"] is False


def test_what_is_new_counts_from_the_readers_last_look(house: House) -> None:
    path = f"/v1/escalations/{made.handed_over(house, 'H-2')['id']}/handoff"
    look = house.post(f"{path}/seen", {"by": "robin-hale"})
    assert look["reader"] == "robin-hale"
    event = _told_more(house, "H-2")
    house.post(path, {"by": "robin-hale"})
    read = house.get(f"{path}?by=robin-hale")
    new = {read["handoff"]["timeline"][at]["event_id"] for at in read["new"].get("timeline", [])}
    assert [one["id"] for one in read["happened"] if not one["internal"]][-1] == event
    assert event in new or any(event in read["handoff"][name][at]["sources"] for name in read["new"]
                               if name != "timeline" for at in read["new"][name])  # fmt: skip
    assert house.get(f"{path}?by=dana-whitlock")["new"] == {}
    house.post(f"{path}/seen", {"by": "robin-hale"})
    assert house.get(f"{path}?by=robin-hale")["happened"] == []


def test_since_names_an_event_or_a_moment_and_nothing_else(house: House) -> None:
    path = f"/v1/escalations/{made.handed_over(house, 'H-3')['id']}/handoff"
    before = house.get(path)["handoff"]
    event = _told_more(house, "H-3")
    assert house.get(f"{path}?since={before['written_after']}")["happened"][-1]["id"] == event
    assert house.get(f"{path}?since={event}")["happened"] == []
    assert is_problem(house.client.get(f"{path}?since=yesterday"), 422)


def test_the_handoff_of_an_escalation_that_ended_stays_as_it_was(house: House) -> None:
    escalation = made.handed_over(house, "H-6")["id"]
    house.post(f"/v1/escalations/{escalation}/de-escalate", {"by": "robin-hale", "reason": "a loose cable"})
    house.rest()
    _told_more(house, "H-6")
    answer = house.client.post(f"/v1/escalations/{escalation}/handoff", json={"by": "robin-hale"})
    assert is_problem(answer, 409)


def test_only_the_receiving_side_reads_it_and_what_was_not_handed_over_has_none(house: House) -> None:
    escalation = made.handed_over(house, "H-4")["id"]
    waiting = made.asked(house, "H-5")["journey"]["escalation_id"]
    technician = house.key(Role.TECHNICIAN, person="robin-hale")
    assert is_problem(house.client.get(f"/v1/escalations/{waiting}/handoff", headers=technician), 404)
    path = f"/v1/escalations/{escalation}/handoff"
    assert house.get(path, technician)["handoff"]["ticket_id"] == "H-4"
    assert is_problem(house.client.get(path, headers=house.key(Role.EVALUATOR)), 403)
    assert is_problem(house.client.get(path, headers=house.key(Role.TECHNICIAN, tenant="other")), 404)
