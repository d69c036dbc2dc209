"""`Idempotency-Key`: a request that is sent again changes nothing and gets the first answer again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from adapters.storage import idempotency
from adapters.storage.keys import Role
from domain.errors import DiskFull
from tests.api import house as made
from tests.api.house import House, Json, is_problem, open_house
from tests.tickets import ticket

UNCHANGING = {
    "/v1/assess", "/v1/assess/stream", "/v1/acknowledge/{token}", "/v1/channels/slack/actions", "/v1/replays",
    "/v1/escalations/{escalation_id}/handoff",
}  # fmt: skip
"""Posts that change nothing, or whose repeat changes nothing by itself."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose client is an admin unless a test says otherwise."""
    with open_house(tmp_path_factory.mktemp("once")) as house:
        house.client.headers.update(house.key(Role.ADMIN))
        yield house


def _accept(house: House, id: str, key: str, by: str = "robin-hale") -> tuple[int, object, bool]:
    answer = house.client.post(f"/v1/escalations/{id}/accept", json={"by": by}, headers={"Idempotency-Key": key})
    return answer.status_code, answer.json(), "Idempotency-Replayed" in answer.headers


def test_a_repeated_acceptance_gets_the_first_answer(house: House) -> None:
    id = made.handed_over(house, "O-1")["id"]
    first, again = _accept(house, id, "o-1"), _accept(house, id, "o-1")
    assert first[0] == 200
    assert (first[2], again[2]) == (False, True)
    assert again[:2] == first[:2]
    assert len(house.get(f"/v1/escalations/{id}")["escalation"]["moves"]) == 3


def test_one_key_for_two_requests_is_refused(house: House) -> None:
    one, other = made.handed_over(house, "O-2")["id"], made.handed_over(house, "O-3")["id"]
    assert _accept(house, one, "o-2")[0] == 200
    for id, by in ((one, "noor-aziz"), (other, "robin-hale")):
        answer = house.client.post(f"/v1/escalations/{id}/accept", json={"by": by}, headers={"Idempotency-Key": "o-2"})
        is_problem(answer, 409, "key_reused")
    assert house.get(f"/v1/escalations/{other}")["escalation"]["state"] == "handed_over"


def test_every_post_that_changes_a_record_takes_a_key(house: House) -> None:
    back, down = made.handed_over(house, "O-4")["id"], made.handed_over(house, "O-5")["id"]
    asked = made.asked(house, "O-6")["journey"]["escalation_id"]
    why = {"by": "robin-hale", "reason": "no"}
    calls: list[tuple[str, Json, int]] = [
        (f"/v1/escalations/{back}/bounce", why, 200),
        (f"/v1/escalations/{down}/de-escalate", why, 200),
        (f"/v1/escalations/{asked}/answer", {"text": "error 809"}, 202),
    ]
    approval = made.to_sign(house, "O-7")
    vote = {"approve": True, "content_hash": approval["content_hash"], "by": "dana-whitlock"}
    calls.append((f"/v1/approvals/{approval['id']}/decision", vote, 200))
    draft = made.drafted(house, "O-8")
    calls.append((f"/v1/knowledge/drafts/{draft['id']}/decision", {"approve": True, "by": "chris-lowe"}, 200))
    for number, (path, body, status) in enumerate(calls):
        headers = {"Idempotency-Key": f"every-{number}", "If-Match": '"1"'}
        first = house.client.post(path, json=body, headers=headers)
        house.rest()
        again = house.client.post(path, json=body, headers=headers)
        assert (first.status_code, again.status_code) == (status, status), first.text
        assert again.json() == first.json()
        assert again.headers["Idempotency-Replayed"] == "true"
        assert again.headers.get("ETag") == first.headers.get("ETag")


def test_every_changing_post_documents_its_key(house: House) -> None:
    document = house.client.get("/openapi.json").json()
    for path, calls in document["paths"].items():
        if "post" in calls and path not in UNCHANGING:
            assert "Idempotency-Key" in {one["name"] for one in calls["post"]["parameters"]}, path


def test_a_refused_request_may_come_again_under_its_key_once_it_is_mended(house: House) -> None:
    id = made.handed_over(house, "O-9")["id"]
    path, key = f"/v1/escalations/{id}/accept", {"Idempotency-Key": "o-9"}
    is_problem(house.client.post(path, json={}, headers=key), 422)
    assert _accept(house, id, "o-9")[0] == 200


def test_tenants_do_not_share_keys(house: House) -> None:
    id = made.handed_over(house, "O-10")["id"]
    other = house.key(Role.ADMIN, tenant="other")
    house.send(ticket("O-10", body=made.DOOMED, category="hardware"), headers=other)
    theirs = house.get("/v1/escalations", headers=other)["items"][0]["id"]
    for headers, escalation in (({}, id), (other, theirs)):
        answer = house.client.post(
            f"/v1/escalations/{escalation}/accept",
            json={"by": "robin-hale"},
            headers={**headers, "Idempotency-Key": "o-10"},
        )
        assert answer.status_code == 200, answer.text


def test_a_key_of_another_caller_does_not_show_the_answer(house: House) -> None:
    platform = house.key(Role.PLATFORM)
    id = made.handed_over(house, "O-11")["id"]
    path, body = f"/v1/escalations/{id}/accept", {"by": "robin-hale"}
    assert _accept(house, id, "o-11")[0] == 200
    is_problem(house.client.post(path, json=body, headers={**platform, "Idempotency-Key": "o-11"}), 409, "key_reused")


def test_two_at_once_change_one_thing(house: House) -> None:
    id = made.handed_over(house, "O-12")["id"]
    headers = {"Idempotency-Key": "o-12"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda _: house.client.post(f"/v1/escalations/{id}/accept", json={"by": "robin-hale"}, headers=headers),
                range(8),
            )
        )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1


def test_what_could_not_be_remembered_was_not_done(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    id = made.handed_over(house, "O-13")["id"]

    def full(*_: object, **__: object) -> None:
        raise DiskFull("no space left", mend="free some space")

    monkeypatch.setattr(idempotency, "remember", full)
    headers = {"Idempotency-Key": "o-13"}
    answer = house.client.post(f"/v1/escalations/{id}/accept", json={"by": "robin-hale"}, headers=headers)
    is_problem(answer, 503, "disk_full")
    assert house.get(f"/v1/escalations/{id}")["escalation"]["state"] == "handed_over"


def test_answers_are_forgotten_after_a_week(house: House) -> None:
    store, at = house.services.store, house.clock.now()
    store.write(lambda c: idempotency.remember(c, "old", "k", "d", status=200, response="{}", at=at))
    assert store.read(lambda c: idempotency.remembered(c, "old", "k", "d", at + timedelta(days=6))) == "{}"
    later = at + timedelta(days=8)
    assert store.read(lambda c: idempotency.remembered(c, "old", "k", "d", later)) is None
    store.write(lambda c: idempotency.remember(c, "old", "k", "e", status=200, response="[]", at=later))
    assert store.read(lambda c: idempotency.remembered(c, "old", "k", "e", later)) == "[]"
