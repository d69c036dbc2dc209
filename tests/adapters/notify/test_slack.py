"""Slack: Block Kit within its limits, one message that lives on, and recovery when it was deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from adapters.notify.links import Links
from adapters.notify.outbound import Outbound
from adapters.notify.slack import SlackChannel
from adapters.notify.slack_blocks import MOST_BLOCKS, blocks, escaped
from domain.errors import BadInput, Gone, MaybeDone, Misconfigured, TryLater
from domain.telling.content import NoticeContent
from domain.telling.records import Living
from tests.adapters.notify.notes import contents, full, note, texts
from tests.conftest import NOW
from tests.receivers import HttpReceiver, http_receiver

OK = {"ok": True, "channel": "C1", "ts": "1700000000.000100"}
LINKS = (
    ("Open the ticket", "https://desk.example/T-1"),
    ("Open the escalation", "https://tw.example/v1/escalations/e"),
)


@pytest.fixture
def slack() -> Iterator[tuple[SlackChannel, HttpReceiver]]:
    """The channel and the Slack it talks to."""
    with http_receiver((200, {}, OK)) as receiver:
        links = Links("https://tw.example", b"x")
        yield SlackChannel("xoxb-1", receiver.url, Outbound(allow_loopback=True), links), receiver


def _living() -> Living:
    return Living(id="live_1", reference="C1:1700000000.000100", sequence=1, at=NOW, message=note())


def _valid(made: list[dict[str, Any]]) -> None:
    assert 1 <= len(made) <= MOST_BLOCKS
    for block in Block.parse_all(made):
        block.validate_json()
    for one in made:
        for part in (one.get("text"), *one.get("fields", ())):
            if part is not None:
                limit = {"header": 150}.get(one["type"], 2000 if "fields" in one else 3000)
                assert 1 <= len(part["text"]) <= limit
        assert len(one.get("fields", ())) <= 10 and len(one.get("elements", ())) <= 25
        for element in one.get("elements", ()):
            assert len(element.get("value", "")) <= 2000 and len(element["text"]["text"]) <= 75


@settings(max_examples=60, deadline=None)
@given(contents())
def test_any_notice_is_valid_block_kit(content: NoticeContent) -> None:
    _valid(blocks("acme", note(content), LINKS))


@settings(max_examples=40, deadline=None)
@given(st.lists(texts, max_size=8).map("\n\n".join))
def test_any_digest_is_valid_block_kit(text: str) -> None:
    message = note().model_copy(update={"content": None, "text": text})
    _valid(blocks("acme", message, ()))


@given(texts)
def test_nothing_in_a_ticket_becomes_a_mention_or_a_link(text: str) -> None:
    shown = escaped(text)
    assert "<" not in shown and ">" not in shown


def test_the_buttons_carry_the_version_that_was_seen() -> None:
    [actions] = [one for one in blocks("acme", note(), LINKS) if one["type"] == "actions"]
    elements: Any = actions["elements"]
    assert [one["text"]["text"] for one in elements] == [
        "Acknowledge", "Take it", "Open the ticket", "Open the escalation"
    ]  # fmt: skip
    assert json.loads(elements[0]["value"]) == {"tenant": "acme", "escalation": "esc_1", "version": 3}


def test_an_acknowledged_notice_says_who_and_asks_no_more() -> None:
    made = json.dumps(blocks("acme", note(full(acknowledged="by Cy, 10:00 in mail")), ()))
    assert "by Cy" in made and "tierwise_acknowledge" not in made and "Please" not in made


def test_a_first_state_is_posted_and_a_later_one_changes_it(slack: tuple[SlackChannel, HttpReceiver]) -> None:
    channel, receiver = slack
    reference = channel.send("acme", "fx_1", note(), NOW)
    assert reference == "C1:1700000000.000100"
    assert channel.send("acme", "fx_2", note(), NOW, _living()) == reference
    assert [one.path for one in receiver.got] == ["/chat.postMessage", "/chat.update"]
    assert (
        receiver.got[1].json["ts"] == "1700000000.000100"
        and receiver.got[0].headers["authorization"] == "Bearer xoxb-1"
    )


def test_a_critical_state_is_also_said_below_since_a_change_notifies_nobody(
    slack: tuple[SlackChannel, HttpReceiver],
) -> None:
    channel, receiver = slack
    channel.send("acme", "fx_2", note(critical=True), NOW, _living())
    assert [one.path for one in receiver.got] == ["/chat.update", "/chat.postMessage"]
    assert receiver.got[1].json["thread_ts"] == "1700000000.000100"


def test_a_message_that_was_deleted_is_said_to_be_gone(slack: tuple[SlackChannel, HttpReceiver]) -> None:
    channel, receiver = slack
    receiver.script.append((200, {}, {"ok": False, "error": "message_not_found"}))
    with pytest.raises(Gone):
        channel.send("acme", "fx_2", note(), NOW, _living())


def test_after_a_try_without_an_answer_the_message_is_looked_for_first(
    slack: tuple[SlackChannel, HttpReceiver],
) -> None:
    channel, receiver = slack
    posted = {"ts": "1.2", "metadata": {"event_type": "tierwise_notice", "event_payload": {"key": "fx_1"}}}
    receiver.script.append((200, {}, {"ok": True, "messages": [{"ts": "1.1"}, posted]}))
    assert channel.send("acme", "fx_1", note(), NOW, again=True) == "C1:1.2"
    assert [one.path for one in receiver.got] == ["/conversations.history"]


def test_without_the_right_to_read_history_it_is_posted_again(slack: tuple[SlackChannel, HttpReceiver]) -> None:
    channel, receiver = slack
    receiver.script.append((200, {}, {"ok": False, "error": "missing_scope"}))
    assert channel.send("acme", "fx_1", note(), NOW, again=True)
    assert [one.path for one in receiver.got] == ["/conversations.history", "/chat.postMessage"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((200, {}, {"ok": False, "error": "ratelimited"}), TryLater),
        ((429, {"Retry-After": "40"}, {}), TryLater),
        ((200, {}, {"ok": False, "error": "internal_error"}), MaybeDone),
        ((200, {}, b"<html>"), MaybeDone),
        ((200, {}, {"ok": False, "error": "token_revoked"}), Misconfigured),
        ((200, {}, {"ok": False, "error": "channel_not_found"}), BadInput),
    ],
)
def test_what_slack_answers_is_told_apart(
    slack: tuple[SlackChannel, HttpReceiver], answer: Any, kind: type[Exception]
) -> None:
    channel, receiver = slack
    receiver.script.append(answer)
    with pytest.raises(kind):
        channel.send("acme", "fx_1", note(), NOW)
