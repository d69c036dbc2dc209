"""Drafts under review, articles and search over HTTP."""

from __future__ import annotations

import pytest

from adapters.storage import keys
from domain.errors import Unavailable
from tests.api import house as made
from tests.api.house import House, is_problem


def test_a_draft_is_edited_published_and_found(house: House) -> None:
    solved = "The gateway lost its lease. Renewed the lease on the gateway and rebooted the scanners. Scans again."
    id = made.drafted(house, "K-1", subject="Warehouse scanners offline", solved=solved)["id"]
    read = house.client.get(f"/v1/knowledge/drafts/{id}")
    article = {**read.json()["article"], "cause": "The lease was too short."}
    edited = house.client.put(
        f"/v1/knowledge/drafts/{id}", json={"article": article}, headers={"If-Match": read.headers["ETag"]}
    )
    assert edited.status_code == 200
    assert edited.headers["ETag"] != read.headers["ETag"]
    approved = house.post(
        f"/v1/knowledge/drafts/{id}/decision",
        {"approve": True, "by": "chris-lowe"},
        headers={"If-Match": edited.headers["ETag"]},
    )
    assert (approved["state"], approved["reviewed_by"]) == ("approved", "chris-lowe")
    house.rest()
    published = house.get(f"/v1/knowledge/drafts/{id}")
    assert published["state"] == "published"
    shown = house.get(f"/v1/knowledge/articles/{published['article_id']}")
    assert shown["body"]["cause"] == article["cause"]
    assert published["article_id"] in [one["id"] for one in house.get("/v1/knowledge/articles")["items"]]
    words = "Warehouse scanners offline: renewed the lease on the gateway and rebooted the scanners"
    hits = house.client.get("/v1/search/articles", params={"q": words}).json()
    assert (hits["status"], hits["hits"][0]["id"]) == ("found", published["article_id"])


def test_an_edit_of_another_version_is_refused(house: House) -> None:
    draft = made.drafted(house, "K-2")
    path, body = f"/v1/knowledge/drafts/{draft['id']}", {"article": draft["article"]}
    assert house.client.put(path, json=body, headers={"If-Match": '"1"'}).status_code == 200
    is_problem(house.client.put(path, json=body, headers={"If-Match": '"1"'}), 412, "precondition_failed")
    is_problem(house.client.put(path, json=body, headers={"If-Match": 'W/"2"'}), 412)
    assert house.client.put(path, json=body, headers={"If-Match": '"1", "2"'}).status_code == 200


def test_editing_and_deciding_need_the_version_that_was_read(house: House) -> None:
    draft = made.drafted(house, "K-3")
    path = f"/v1/knowledge/drafts/{draft['id']}"
    is_problem(house.client.put(path, json={"article": draft["article"]}), 428, "precondition_required")
    is_problem(house.client.post(f"{path}/decision", json={"approve": True, "by": "chris-lowe"}), 428)
    stale = {"If-Match": '"7"'}
    is_problem(house.client.post(f"{path}/decision", json={"approve": True, "by": "chris-lowe"}, headers=stale), 412)
    assert house.get(path) == draft


def test_a_rejection_needs_a_reason_and_is_final(house: House) -> None:
    id = made.drafted(house, "K-4")["id"]
    path, current = f"/v1/knowledge/drafts/{id}/decision", {"If-Match": "*"}
    is_problem(house.client.post(path, json={"approve": False, "by": "chris-lowe"}, headers=current), 422)
    rejected = house.post(path, {"approve": False, "by": "chris-lowe", "reason": "one printer only"}, headers=current)
    assert (rejected["state"], rejected["review_reason"]) == ("rejected", "one printer only")
    is_problem(house.client.post(path, json={"approve": True, "by": "chris-lowe"}, headers=current), 409)


def test_drafts_are_listed_by_state(house: House) -> None:
    id = made.drafted(house, "K-5")["id"]
    assert [one["id"] for one in house.get("/v1/knowledge/drafts?state=awaiting_review&ticket=K-5")["items"]] == [id]
    assert house.get("/v1/knowledge/drafts?state=refused&ticket=K-5")["items"] == []


def test_a_search_that_looked_and_found_nothing_says_so(house: House) -> None:
    answer = house.client.get("/v1/search/similar", params={"q": "xylophone quartz", "requester": "nobody"})
    assert answer.json() == {"status": "nothing", "hits": []}


def test_past_tickets_are_found(house: House) -> None:
    made.handed_over(house, "K-6")
    params = {"q": f"Badge printer out {made.DOOMED}", "requester": "r-K-6"}
    hits = house.client.get("/v1/search/similar", params=params).json()["hits"]
    assert [hit["id"] for hit in hits] == ["K-6"]


@pytest.mark.parametrize("path", ["drafts/draft_x", "articles/KB-x"])
def test_what_does_not_exist_is_not_found(house: House, path: str) -> None:
    is_problem(house.client.get(f"/v1/knowledge/{path}"), 404, "not_found")


def test_a_search_that_could_not_look_does_not_say_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise Unavailable("the index is away", mend="wait")

    monkeypatch.setattr(house.services.search, "look", broken)
    answer = house.client.get("/v1/search/similar", params={"q": "printer"})
    is_problem(answer, 503, "could_not_look")
    assert answer.headers["Retry-After"]


def test_a_process_whose_records_do_not_answer_is_not_ready(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bool:
        raise Unavailable("the records are away")

    monkeypatch.setattr(keys, "any_key", broken)
    answer = house.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not_ready", "checks": {"records": "unavailable", "index": "ok", "engine": "ok"}}
