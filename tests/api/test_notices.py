"""What people were told, read over HTTP, and acknowledged: by the API, by the link of a mail, by a click in Slack."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from adapters.clock import SetClock
from adapters.notify.links import Word
from adapters.policy_folder import load_policy
from api.server import create_app
from app.bootstrap import DEFAULT_POLICY, open_services
from app.settings import Settings
from domain.policy.policy import Policy
from retrieval.embeddings import HashEmbedder
from tests.api.house import House, handed_over, is_problem
from tests.conftest import NOW
from tests.receivers import Answered, HttpReceiver, http_receiver

SIGNING = "8f742231b10e8888abcd99yyyzzz85a5"
POSTED: Answered = (200, {}, {"ok": True, "channel": "C1", "ts": "1700000000.000100"})


@pytest.fixture(scope="module")
def slack() -> Iterator[HttpReceiver]:
    """The Slack that the house talks to."""
    with http_receiver(POSTED) as receiver:
        yield receiver


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, slack: HttpReceiver) -> Iterator[House]:
    """A house with a Slack room beside mail."""
    settings = Settings.model_validate(
        {
            "data_dir": tmp_path_factory.mktemp("told") / "data", "poll_seconds": 0.02, "sweep_seconds": 3600,
            "public_url": "https://tw.example", "slack_token": "xoxb-1", "slack_signing_secret": SIGNING,
            "slack_api_url": slack.url, "allow_loopback_targets": True,
        }
    )  # fmt: skip
    clock = SetClock(NOW)
    with open_services(settings, embedder=HashEmbedder(), clock=clock, policy=_policy()) as services:
        client = TestClient(create_app(services), base_url="http://localhost", client=("127.0.0.1", 5000))
        yield House(services, clock, client)


def _policy() -> Policy:
    policy = load_policy(DEFAULT_POLICY)
    room = {"id": "room", "kind": "slack", "target": "C1"}
    rules: list[Any] = [
        {"id": "room", "on": ["handed_over"], "channel": "room", "to": ["team_lead"]},
        {"id": "told", "on": ["handed_over"], "to": ["assignee", "requester"]},
    ]
    changed = type(policy.notifications).model_validate({"rules": rules, "channels": [room]})
    people = tuple(
        one.model_copy(update={"slack": f"U0{place}"}) for place, one in enumerate(policy.technicians.technicians)
    )
    technicians = policy.technicians.model_copy(update={"technicians": people})
    return policy.model_copy(update={"notifications": changed, "technicians": technicians})


def _raised(house: House, id: str) -> str:
    escalation: str = handed_over(house, id, subject=f"Badge printer {id} out")["id"]
    return escalation


def _settled(house: House) -> None:
    house.services.engine.wake()
    house.rest()
    deadline = time.monotonic() + 10
    while not house.services.engine.idle():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _click(house: House, action: str, value: dict[str, Any], *, user: str, secret: str = SIGNING) -> Any:
    payload = {
        "type": "block_actions", "user": {"id": user}, "response_url": "https://hooks.slack.com/actions/x",
        "actions": [{"action_id": action, "value": json.dumps(value)}],
    }  # fmt: skip
    body = urlencode({"payload": json.dumps(payload)})
    stamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}",
        "Content-Type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    return house.client.post("/v1/channels/slack/actions", content=body, headers=headers)


def _word(house: House, escalation: str, by: str) -> str:
    return house.services.reach.links.signed(
        Word(tenant="default", escalation_id=escalation, by=by, via="mail", until=2**33)
    )


def test_every_message_has_its_receipt(house: House) -> None:
    escalation = _raised(house, "N-1")
    told = house.get(f"/v1/escalations/{escalation}")["notices"]
    assert {one["channel"]: one["state"] for one in told} == {"room": "sent", "mail": "sent"}
    room = next(one for one in told if one["channel"] == "room")
    assert room["reference"] == "C1:1700000000.000100" and room["attempts"][0]["state"] == "sent"
    assert house.get(f"/v1/notices?escalation={escalation}&recipient=room:room")["items"] == [room]
    assert house.get("/v1/notices?ticket=N-1&state=failed")["items"] == []


def test_an_acknowledgement_is_said_in_the_room_and_given_again_when_repeated(
    house: House, slack: HttpReceiver
) -> None:
    escalation = _raised(house, "N-2")
    word = house.post(f"/v1/escalations/{escalation}/acknowledge", {"by": "robin-hale", "via": "console"})
    house.clock.at = house.clock.at.replace(minute=59)
    again = house.post(f"/v1/escalations/{escalation}/acknowledge", {"by": "jamie-north"})
    assert again == word and word["via"] == "console"
    _settled(house)
    last = slack.got[-1]
    assert last.path == "/chat.update" and "Robin Hale" in last.body.decode()
    assert house.get(f"/v1/escalations/{escalation}")["acknowledgements"] == [word]


def test_who_accepts_has_seen_it(house: House) -> None:
    escalation = _raised(house, "N-3")
    house.post(f"/v1/escalations/{escalation}/accept", {"by": "robin-hale"})
    [word] = house.get(f"/v1/escalations/{escalation}")["acknowledgements"]
    assert (word["by"], word["via"]) == ("robin-hale", "the escalation (accepted)")


def test_nobody_acknowledges_on_a_version_that_has_gone_on_or_as_a_stranger(house: House) -> None:
    escalation = _raised(house, "N-4")
    path = f"/v1/escalations/{escalation}/acknowledge"
    is_problem(house.client.post(path, json={"by": "robin-hale", "version": 1}), 409, "conflict")
    is_problem(house.client.post(path, json={"by": "nobody"}), 422, "bad_input")
    is_problem(house.client.post("/v1/escalations/esc_x/acknowledge", json={"by": "robin-hale"}), 404, "not_found")


def test_opening_the_link_of_a_mail_changes_nothing_and_its_button_acknowledges(house: House) -> None:
    escalation = _raised(house, "N-5")
    path = f"/v1/acknowledge/{_word(house, escalation, 'robin-hale')}"
    page = house.client.get(path)
    assert page.status_code == 200 and 'method="post"' in page.text and "N-5" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert house.get(f"/v1/escalations/{escalation}")["acknowledgements"] == []
    assert "Thank you" in house.client.post(path).text
    [word] = house.get(f"/v1/escalations/{escalation}")["acknowledgements"]
    assert (word["by"], word["via"]) == ("robin-hale", "mail")


def test_a_changed_or_old_link_is_refused(house: House) -> None:
    escalation = _raised(house, "N-6")
    good = _word(house, escalation, "robin-hale")
    head, _, tail = good.partition(".")
    other = _word(house, "esc_other", "robin-hale").partition(".")[0]
    for bad in (f"{head}.{tail[:-2]}AA", f"{other}.{tail}", head, f"{head}.", "x.y", f"{head[:-1]}.{tail}"):
        is_problem(house.client.post(f"/v1/acknowledge/{bad}"), 403, "forbidden")
    old = house.services.reach.links.signed(
        Word(tenant="default", escalation_id=escalation, by="robin-hale", via="mail", until=1)
    )
    is_problem(house.client.post(f"/v1/acknowledge/{old}"), 403, "forbidden")


def test_the_mail_to_the_assignee_holds_a_link_that_works_and_that_to_the_requester_none(house: House) -> None:
    escalation = _raised(house, "N-7")
    told = house.get(f"/v1/escalations/{escalation}")["notices"]
    folder: Path = house.services.settings.data_dir / "mail" / "default"
    texts = {one["lane"]: (folder / f"{one['key']}.eml").read_text() for one in told if one["kind"] == "mail"}
    assert "/v1/acknowledge/" in texts["now"].replace("=\n", "")
    assert "acknowledge" not in texts["public"] and "tw.example" not in texts["public"]


def test_a_click_in_slack_acknowledges_for_the_person_behind_it(house: House) -> None:
    escalation = _raised(house, "N-8")
    version = house.get(f"/v1/escalations/{escalation}")["escalation"]["version"]
    value = {"tenant": "default", "escalation": escalation, "version": version}
    person = house.services.policy.technicians.technicians[1]
    assert _click(house, "tierwise_acknowledge", value, user="U01").status_code == 200
    [word] = house.get(f"/v1/escalations/{escalation}")["acknowledgements"]
    assert (word["by"], word["via"]) == (person.id, "Slack")


def test_a_stale_click_loses(house: House) -> None:
    escalation = _raised(house, "N-9")
    version = house.get(f"/v1/escalations/{escalation}")["escalation"]["version"]
    value = {"tenant": "default", "escalation": escalation, "version": version}
    assert _click(house, "tierwise_take", value, user="U01").status_code == 200
    taken = house.get(f"/v1/escalations/{escalation}")["escalation"]
    assert taken["state"] == "accepted"
    assert _click(house, "tierwise_take", value, user="U02").status_code == 200
    assert _click(house, "tierwise_acknowledge", value, user="U02").status_code == 200
    after = house.get(f"/v1/escalations/{escalation}")
    assert after["escalation"] == taken and len(after["acknowledgements"]) == 1


def test_a_click_of_a_stranger_or_with_a_forged_value_changes_nothing(house: House) -> None:
    escalation = _raised(house, "N-10")
    value: dict[str, Any] = {"tenant": "default", "escalation": escalation, "version": 3}
    assert _click(house, "tierwise_acknowledge", value, user="U99").status_code == 200
    assert _click(house, "tierwise_acknowledge", value | {"more": 1}, user="U01").status_code == 200
    assert house.get(f"/v1/escalations/{escalation}")["acknowledgements"] == []


def test_what_slack_did_not_sign_is_refused(house: House) -> None:
    is_problem(_click(house, "tierwise_take", {}, user="U01", secret="another"), 401, "unauthenticated")
    for headers in ({}, {"X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": "v0=x"}):
        answer = house.client.post("/v1/channels/slack/actions", content="payload=%7B%7D", headers=headers)
        is_problem(answer, 401, "unauthenticated")
