"""Who may call: keys, roles, persons, tenants, and this machine alone as long as there is no key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters.storage import keys
from adapters.storage.keys import Role
from adapters.storage.schema import api_keys
from domain.errors import BadInput
from tests.api import house as made
from tests.api.house import House, Json, is_problem, open_house
from tests.tickets import ticket

OPEN = {"/healthz", "/readyz"}
SIGNED = {"/v1/acknowledge/{token}", "/v1/channels/slack/actions"}
"""Calls that prove themselves by a signature of their own; see `test_notices.py` and `test_slack.py`."""
RECEIVING = {
    "mark_playbook_step", "accept", "bounce", "de_escalate", "answer", "acknowledge_escalation", "rewrite_handoff",
    "mark_handoff_seen",
}  # fmt: skip
CARRYING_OUT = {"carried_out", "task_done"}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house where a key has been made, with an escalation, an approval and a draft to be read."""
    with open_house(tmp_path_factory.mktemp("locked")) as house:
        made.to_sign(house, "A-1")
        made.drafted(house, "A-2")
        house.key(Role.ADMIN)
        yield house


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[House]:
    """A house without any key."""
    with open_house(tmp_path / "fresh") as house:
        yield house


def _operations(house: House) -> list[tuple[str, str]]:
    paths: Json = house.client.get("/openapi.json").json()["paths"]
    return [(method, path) for path, calls in paths.items() for method in calls if path not in OPEN | SIGNED]


def test_without_any_key_only_this_machine_is_answered(fresh: House) -> None:
    assert fresh.client.get("/v1/escalations").status_code == 200
    assert made.local_client(fresh.services, host="127.0.0.1:8080").get("/v1/escalations").status_code == 200
    assert made.local_client(fresh.services, host="[::1]:8080", address="::1").get("/v1/escalations").status_code == 200
    for name, address in (
        ("localhost", "192.0.2.7"),
        ("evil.example", "127.0.0.1"),
        ("localhost.evil.example", "127.0.0.1"),
    ):
        answer = made.local_client(fresh.services, host=name, address=address).get("/v1/escalations")
        is_problem(answer, 401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_revoking_the_last_key_does_not_open_the_house_again(fresh: House) -> None:
    store, at = fresh.services.store, fresh.clock.now()
    key_id, key = store.write(lambda c: keys.create(c, "default", frozenset({Role.ADMIN}), at))
    header = {"Authorization": f"Bearer {key}"}
    assert fresh.client.get("/v1/escalations", headers=header).status_code == 200
    is_problem(fresh.client.get("/v1/escalations"), 401)
    store.write(lambda c: keys.revoke(c, "default", key_id, at))
    is_problem(fresh.client.get("/v1/escalations", headers=header), 401, "unauthenticated")
    is_problem(fresh.client.get("/v1/escalations"), 401)


def test_another_page_in_the_browser_cannot_post_to_a_house_without_keys(fresh: House) -> None:
    body = '{"ticket_id": "T-1", "event": {}}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = fresh.client.post("/v1/tickets/test/events", content=body, headers={"Content-Type": kind})
        is_problem(answer, 415, "unsupported_media")


def test_every_call_but_health_needs_a_key(house: House) -> None:
    for method, path in _operations(house):
        for headers in ({}, {"Authorization": "Bearer tw_unknown"}, {"Authorization": "Basic dGllcjp3aXNl"}):
            is_problem(house.client.request(method, path, headers=headers), 401, "unauthenticated")
    for path in OPEN:
        assert house.client.get(path).status_code == 200


def test_a_key_of_another_tenant_sees_none_of_this_tenants_records(house: House) -> None:
    admin = house.key(Role.ADMIN)
    approval = house.get("/v1/approvals?ticket=A-1", headers=admin)["items"][0]
    draft = house.get("/v1/knowledge/drafts?ticket=A-2", headers=admin)["items"][0]
    run = house.get(f"/v1/escalations/{approval['escalation_id']}", headers=admin)["escalation"]["run_id"]
    ids = {
        "source": "test", "ticket_id": "A-1", "run_id": run, "escalation_id": approval["escalation_id"],
        "approval_id": approval["id"], "draft_id": draft["id"], "article_id": "KB-1",
        "outbreak_id": "out_1", "task_id": "task_1", "step_id": "scope",
        "delegation_id": made.delegated(house, headers=admin)["id"],
        "replay_id": house.post("/v1/replays", {}, 202, admin)["id"],
    }  # fmt: skip
    event = made.event_body(ticket("A-1"))
    bodies: dict[str, Json] = {
        "take_event": {"ticket_id": "A-1", "event": event["event"]},
        "accept": {"by": "x"}, "bounce": {"by": "x", "reason": "x"}, "de_escalate": {"by": "x", "reason": "x"},
        "answer": {"text": "x"}, "decide": {"approve": True, "content_hash": "0" * 64, "by": "dana-whitlock"},
        "edit_draft": {"article": draft["article"]}, "review": {"approve": True, "by": "x"},
        "decide_outbreak": {"decision": "confirm", "by": "x"},
        "mark_playbook_step": {"state": "done", "by": "x"},
        "acknowledge_escalation": {"by": "x"}, "carried_out": {"by": "x"}, "revoke": {"by": "x", "reason": "x"},
        "reassign": {"approvers": ["pat-ivers"], "by": "x", "reason": "x"}, "end": {"by": "dana-whitlock"},
        "task_done": {"by": "x", "note": "x"}, "rewrite_handoff": {"by": "x"}, "mark_handoff_seen": {"by": "x"},
    }  # fmt: skip
    stranger = {**house.key(Role.ADMIN, tenant="other"), "If-Match": "*"}
    paths: Json = house.client.get("/openapi.json").json()["paths"]
    tried = 0
    for method, path in _operations(house):
        if "{" not in path:
            continue
        body = bodies.get(paths[path][method]["operationId"])
        answer = house.client.request(method, path.format(**ids), json=body, headers=stranger)
        is_problem(answer, 404, "not_found")
        tried += 1
    assert tried >= 14
    for path in ("escalations", "approvals", "knowledge/drafts", "knowledge/articles"):
        assert house.get(f"/v1/{path}", headers=stranger)["items"] == []
    assert house.client.get("/v1/search/similar", params={"q": made.DOOMED}, headers=stranger).json()["hits"] == []
    assert house.get(f"/v1/approvals/{approval['id']}", headers=admin) == approval


def test_the_same_ticket_id_in_two_tenants_is_two_tickets(house: House) -> None:
    admin, stranger = house.key(Role.ADMIN), house.key(Role.ADMIN, tenant="third")
    house.send(ticket("A-1", subject="Another house", body="Something else."), headers=stranger)
    assert house.get("/v1/tickets/A-1", headers=stranger)["ticket"]["subject"] == "Another house"
    assert house.get("/v1/tickets/A-1", headers=admin)["ticket"]["subject"] == "Database access"


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.PLATFORM, {"take_event", *RECEIVING, *CARRYING_OUT, "decide_outbreak"}),
        (Role.TECHNICIAN, {*RECEIVING, *CARRYING_OUT}),
        (Role.LEAD, {*RECEIVING, *CARRYING_OUT, "revoke", "decide_outbreak"}),
        (Role.APPROVER, {"decide", "revoke", "delegate", "end", "acknowledge_escalation"}),
        (Role.KNOWLEDGE_MANAGER, {"edit_draft", "review"}),
        (Role.EVALUATOR, {"start_replay"}),
        (
            Role.ADMIN,
            {
                "take_event",
                *RECEIVING,
                *CARRYING_OUT,
                "decide",
                "revoke",
                "reassign",
                "delegate",
                "end",
                "edit_draft",
                "review",
                "decide_outbreak",
                "start_replay",
            },
        ),
    ],
)
def test_a_role_may_change_only_what_is_its_own(house: House, role: Role, allowed: set[str]) -> None:
    header = house.key(role)
    paths: Json = house.client.get("/openapi.json").json()["paths"]
    changing = [(m, p) for m, p in _operations(house) if m in ("post", "put") and not p.startswith("/v1/assess")]
    answers = {
        paths[path][method]["operationId"]: house.client.request(method, path, json={}, headers=header).status_code
        for method, path in changing
    }
    assert {name for name, status in answers.items() if status != 403} == allowed
    assert len(answers) == 20


def test_a_personal_key_acts_for_its_person_only(house: House) -> None:
    dana = house.key(Role.APPROVER, Role.TECHNICIAN, Role.KNOWLEDGE_MANAGER, person="dana-whitlock")
    approval = house.get("/v1/approvals?ticket=A-1", headers=dana)["items"][0]
    vote = {"approve": True, "content_hash": approval["content_hash"], "by": "somebody-else"}
    is_problem(house.client.post(f"/v1/approvals/{approval['id']}/decision", json=vote, headers=dana), 403)
    escalation = f"/v1/escalations/{approval['escalation_id']}"
    for move in ("accept", "bounce", "de-escalate"):
        body = {"by": "robin-hale", **({} if move == "accept" else {"reason": "x"})}
        is_problem(house.client.post(f"{escalation}/{move}", json=body, headers=dana), 403, "forbidden")
    draft = house.get("/v1/knowledge/drafts?ticket=A-2", headers=dana)["items"][0]
    word = {"approve": True, "by": "chris-lowe"}
    answer = house.client.post(
        f"/v1/knowledge/drafts/{draft['id']}/decision", json=word, headers={**dana, "If-Match": "*"}
    )
    is_problem(answer, 403, "forbidden")


def test_a_personal_key_signs_under_its_own_name_without_saying_it(house: House) -> None:
    admin, dana = house.key(Role.ADMIN), house.key(Role.APPROVER, person="dana-whitlock")
    text = f"I need write access to the production database in order to mend the stock list. {made.DOOMED}"
    body = made.event_body(ticket("A-3", body=text, category="database-access", requester="r-A-3"))
    house.post("/v1/tickets/test/events", body, 202, headers=admin)
    house.rest()
    approval = house.get("/v1/approvals?ticket=A-3", headers=dana)["items"][0]
    vote = {"approve": True, "content_hash": approval["content_hash"]}
    signed = house.post(f"/v1/approvals/{approval['id']}/decision", vote, headers=dana)
    assert [one["by"] for one in signed["votes"]] == ["dana-whitlock"]


def test_a_personal_key_does_not_answer_for_the_requester(house: House) -> None:
    platform, robin = house.key(Role.PLATFORM), house.key(Role.TECHNICIAN, person="robin-hale")
    run = house.send(
        ticket("A-4", body=f"VPN fails. {made.DOOMED}", category="vpn", requester="r-A-4"), headers=platform
    )
    path = f"/v1/escalations/{run['journey']['escalation_id']}/answer"
    for body in ({"text": "809"}, {"text": "809", "by": "r-A-4"}, {"text": "809", "by": "robin-hale"}):
        is_problem(house.client.post(path, json=body, headers=robin), 403, "forbidden")
    assert house.post(path, {"text": "error 809"}, 202, headers=platform)["new"]


def test_keys_are_stored_as_hashes_only(house: House) -> None:
    header = house.key(Role.ADMIN)
    key = header["Authorization"].removeprefix("Bearer ")
    rows = house.services.store.read(lambda c: c.execute(select(api_keys)).all())
    assert rows and all(len(row.hash) == 64 for row in rows)
    assert all(key not in str(value) for row in rows for value in row)


def test_a_key_without_a_role_is_not_made(house: House) -> None:
    with pytest.raises(BadInput, match="at least one role"):
        house.key()
