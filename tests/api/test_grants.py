"""Delegations, grants and the tasks that take them away, over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.storage.keys import Role
from adapters.storage.schema import api_keys
from tests.api import house as made
from tests.api.house import House, Json, is_problem
from tests.conftest import NOW


def _vote(approval: Json, by: str | None, **more: Json) -> Json:
    return {"approve": True, "content_hash": approval["content_hash"], "by": by, **more}


def test_a_delegate_signs_and_the_trail_says_who_for_whom_with_which_key(house: House) -> None:
    approval = made.to_sign(house, "G-1")
    delegation = made.delegated(house)
    granted = house.post(
        f"/v1/approvals/{approval['id']}/decision", _vote(approval, "pat-ivers", channel="slack"),
    )  # fmt: skip
    [vote] = granted["votes"]
    assert (vote["by"], vote["on_behalf_of"], vote["delegations"]) == ("pat-ivers", "dana-whitlock", [delegation["id"]])
    assert (vote["channel"], vote["key"], vote["seen_hash"]) == ("slack", "local", approval["content_hash"])
    house.post(f"/v1/delegations/{delegation['id']}/end", {"by": "dana-whitlock"})
    house.rest()


def test_a_delegation_that_was_ended_gives_no_vote(house: House) -> None:
    approval = made.to_sign(house, "G-2")
    delegation = made.delegated(house, days=9)
    ended = house.post(f"/v1/delegations/{delegation['id']}/end", {"by": "dana-whitlock"})
    assert ended["ended_by"] == "dana-whitlock"
    assert house.post(f"/v1/delegations/{delegation['id']}/end", {"by": "dana-whitlock"}) == ended
    answer = house.client.post(f"/v1/approvals/{approval['id']}/decision", json=_vote(approval, "pat-ivers"))
    is_problem(answer, 403, "forbidden")


def test_only_whoever_delegated_or_an_admin_ends_it(house: House) -> None:
    delegation = made.delegated(house, days=8)
    chris = house.key(Role.APPROVER, person="chris-lowe")
    path = f"/v1/delegations/{delegation['id']}/end"
    is_problem(house.client.post(path, json={}, headers=chris), 403, "forbidden")
    ended = house.post(path, {"by": "alex-morrow"}, headers=house.key(Role.ADMIN))
    assert ended["ended_by"] == "alex-morrow"
    _forget_keys(house)


def test_a_circle_of_delegations_is_refused_with_the_circle(house: House) -> None:
    first = made.delegated(house, "dana-whitlock", "chris-lowe", days=7)
    at = house.clock.now()
    body = {"by": "chris-lowe", "to": "dana-whitlock", "reason": "on leave"}
    body |= {"first": at.isoformat(), "last": (at + timedelta(days=1)).isoformat()}
    problem = is_problem(house.client.post("/v1/delegations", json=body), 409, "conflict")
    assert "circle" in problem["detail"] and "chris-lowe" in problem["detail"]
    assert first in house.get("/v1/delegations")["items"]
    house.post(f"/v1/delegations/{first['id']}/end", {"by": "dana-whitlock"})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"to": "nobody-here"}, "nobody here is called 'nobody-here'"),
        ({"to": "dana-whitlock"}, "nobody delegates to themselves"),
        ({"only": ["no-such-rule"]}, "no approval rule 'no-such-rule'"),
        ({"last": (NOW - timedelta(days=1)).isoformat()}, "over already"),
    ],
)
def test_a_delegation_that_cannot_be_is_refused_with_the_mend(house: House, change: Json, says: str) -> None:
    body = {"by": "dana-whitlock", "to": "pat-ivers", "reason": "x", "first": NOW.isoformat()}
    body |= {"last": (NOW + timedelta(days=1)).isoformat()}
    assert says in is_problem(house.client.post("/v1/delegations", json=body | change), 422)["detail"]


def test_only_an_admin_gives_the_decision_to_others_and_then_has_no_vote(house: House) -> None:
    approval = made.to_sign(house, "G-3")
    path = f"/v1/approvals/{approval['id']}"
    admin, approver = house.key(Role.ADMIN), house.key(Role.APPROVER)
    body = {"approvers": ["pat-ivers"], "reason": "Dana is ill", "by": "alex-morrow"}
    is_problem(house.client.post(f"{path}/reassign", json=body, headers=approver), 403, "forbidden")
    moved = house.post(f"{path}/reassign", body, headers=admin)
    assert moved["approvers"] == ["pat-ivers"] and moved["reassignments"][0]["by"] == "alex-morrow"
    vote = _vote(approval, "alex-morrow")
    is_problem(house.client.post(f"{path}/decision", json=vote, headers=admin), 403, "forbidden")
    assert house.post(f"{path}/decision", _vote(approval, "pat-ivers"), headers=admin)["state"] == "granted"
    _forget_keys(house)
    house.rest()


def test_a_grant_starts_when_it_is_given_and_ends_in_a_task_with_a_receipt(house: House) -> None:
    granted = made.signed(house, "G-4")
    path = f"/v1/approvals/{granted['id']}"
    house.clock.at = made.later(60)
    started = house.post(f"{path}/carried-out", {"by": "lena-brook"})
    assert started["grant_ends_at"] == made.later(60 + 480).isoformat().replace("+00:00", "Z")
    is_problem(house.client.post(f"{path}/carried-out", json={"by": "lena-brook"}), 409, "illegal_move")
    house.clock.at = made.later(60 + 480)
    house.services.engine.sweep()
    house.rest()
    [task] = house.get("/v1/tasks?ticket=G-4&state=open")["items"]
    assert (task["technician"], task["approval_id"]) == ("lena-brook", granted["id"])
    assert house.get(path)["state"] == "ended" and house.get(path)["task_id"] == task["id"]
    is_problem(house.client.post(f"/v1/tasks/{task['id']}/done", json={"by": "r-G-4", "note": "gone"}), 403)
    done = house.post(f"/v1/tasks/{task['id']}/done", {"by": "lena-brook", "note": "change 4711"})
    assert done == house.get(f"/v1/tasks/{task['id']}")
    assert (done["state"], done["note"]) == ("done", "change 4711")
    assert house.get("/v1/tasks?ticket=G-4&state=open")["items"] == []
    house.rest()
    notes = [event["body"] for event in house.get("/v1/tickets/G-4")["ticket"]["events"] if event.get("body")]
    assert any("change 4711" in note for note in notes)


def test_a_grant_is_taken_back_once(house: House) -> None:
    granted = made.signed(house, "G-5")
    path = f"/v1/approvals/{granted['id']}/revoke"
    is_problem(house.client.post(path, json={"by": "dana-whitlock"}), 422)
    ended = house.post(path, {"by": "dana-whitlock", "reason": "audit"})
    assert (ended["ended_by"], ended["ended_why"]) == ("dana-whitlock", "audit")
    is_problem(house.client.post(path, json={"by": "dana-whitlock", "reason": "audit"}), 409, "illegal_move")
    assert len(house.get("/v1/tasks?ticket=G-5")["items"]) == 1
    house.rest()


def _forget_keys(house: House) -> None:
    """The house is open again for callers without a key."""
    house.services.store.write(lambda c: c.execute(api_keys.delete()))
