"""Microsoft Teams through a Workflows address: an Adaptive Card of version 1.4.

A workflow takes cards and gives nothing back: no reference, no change in place. Each state is a card of its own that
says which one it replaces, and counts into the budget; what can be doubled is a card whose first try had no answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from adapters.notify.links import Links
from adapters.notify.outbound import Outbound
from domain.effects import Message
from domain.errors import Misconfigured
from domain.telling.records import Living
from domain.telling.words import facts

LARGEST = 28 * 1024
"""Bytes that Teams takes for one message."""
_TEXT, _FACT, _REASONS = 4000, 500, 12
_CARD = "application/vnd.microsoft.card.adaptive"
Json = dict[str, Any]  # Any: a JSON document


def card(message: Message, links: tuple[tuple[str, str], ...], standing: Living | None) -> Json:
    """The message as an Adaptive Card; texts are plain, with the signs of its Markdown taken out of play."""
    content = message.content
    headline = content.headline if content else message.subject
    body = [_text(headline, size="Large", weight="Bolder")]
    if content is None:
        body += [_text(piece) for piece in message.text.split("\n\n")[:20] if piece.strip()]
    else:
        body.append(_text(f"{content.ticket_id} {content.title}"))
        if standing is not None:
            body.append(_text(f"Replaces the card before (state {standing.sequence + 1})", isSubtle=True))
        if content.requested_action and not content.acknowledged:
            body.append(_text(f"Please {content.requested_action}."))
        rows = [{"title": label, "value": plain(value)[:_FACT]} for label, value in facts(content, message.zone)]
        body.append({"type": "FactSet", "facts": rows})
        if content.reasons:
            lines = [f"{one.points:+d} {one.text}" for one in content.reasons[:_REASONS]]
            body.append(_text(f"Risk {content.risk}: {'; '.join(lines)}"))
        if content.tried:
            body.append(_text(f"Tried: {'; '.join(content.tried[:_REASONS])}"))
        if content.earlier:
            body.append(_text(f"Before this: {'; '.join(content.earlier)}"))
    actions = [{"type": "Action.OpenUrl", "title": label, "url": url} for label, url in links]
    return {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
        "msteams": {"width": "Full"}, "body": body, **({"actions": actions} if actions else {}),
    }  # fmt: skip


def envelope(message: Message, links: tuple[tuple[str, str], ...], standing: Living | None) -> bytes:
    """The whole request within what Teams takes: of a card that is too large the longest texts are cut first."""
    shown = card(message, links, standing)
    whole = {"type": "message", "attachments": [{"contentType": _CARD, "contentUrl": None, "content": shown}]}
    limit = _TEXT
    while len(raw := json.dumps(whole, ensure_ascii=False).encode("utf-8", "replace")) > LARGEST and limit > 20:
        limit //= 2
        for part in shown["body"]:
            if "text" in part:
                part["text"] = _cut(part["text"], limit)
            for row in part.get("facts", ()):
                row["value"] = _cut(row["value"], limit)
    return raw


class TeamsChannel:
    """Implements `domain.helpdesk.Channel`; `urls` are the workflows by the names that the policy uses."""

    edits: ClassVar[bool] = False

    def __init__(self, urls: Mapping[str, str], outbound: Outbound, links: Links) -> None:
        self._urls = urls
        self._outbound = outbound
        self._links = links

    def send(
        self, tenant: str, key: str, message: Message, at: datetime, standing: Living | None = None, *,
        again: bool = False,
    ) -> str:  # fmt: skip
        """Posts a card; its reference is ours, since Teams gives none."""
        url = self._urls.get(message.to)
        if url is None:
            raise Misconfigured(
                f"the Teams workflow {message.to!r} has no address", mend="add it to TIERWISE_TEAMS_URLS"
            )
        raw = envelope(message, self._links.of(tenant, message), standing)
        self._outbound.post(url, raw, {"Content-Type": "application/json"}, f"the Teams workflow {message.to!r}")
        return f"teams:{key}"


def plain(text: str) -> str:
    """Text without a meaning in the card's Markdown: no link, no emphasis, no list."""
    for sign in "\\`*_[]#":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("<", "‹").replace(">", "›")


def _text(text: str, **more: object) -> Json:
    return {"type": "TextBlock", "text": _cut(plain(text), _TEXT) or " ", "wrap": True, **more}


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip(chr(92))}…"
