"""Teams: an Adaptive Card of version 1.4, valid and small enough whatever the ticket holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types

from adapters.notify.links import Links
from adapters.notify.outbound import Outbound
from adapters.notify.teams import LARGEST, TeamsChannel, card, envelope, plain
from domain.errors import Misconfigured
from domain.telling.content import NoticeContent
from domain.telling.records import Living
from tests.adapters.notify.notes import contents, note, texts
from tests.conftest import NOW
from tests.receivers import http_receiver

_TEXT = {"type": "string", "minLength": 1}
_BLOCK = {
    "type": "object", "required": ["type", "text"], "additionalProperties": False,
    "properties": {
        "type": {"const": "TextBlock"}, "text": _TEXT, "wrap": {"type": "boolean"},
        "size": {"enum": ["Small", "Default", "Medium", "Large", "ExtraLarge"]},
        "weight": {"enum": ["Lighter", "Default", "Bolder"]}, "isSubtle": {"type": "boolean"},
    },
}  # fmt: skip
_FACTS = {
    "type": "object", "required": ["type", "facts"], "additionalProperties": False,
    "properties": {
        "type": {"const": "FactSet"},
        "facts": {"type": "array", "minItems": 1, "items": {
            "type": "object", "required": ["title", "value"], "additionalProperties": False,
            "properties": {"title": _TEXT, "value": _TEXT},
        }},
    },
}  # fmt: skip
_CARD = {
    "type": "object", "required": ["$schema", "type", "version", "body"], "additionalProperties": False,
    "properties": {
        "$schema": {"const": "http://adaptivecards.io/schemas/adaptive-card.json"}, "type": {"const": "AdaptiveCard"},
        "version": {"const": "1.4"}, "msteams": {"type": "object"},
        "body": {"type": "array", "minItems": 1, "items": {"oneOf": [_BLOCK, _FACTS]}},
        "actions": {"type": "array", "maxItems": 6, "items": {
            "type": "object", "required": ["type", "title", "url"], "additionalProperties": False,
            "properties": {"type": {"const": "Action.OpenUrl"}, "title": _TEXT, "url": {"pattern": "^https://"}},
        }},
    },
}  # fmt: skip
CARD = Draft202012Validator(_CARD)
"""The part of Adaptive Cards 1.4 that we use, by its published description."""
LINKS = (("Open the ticket", "https://desk.example/T-1"),)


@settings(max_examples=60, deadline=None)
@given(contents())
def test_any_notice_is_a_valid_card_that_teams_takes(content: NoticeContent) -> None:
    CARD.validate(card(note(content), LINKS, None))
    raw = envelope(note(content), LINKS, None)
    assert len(raw) <= LARGEST
    sent: Any = json.loads(raw)
    assert sent["type"] == "message"
    [attachment] = sent["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    CARD.validate(attachment["content"])


@given(texts)
def test_nothing_in_a_ticket_becomes_a_link_or_markup(text: str) -> None:
    shown = plain(text).replace("\\\\", "")
    assert "](" not in shown.replace("\\]", "") and "<" not in shown


def test_a_later_state_says_which_card_it_replaces() -> None:
    living = Living(id="live_1", reference="teams:fx_1", sequence=1, at=NOW, message=note())
    assert "Replaces the card before (state 2)" in json.dumps(card(note(), (), living))


def test_a_digest_is_a_card_too() -> None:
    CARD.validate(card(note().model_copy(update={"content": None, "text": "1. a\n\n2. b"}), (), None))


def test_a_workflow_without_an_address_is_named() -> None:
    channel = TeamsChannel({}, Outbound(), Links(None, b""))
    with pytest.raises(Misconfigured, match="'C1' has no address; add it to TIERWISE_TEAMS_URLS"):
        channel.send("acme", "fx_1", note(), NOW)


def test_a_card_is_posted_to_its_workflow() -> None:
    with http_receiver((202, {}, {})) as receiver:
        channel = TeamsChannel({"C1": f"{receiver.url}/w?sig=s"}, Outbound(allow_loopback=True), Links(None, b""))
        assert channel.send("acme", "fx_1", note(), NOW) == "teams:fx_1"
        assert receiver.got[0].path == "/w?sig=s"
