"""Signatures over HTTP: bound to what was seen, by the right people, in time."""

from __future__ import annotations

from datetime import timedelta

from tests.api import house as made
from tests.api.house import House, Json, is_problem
from tests.conftest import NOW


def _yes(approval: Json, by: str | None = "dana-whitlock", **more: Json) -> Json:
    return {"approve": True, "content_hash": approval["content_hash"], "by": by, **more}


def test_an_approver_signs_what_was_seen_and_the_escalation_goes_on(house: House) -> None:
    approval = made.to_sign(house, "S-1")
    assert house.get(f"/v1/approvals/{approval['id']}") == approval
    assert "production database" in approval["action"]["parameters"]["request"]
    granted = house.post(f"/v1/approvals/{approval['id']}/decision", _yes(approval))
    house.rest()
    assert granted["state"] == "granted"
    assert granted["grant_ends_at"] is not None
    whole = house.get(f"/v1/escalations/{approval['escalation_id']}")
    assert whole["escalation"]["state"] == "handed_over"
    assert whole["approvals"] == [granted]


def test_somebody_who_is_no_approver_cannot_sign(house: House) -> None:
    approval = made.to_sign(house, "S-2")
    answer = house.client.post(f"/v1/approvals/{approval['id']}/decision", json=_yes(approval, by="sam-field"))
    is_problem(answer, 403, "forbidden")
    assert house.get(f"/v1/approvals/{approval['id']}") == approval


def test_nobody_signs_without_a_name(house: House) -> None:
    approval = made.to_sign(house, "S-3")
    answer = house.client.post(f"/v1/approvals/{approval['id']}/decision", json=_yes(approval, by=None))
    assert "by" in is_problem(answer, 422)["mend"]


def test_a_decided_approval_cannot_be_decided_again(house: House) -> None:
    approval = made.to_sign(house, "S-4")
    path = f"/v1/approvals/{approval['id']}/decision"
    house.post(path, _yes(approval))
    is_problem(house.client.post(path, json=_yes(approval)), 409, "illegal_move")


def test_a_hash_of_something_else_is_refused(house: House) -> None:
    approval = made.to_sign(house, "S-5")
    body = {**_yes(approval), "content_hash": "0" * 64}
    is_problem(house.client.post(f"/v1/approvals/{approval['id']}/decision", json=body), 409, "stale_content")


def test_an_approval_whose_time_is_over_cannot_be_signed(house: House) -> None:
    approval = made.to_sign(house, "S-6")
    house.clock.at = NOW + timedelta(days=2)
    answer = house.client.post(f"/v1/approvals/{approval['id']}/decision", json=_yes(approval))
    assert "expired" in is_problem(answer, 409, "illegal_move")["detail"]


def test_a_rejection_needs_a_reason_and_ends_the_escalation(house: House) -> None:
    approval = made.to_sign(house, "S-7")
    path = f"/v1/approvals/{approval['id']}/decision"
    is_problem(house.client.post(path, json=_yes(approval, approve=False)), 409, "conflict")
    rejected = house.post(path, _yes(approval, approve=False, reason="use the report instead"))
    house.rest()
    assert rejected["state"] == "rejected"
    assert house.get("/v1/tickets/S-7")["escalations"][0]["state"] in ("cancelled", "de_escalated")


def test_approvals_are_listed_by_state(house: House) -> None:
    approval = made.to_sign(house, "S-8")
    assert [one["id"] for one in house.get("/v1/approvals?state=pending&ticket=S-8")["items"]] == [approval["id"]]
    assert house.get("/v1/approvals?state=void&ticket=S-8") == {"items": [], "next": None}
