"""What the requester wrote, piece by piece, with the part of each piece that is really theirs.

Sentences that speak to software (`domain.text.injection`) are nobody's own words, and those that want a text or general
knowledge (`domain.text.errands`) are not about the ticket: nothing is decided by them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from domain.assessment import Span
from domain.newest import remembered
from domain.text.errands import find_errands
from domain.text.injection import find_injections
from domain.text.own import own_spans
from domain.text.request import requester_messages
from domain.text.sentences import split_sentences
from domain.thresholds import READ_AT_MOST
from domain.ticket import EventKind, Ticket

_PASSED_ON = re.compile(r"\s*(?:\[[^\]]{0,40}\]\s*)?(?:fwd?|wg|tr|rv|re|aw|antw|sv|rif|r)\s*:", re.IGNORECASE)
_DASHED = re.compile(r"\s[-–—|]+\s*$")
"""What stands before an order that follows a dash."""


@dataclass(frozen=True)
class Passage:
    """One text by the requester. Spans into it are spans into the event's body only when `in_body`."""

    event_id: str | None
    at: datetime
    text: str
    own: tuple[Span, ...]
    in_body: bool

    def is_own(self, span: Span) -> bool:
        """Whether the characters lie in the requester's own words."""
        return any(one.start <= span.start and span.end <= one.end for one in self.own)

    @property
    def read(self) -> str:
        """As much of the text as is read."""
        return self.text[:READ_AT_MOST]

    @property
    def own_text(self) -> str:
        """The requester's own words, quotes, forwards and signatures left out."""
        return "\n".join(self.text[one.start : one.end] for one in self.own)

    @property
    def otherwise(self) -> str:
        """What is read where nothing is the writer's own, a bare forward; nothing where it speaks to software."""
        return "" if find_injections(self.read) else self.read


@remembered
def requester_passages(ticket: Ticket) -> tuple[Passage, ...]:
    """Subject, description and messages of the requester, oldest first, each text once.

    A subject that starts with FW:, RE: or their like is somebody's earlier words, so none of it is own.
    """
    messages = requester_messages(ticket)
    created = next((event for event in ticket.events if event.kind == EventKind.CREATED), None)
    opened_by = created.id if created else None
    passages: list[Passage] = []
    if ticket.subject:
        subject = ticket.subject[:READ_AT_MOST]
        own = () if _PASSED_ON.match(subject) else _meant_for_people(subject, (Span(start=0, end=len(subject)),))
        passages.append(Passage(opened_by, ticket.created_at, ticket.subject, own, in_body=False))
    bodies = {(event.body or "").strip() for event in messages}
    if ticket.description and ticket.description.strip() not in bodies:
        own = _own(ticket.description)
        passages.append(Passage(opened_by, ticket.created_at, ticket.description, own, in_body=False))
    seen: set[str] = set()
    for event in messages:
        body = event.body or ""
        repeats_creation = event.at == ticket.created_at and body.strip() in seen
        seen.add(body.strip())
        if not repeats_creation:
            passages.append(Passage(event.id, event.at, body, _own(body), in_body=True))
    return tuple(passages)


@lru_cache(maxsize=512)
def _own(text: str) -> tuple[Span, ...]:
    read = text[:READ_AT_MOST]
    return _meant_for_people(read, own_spans(read))


def _meant_for_people(text: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    barred = _speaking_to_software(text)
    kept = _all_without(spans, barred, text) if barred else spans
    errands = find_errands(text)
    helped = _all_without(kept, list(errands), text) if errands else kept
    # An errand is what the whole text is about where it says nothing else.
    return helped or kept


def _speaking_to_software(text: str) -> list[Span]:
    """The sentences that do, each from where it begins to speak to software: a subject goes before a dash."""
    suspicious = find_injections(text)
    if not suspicious:
        return []
    found = []
    for sentence in split_sentences(text):
        inside = [one for one in suspicious if one.span.start < sentence.end and sentence.start < one.span.end]
        if inside:
            dash = _DASHED.search(text, sentence.start, max(sentence.start, inside[0].span.start))
            found.append(Span(start=dash.start() if dash else sentence.start, end=sentence.end))
    return found


def _all_without(spans: tuple[Span, ...], barred: list[Span], text: str) -> tuple[Span, ...]:
    return tuple(part for span in spans for part in _without(span, barred, text))


def _without(span: Span, barred: list[Span], text: str) -> Iterator[Span]:
    start = span.start
    for bar in barred:
        if bar.end <= start or span.end <= bar.start:
            continue
        if text[start : bar.start].strip():
            yield Span(start=start, end=bar.start)
        start = max(start, bar.end)
    if text[start : span.end].strip():
        yield Span(start=start, end=span.end)


@remembered
def own_request_text(ticket: Ticket) -> str:
    """Subject and first text in the requester's own words; the whole texts when nothing in them is own."""
    passages = requester_passages(ticket)
    head = [one for one in passages if not one.in_body]
    first = next((one for one in passages if one.in_body), None)
    texts = [*head, first] if first and not any(one.text == ticket.description for one in head) else head
    parts = [one.own_text.strip() or one.otherwise.strip() for one in texts]
    return "\n".join(dict.fromkeys(part for part in parts if part))
