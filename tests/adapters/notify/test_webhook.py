"""Webhooks: signed as Standard Webhooks says, valid by the published schema, never too large."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]  # it ships no types
from standardwebhooks import Webhook

from adapters.clock import SetClock
from adapters.notify.links import Links
from adapters.notify.outbound import Outbound
from adapters.notify.webhook import LARGEST, WebhookChannel, body_of, check_secret, webhook_schema
from domain.errors import Misconfigured
from domain.telling.content import NoticeContent
from domain.telling.records import Living
from tests.adapters.notify.notes import contents, note
from tests.architecture.places import ROOT
from tests.conftest import NOW
from tests.receivers import HttpReceiver, http_receiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SCHEMA = Draft202012Validator(webhook_schema(), format_checker=FormatChecker())


def _channel(receiver: HttpReceiver) -> WebhookChannel:
    outbound, links = Outbound(allow_loopback=True), Links("https://tw.example", b"x")
    return WebhookChannel({"C1": receiver.url}, {"C1": SECRET}, outbound, links, SetClock(datetime.now(UTC)))


@settings(max_examples=60, deadline=None)
@given(contents())
def test_any_notice_is_valid_by_the_schema_and_small_enough(content: NoticeContent) -> None:
    raw = body_of(note(content, text=content.details * 3), NOW, (), 1)
    assert len(raw) < LARGEST
    SCHEMA.validate(json.loads(raw))


def test_the_published_schema_is_the_one_in_force() -> None:
    page = ROOT / "docs" / "reference" / "webhook.schema.json"
    assert json.loads(Path(page).read_text(encoding="utf-8")) == webhook_schema()


def test_the_receiver_can_verify_what_came() -> None:
    with http_receiver() as receiver:
        assert _channel(receiver).send("acme", "fx_1", note(), NOW) == "fx_1"
        [got] = receiver.got
        body: Any = Webhook(SECRET).verify(got.body.decode(), got.headers)
        assert body["type"] == "notice.handed_over" and body["data"]["sequence"] == 1
        assert body["data"]["links"]["open_the_escalation"] == "https://tw.example/v1/escalations/esc_1"
        with pytest.raises(Exception, match="signature"):
            Webhook(SECRET).verify(got.body.decode() + " ", got.headers)


def test_later_states_count_up_under_the_same_escalation() -> None:
    living = Living(id="live_1", reference="fx_1", sequence=4, at=NOW, message=note())
    with http_receiver() as receiver:
        _channel(receiver).send("acme", "fx_2", note(because="acknowledged"), NOW, living)
        body = receiver.got[0].json
    assert (body["type"], body["data"]["sequence"], body["data"]["escalation_id"]) == (
        "notice.acknowledged",
        5,
        "esc_1",
    )


def test_one_that_answers_gone_is_not_called_again() -> None:
    with http_receiver((410, {}, {})) as receiver:
        channel = _channel(receiver)
        for _ in range(2):
            with pytest.raises(Misconfigured, match="does not want to be called any more"):
                channel.send("acme", "fx_1", note(), NOW)
        assert len(receiver.got) == 1


@pytest.mark.parametrize("secret", ["", "hello", "whsec_%%%"])
def test_a_secret_that_cannot_sign_is_refused_before_it_is_needed(secret: str) -> None:
    with pytest.raises(Misconfigured):
        check_secret(secret)
    check_secret(SECRET)
