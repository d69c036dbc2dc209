"""Notices with everything in them, hostile ones, and ones of any length."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from domain.effects import Message
from domain.telling.content import ClockLeft, NoticeContent, ReasonLine, SimilarCase
from tests.conftest import NOW

texts = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["<!channel>", "<script>alert(1)</script>", "&amp;", "*bold*", "[x](http://e)"]),
) | st.integers(1, 9000).map(lambda length: "&<ä🔥"[: length % 4 + 1] * length)
words = texts.filter(lambda text: text.strip())


@st.composite
def contents(draw: st.DrawFn) -> NoticeContent:
    """Anything that a ticket could make of a notice."""
    maybe = st.none() | texts
    return NoticeContent(
        ticket_id=draw(words), escalation_id=draw(st.none() | st.just("esc_1")),
        escalation_version=draw(st.none() | st.just(3)), title=draw(words), headline=draw(words), state=draw(words),
        priority=draw(maybe), risk=draw(st.none() | st.just(70)),
        reasons=tuple(draw(st.lists(st.builds(ReasonLine, points=st.integers(-100, 100), text=texts), max_size=30))),
        sla=tuple(draw(st.lists(st.just(CLOCK), max_size=3))), service=draw(maybe),
        affected=tuple(draw(st.lists(texts, max_size=40))), owner=draw(maybe), team=draw(maybe),
        tried=tuple(draw(st.lists(texts, max_size=30))),
        similar=draw(st.none() | st.builds(SimilarCase, id=words, title=texts, how_resolved=texts, by_whom=texts)),
        requested_action=draw(texts), details=draw(texts), acknowledged=draw(maybe),
        earlier=tuple(draw(st.lists(texts, max_size=9))),
    )  # fmt: skip


CLOCK = ClockLeft(clock="resolution", left_minutes=70, used_percent=71, due_at=NOW)


def full(**changes: Any) -> NoticeContent:
    """A notice with everything in it."""
    given: dict[str, Any] = {
        "ticket_id": "T-1", "escalation_id": "esc_1", "escalation_version": 3, "title": "VPN <down> & out",
        "headline": "Escalated to you", "state": "handed over", "priority": "high", "risk": 70,
        "reasons": (ReasonLine(points=70, text="waits since 9:00"),), "sla": (CLOCK,), "service": "vpn",
        "affected": ("rita@example.com",), "owner": "cy", "team": "net", "tried": ("restarted the client",),
        "similar": SimilarCase(id="T-0", title="VPN", how_resolved="new certificate", by_whom="cy"),
        "requested_action": "accept it", "details": "The whole handoff.",
    }  # fmt: skip
    return NoticeContent.model_validate(given | changes)


def note(content: NoticeContent | None = None, **changes: Any) -> Message:
    """A message with that content."""
    given: dict[str, Any] = {
        "occasion": "handed_over", "to": "C1", "channel": "ops", "kind": "slack", "subject": "[T-1] Escalated",
        "text": "The whole handoff.", "ticket_id": "T-1", "escalation_id": "esc_1", "rule": "r",
        "recipient": "room:ops",
        "zone": "Europe/Berlin", "content": full() if content is None else content, "at": NOW,
    }  # fmt: skip
    return Message.model_validate(given | changes)
