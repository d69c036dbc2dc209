"""`/v1/replays`: evaluators replay stored history through stored policies, and reach no file besides."""

from __future__ import annotations

import shutil
import time
from typing import Any

import pytest

from adapters.storage.keys import Role
from app.bootstrap import DEFAULT_POLICY
from app.report.page import CONTENT_SECURITY_POLICY
from tests.api.house import House
from tests.app.replay.made import history


@pytest.fixture(scope="module")
def told(opened: House) -> House:
    """The module's house, with a history and a second policy."""
    opened.services.store.put_tickets(opened.services.settings.tenant, history(30))
    shutil.copytree(DEFAULT_POLICY, opened.services.settings.data_dir / "policies" / "next")
    return opened


def _done(house: House, id_: str) -> dict[str, Any]:  # Any: a JSON document
    for _ in range(600):
        found: dict[str, Any] = house.client.get(f"/v1/replays/{id_}").json()
        if found["state"] != "running":
            return found
        time.sleep(0.1)
    raise AssertionError("the replay did not end")


def test_a_replay_runs_beside_the_server_and_gives_figures_and_a_page(told: House) -> None:
    begun = told.client.post("/v1/replays", json={"against": "next", "seed": 3})
    assert begun.status_code == 202, begun.text
    found = _done(told, begun.json()["id"])
    assert (found["state"], found["error"]) == ("done", None)
    assert [one["name"] for one in found["result"]["sides"]] == ["policy", "against"]
    assert found["result"]["history"]["judged"] == 30
    page = told.client.get(f"/v1/replays/{begun.json()['id']}", headers={"Accept": "text/html"})
    assert page.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert page.text.startswith("<!doctype html>") and "<script" not in page.text
    again = told.client.post("/v1/replays", json={"against": "next", "seed": 3})
    assert (again.json()["id"], again.json()["state"]) == (begun.json()["id"], "done")


def test_a_replay_that_comes_to_nothing_says_why(told: House) -> None:
    begun = told.client.post("/v1/replays", json={"start": "2031-01-01T00:00:00Z"})
    found = _done(told, begun.json()["id"])
    assert found["state"] == "failed"
    assert "widen --from" in found["error"]["message"]


@pytest.mark.parametrize("name", ["../policies/next", "/etc", "next/", "..", "nowhere", "Next"])
def test_only_stored_policies_can_be_named(told: House, name: str) -> None:
    answer = told.client.post("/v1/replays", json={"against": name})
    assert answer.status_code in (404, 422), answer.text


@pytest.mark.parametrize("id_", ["rpl_00000000000000000000", "..", "rpl_", "asked.json"])
def test_an_unknown_replay_is_not_found(told: House, id_: str) -> None:
    assert told.client.get(f"/v1/replays/{id_}").status_code in (404, 422)


def test_only_evaluators_replay(told: House) -> None:
    for role, allowed in ((Role.TECHNICIAN, False), (Role.EVALUATOR, True)):
        answer = told.client.get("/v1/replays/rpl_00000000000000000000", headers=told.key(role))
        assert answer.status_code == (404 if allowed else 403)
