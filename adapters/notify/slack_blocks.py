"""A notice as Slack Block Kit: within Slack's limits whatever the ticket holds, nothing in it taken for markup."""

from __future__ import annotations

import json

from domain.effects import Message
from domain.telling.content import NoticeContent
from domain.telling.words import facts

Block = dict[str, object]

MOST_BLOCKS = 50
HEADER, SECTION, FIELD, TEXT, VALUE = 150, 3000, 2000, 3000, 2000
"""Characters that Slack takes for each; longer text is cut."""
_FIELDS = 10
_REASONS = 12
ACKNOWLEDGE, TAKE, OPEN = "tierwise_acknowledge", "tierwise_take", "tierwise_open"


def blocks(tenant: str, message: Message, links: tuple[tuple[str, str], ...]) -> list[Block]:
    """The message as blocks."""
    content = message.content
    if content is None:
        return [_header(message.subject), *_sections(message.text)][:MOST_BLOCKS]
    found = [_header(content.headline), _section(f"*{escaped(content.ticket_id)}* {escaped(content.title)}")]
    if content.requested_action and not content.acknowledged:
        found.append(_section(f"Please {escaped(content.requested_action)}."))
    found += _facts(content, message.zone)
    if content.reasons:
        lines = "\n".join(f"• {one.points:+d} {escaped(one.text)}" for one in content.reasons[:_REASONS])
        found.append(_section(f"*Risk {content.risk}*\n{lines}"))
    if content.tried:
        found.append(_section("*Tried*\n" + "\n".join(f"• {escaped(one)}" for one in content.tried[:_REASONS])))
    if content.earlier:
        found.append(_section(f"*Before this* {escaped('; '.join(content.earlier))}"))
    buttons = _buttons(tenant, content, links)
    return [*found[: MOST_BLOCKS - 1], *buttons]


def fallback_text(message: Message) -> str:
    """The line that Slack shows in notifications and to screen readers."""
    return _cut(escaped(message.subject), TEXT)


def escaped(text: str) -> str:
    """Text that Slack shows as it is: no link, no mention, no markup of its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _facts(content: NoticeContent, zone: str) -> list[Block]:
    rows = [f"*{label}*\n{escaped(value)}" for label, value in facts(content, zone)]
    fields = [{"type": "mrkdwn", "text": _cut(row, FIELD)} for row in rows]
    return [{"type": "section", "fields": fields[at : at + _FIELDS]} for at in range(0, len(fields), _FIELDS)]


def _buttons(tenant: str, content: NoticeContent, links: tuple[tuple[str, str], ...]) -> list[Block]:
    elements: list[Block] = []
    if content.escalation_id is not None and content.escalation_version is not None and not content.acknowledged:
        value = json.dumps(
            {"tenant": tenant, "escalation": content.escalation_id, "version": content.escalation_version},
            separators=(",", ":"),
        )
        if len(value) <= VALUE:
            elements.append(_button(ACKNOWLEDGE, "Acknowledge", value, style="primary"))
            elements.append(_button(TAKE, "Take it", value))
    for number, (label, url) in enumerate(links):
        # The link that acknowledges is one person's own; in a room the button does it for whoever clicks.
        if label.startswith("Open") and len(url) <= SECTION:
            text = {"type": "plain_text", "text": label}
            elements.append({"type": "button", "action_id": f"{OPEN}_{number}", "text": text, "url": url})
    return [{"type": "actions", "block_id": "tierwise", "elements": elements}] if elements else []


def _button(action: str, label: str, value: str, **more: object) -> Block:
    text = {"type": "plain_text", "text": label}
    return {"type": "button", "action_id": action, "text": text, "value": value, **more}


def _header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": _cut(" ".join(text.split()) or "Notice", HEADER)}}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": _cut(text, SECTION)}}


def _sections(text: str) -> list[Block]:
    """A long text in pieces; escaping comes after cutting, so that no entity is cut in half."""
    pieces = [text[at : at + SECTION // 5] for at in range(0, len(text), SECTION // 5)]
    return [_section(escaped(piece)) for piece in pieces if piece.strip()]


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    head = text[: length - 1]
    # An entity that the cut would leave open is left out whole.
    start = head.rfind("&", max(0, len(head) - 5))
    if start != -1 and ";" not in head[start:]:
        head = head[:start]
    return f"{head}…"
