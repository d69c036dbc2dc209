"""Webhooks as Standard Webhooks 1.0: signed, with an id that stays the same however often it is sent."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal

from pydantic import Field
from standardwebhooks import Webhook

from adapters.notify.links import Links
from adapters.notify.outbound import Outbound
from domain.base import Moment, Record
from domain.effects import Message
from domain.errors import BadInput, Misconfigured
from domain.ports import Clock
from domain.telling.content import NoticeContent
from domain.telling.records import Living

LARGEST = 20_000
"""Bytes: what Standard Webhooks recommends to stay below."""
LEAST_SECRET = 24
"""Bytes of a secret, by Standard Webhooks 1.0."""
Json = dict[str, Any]  # Any: a JSON document


class WebhookData(Record):
    """What happened."""

    ticket_id: str
    escalation_id: str | None
    sequence: int = Field(ge=1)
    """Counts the states of this escalation at this address: of two that cross, the higher one counts."""
    occasion: str
    because: Literal["rule", "unacknowledged", "undelivered", "acknowledged"]
    critical: bool
    subject: str
    text: str
    """In plain words; cut when all of it would be too large."""
    notice: NoticeContent | None
    """The same as a record; left out when all of it would be too large, or several notices were gathered."""
    links: dict[str, str] = {}
    shortened: bool = False


class WebhookBody(Record):
    """The body of a webhook. Its schema is published as `docs/reference/webhook.schema.json`."""

    type: str = Field(pattern=r"^notice\.[a-z_]+$")
    timestamp: Moment
    data: WebhookData


def body_of(message: Message, at: datetime, links: tuple[tuple[str, str], ...], sequence: int) -> bytes:
    """The body, below `LARGEST`: the record goes first, then the end of the text."""
    kind = "acknowledged" if message.because == "acknowledged" else message.occasion
    data = WebhookData(
        ticket_id=message.ticket_id, escalation_id=message.escalation_id, sequence=sequence, occasion=message.occasion,
        because=message.because, critical=message.critical, subject=message.subject, text=message.text,
        notice=message.content, links={label.lower().replace(" ", "_"): url for label, url in links},
    )  # fmt: skip
    body = WebhookBody(type=f"notice.{kind}", timestamp=(message.at or at).astimezone(UTC), data=data)
    room = LARGEST
    while len(raw := body.model_dump_json().encode("utf-8", "replace")) >= LARGEST:
        room //= 2
        less: Json = {"notice": None, "shortened": True}
        if body.data.notice is None:
            less |= {"text": data.text[:room], "subject": data.subject[:200], "links": {}}
        body = body.model_copy(update={"data": body.data.model_copy(update=less)})
    return raw


def webhook_schema() -> Json:
    """The JSON Schema of `WebhookBody`."""
    schema = WebhookBody.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


class WebhookChannel:
    """Implements `domain.helpdesk.Channel`. The other side drops repeats by `webhook-id`; without that it gets a
    message again whose first try had no answer."""

    edits: ClassVar[bool] = False

    def __init__(
        self, urls: Mapping[str, str], secrets: Mapping[str, str], outbound: Outbound, links: Links, clock: Clock
    ) -> None:
        self._urls = urls
        self._secrets = secrets
        self._outbound = outbound
        self._links = links
        self._clock = clock
        self._gone: set[str] = set()

    def send(
        self, tenant: str, key: str, message: Message, at: datetime, standing: Living | None = None, *,
        again: bool = False,
    ) -> str:  # fmt: skip
        """Posts the signed body; the webhook's id."""
        url, secret = self._urls.get(message.to), self._secrets.get(message.to)
        if url is None or secret is None:
            raise Misconfigured(
                f"the webhook {message.to!r} has no address or no secret",
                mend="add it to TIERWISE_WEBHOOK_URLS and TIERWISE_WEBHOOK_SECRETS",
            )
        if message.to in self._gone:
            raise _switched_off(message.to)
        raw = body_of(message, at, self._links.of(tenant, message), standing.sequence + 1 if standing else 1)
        signed_at = self._clock.now()
        headers = {
            "Content-Type": "application/json", "User-Agent": "tierwise", "webhook-id": key,
            "webhook-timestamp": str(int(signed_at.timestamp())),
            "webhook-signature": Webhook(secret).sign(key, signed_at, raw.decode()),
        }  # fmt: skip
        try:
            self._outbound.post(url, raw, headers, f"the webhook {message.to!r}")
        except BadInput as error:
            if "answered 410" in error.message:
                self._gone.add(message.to)
                raise _switched_off(message.to) from error
            raise
        return key


def _switched_off(name: str) -> Misconfigured:
    return Misconfigured(
        f"the webhook {name!r} answered 410: it does not want to be called any more and is off until the next start",
        mend="remove the channel from the policy, or correct its address",
    )


def check_secret(secret: str) -> None:
    """Raises `Misconfigured` for a secret that is not 24 bytes or more in base64, as Standard Webhooks wants it."""
    try:
        raw = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        raw = b""
    if len(raw) < LEAST_SECRET:
        raise Misconfigured(
            f"a webhook's secret is not {LEAST_SECRET} bytes or more in base64 after `whsec_`",
            mend='make one: echo "whsec_$(openssl rand -base64 32)"',
        )
