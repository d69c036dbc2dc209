"""What HTTP shows of a language model: the calls of a run, the opinion as it comes, the metrics."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from adapters.llm.scripted import Rule, Script, ScriptedServer
from adapters.storage.keys import Role
from tests.api.house import DOOMED, House, Json, open_house
from tests.tickets import ticket


@pytest.fixture(scope="module")
def scripted() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory, scripted: ScriptedServer) -> Iterator[House]:
    more = {"llm_model": "scripted", "llm_base_url": scripted.url}
    with open_house(tmp_path_factory.mktemp("asking"), **more) as house:
        yield house


def _events(text: str) -> list[tuple[str, Json]]:
    found = []
    for block in text.strip().split("\n\n"):
        event, data = block.split("\n", 1)
        found.append((event.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def _assessed(house: House) -> list[tuple[str, Json]]:
    body = {"ticket": json.loads(ticket(id="T-9", body=DOOMED).model_dump_json(by_alias=True, exclude_none=True))}
    answer = house.client.post("/v1/assess/stream", json=body)
    assert answer.status_code == 200, answer.text
    return _events(answer.text)


def test_whoever_waits_has_the_local_words_first_and_then_the_verified_ones(
    asking: House, scripted: ScriptedServer
) -> None:
    scripted.plays(Script(otherwise="faithful"))
    (first, local), (second, better), (last, _) = _assessed(asking)
    assert (first, second, last) == ("local", "model", "end")
    assert (local["handoff"]["source"], better["handoff"]["source"]) == ("local", "scripted")
    assert local["calls"] == [] and {call["outcome"] for call in better["calls"]} == {"answered"}
    assert local["decision"] == better["decision"] and local["route"] == better["route"]


def test_a_run_and_its_escalation_say_what_was_asked_and_why_the_local_words_stand(
    asking: House, scripted: ScriptedServer
) -> None:
    scripted.plays(Script(rules=(Rule.model_validate({"fault": "refusal"}),)))
    run = asking.send(ticket(id="T-8", body=f"{DOOMED} Since nine."))
    assert {(call["outcome"], call["why"]) for call in run["calls"]} == {("failed", "refused")}
    [raised] = asking.get("/v1/escalations?ticket=T-8")["items"]
    whole = asking.get(f"/v1/escalations/{raised['id']}")
    assert whole["handoff"]["source"] == "local"
    assert {call["prompt"] for call in whole["calls"]} >= {"summarizer/2.0.0", "requester_text/1.0.0"}


def test_metrics_are_read_by_a_platform_and_name_nobody(asking: House) -> None:
    page = asking.client.get("/metrics")
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/plain")
    assert 'tierwise_llm_calls_total{agent="summarizer"' in page.text and "tierwise_outbox_waiting" in page.text
    assert "T-8" not in page.text and "r-7" not in page.text
    assert asking.client.get("/metrics", headers=asking.key(Role.PLATFORM)).status_code == 200
    assert asking.client.get("/metrics", headers=asking.key(Role.TECHNICIAN)).status_code == 403
    assert asking.client.get("/metrics").status_code == 401
