"""Playbooks through the public door: found, tracked, ticked off, and counted."""

from __future__ import annotations

import pytest

from domain.ticket import Actor, ActorRole, Event, EventKind
from tests.api.house import House, Json, handed_over, is_problem, later, quiet, to_sign


def wrote(id: str, body: str, minute: float = 5) -> Event:
    actor = Actor(id="robin-hale", role=ActorRole.TECHNICIAN)
    return Event(id=id, at=later(minute), kind=EventKind.COMMENT, actor=actor, visibility="internal", body=body)


def steps(house: House, escalation: str) -> dict[str, Json]:
    book = house.get(f"/v1/escalations/{escalation}")["playbook"]
    return {one["id"]: one for one in book["steps"]}


def step(house: House, escalation: str, name: str, state: str, status: int = 200, reason: str = "") -> Json:
    body = {"state": state, "by": "robin-hale", "reason": reason}
    return house.post(f"/v1/escalations/{escalation}/steps/{name}", body, status)


def test_a_technicians_own_words_tick_a_step_off_and_are_named(house: House) -> None:
    escalation = handed_over(house, "P-1")["id"]
    assert steps(house, escalation)["warranty"]["state"] == "open"
    house.send(quiet("P-1"), wrote("w1", "The warranty ran out in May."))

    found = steps(house, escalation)["warranty"]
    assert (found["state"], found["sources"]) == ("done", ["w1"])
    assert "robin-hale wrote “warranty”" in found["why"]


def test_what_is_denied_or_written_by_the_requester_ticks_nothing_off(house: House) -> None:
    escalation = handed_over(house, "P-2")["id"]
    house.send(quiet("P-2"), wrote("w1", "I have not swapped anything yet."))
    asked = Event(
        id="r1", at=later(6), kind=EventKind.COMMENT, visibility="public", body="Is there a warranty?",
        actor=Actor(id="r-P-2", role=ActorRole.REQUESTER),
    )  # fmt: skip
    house.send(quiet("P-2"), asked)

    found = steps(house, escalation)
    assert (found["swap"]["state"], found["warranty"]["state"]) == ("open", "open")


def test_a_step_waits_for_what_it_needs_and_a_skip_says_why(house: House) -> None:
    escalation = handed_over(house, "P-3")["id"]
    is_problem(
        house.client.post(f"/v1/escalations/{escalation}/steps/repair", json={"state": "done", "by": "robin-hale"}), 409
    )
    step(house, escalation, "warranty", "skipped", 409)
    step(house, escalation, "warranty", "skipped", reason="bought last week")
    step(house, escalation, "data", "done")
    book = step(house, escalation, "repair", "done")

    states = {one["id"]: (one["state"], one["by"], one["why"]) for one in book["steps"]}
    assert states["warranty"] == ("skipped", "robin-hale", "bought last week")
    assert states["repair"][:2] == ("done", "robin-hale")
    assert book["coverage"] == pytest.approx(2 / 6, abs=0.001)
    is_problem(house.client.post(f"/v1/escalations/{escalation}/steps/nothing", json={"state": "done", "by": "x"}), 404)


def test_marks_survive_a_bounce_and_a_step_can_be_opened_again(house: House) -> None:
    escalation = handed_over(house, "P-4")["id"]
    step(house, escalation, "warranty", "done")
    house.post(f"/v1/escalations/{escalation}/bounce", {"by": "robin-hale", "reason": "not ours"})
    house.rest()
    assert steps(house, escalation)["warranty"]["state"] == "done"
    step(house, escalation, "warranty", "open", reason="looked at the wrong device")
    assert steps(house, escalation)["warranty"]["state"] == "open"


def test_the_handoff_shows_the_steps_with_what_is_done(house: House) -> None:
    handed_over(house, "P-5")
    notes = [one["body"]["comment"] for one in house.get("/v1/tickets/P-5")["effects"] if "comment" in one["body"]]
    assert any("Playbook Hardware (0 of 6 done):\n1. [ ] The device is known" in (note or "") for note in notes)


def test_privileged_access_is_signed_with_its_risk_and_ends_and_the_playbook_shows_it(house: House) -> None:
    approval = to_sign(house, "P-6")
    assert approval["approvers"] == ["dana-whitlock"]
    assert "audit trail" in approval["action"]["risk"]
    assert approval["action"]["grant_minutes"] == 480
    escalation = approval["escalation_id"]
    assert steps(house, escalation)["purpose"]["state"] == "done"
    assert steps(house, escalation)["sign"]["state"] == "open"
    vote = {"approve": True, "content_hash": approval["content_hash"], "by": "dana-whitlock"}
    house.post(f"/v1/approvals/{approval['id']}/decision", vote)
    house.rest()

    signed = steps(house, escalation)["sign"]
    assert (signed["state"], signed["sources"]) == ("done", [approval["id"]])
    whole = house.get(f"/v1/escalations/{escalation}")
    assert whole["escalation"]["state"] == "handed_over"
    assert whole["approvals"][0]["grant_ends_at"].startswith("2026-10-14T17:00:00")


def test_the_use_of_playbooks_is_counted_and_so_is_what_none_is_for(house: House) -> None:
    handed_over(house, "P-7", category="other", subject="Something else entirely")
    report = house.get("/v1/playbooks")

    use = next(one for one in report["playbooks"] if one["id"] == "hardware")
    assert use["matched"] == use["by_rule"] + use["by_similarity"] >= 1
    assert report["without"].get("other", 0) >= 1
