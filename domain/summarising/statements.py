"""What was said on a ticket: the sentences worth a reader's time, with who said them, where, and what they do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from domain.grounding import words_of
from domain.summarising.boilerplate import NO_BOILERPLATE, Boilerplate
from domain.summarising.forms import IDLE, Form, forms_of
from domain.summarising.sentences import sentence_spans
from domain.ticket import ActorRole, Event, EventKind, Ticket

_OPENER = re.compile(
    r"^(?:(?:(?:please|kindly|just|and|also|so|further|for your information|fyi)[\s,:]+)*"
    r"(?:(?:be )?(?:kindly )?(?:note[d]?|inform(?:ed)?(?: you)?|advised|aware)|(?:this is"
    r"|we would like|i would like) to inform(?: you)?)"
    r"(?:[\s,:]+that\b|[,:])?\s*|(?:as (?:per|agreed|discussed|informed|requested"
    r"|confirmed)\b[^,.;]{0,60},\s*))+",
    re.IGNORECASE,
)
_MASK = re.compile(r"[^\W\d_]*_\w+|[\[<{]\w+[\]>}]")
_SPEAKING = (EventKind.CREATED, EventKind.RESOLVED, EventKind.CLOSED)
_SUBJECT = 300
"""Characters of a subject that count; nobody writes longer ones by hand."""
_WORDS = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class Statement:
    """One sentence. `text` stands in the event's body (or the ticket's subject or description) word for word."""

    event_id: str
    order: int
    """Position among all statements of the ticket."""
    message: int
    """Position of the event among the ticket's events."""
    at: datetime
    role: ActorRole | None
    internal: bool
    text: str
    forms: frozenset[Form]
    in_subject: bool = False
    in_resolution: bool = False
    """It stands in the ticket's own record of how it was resolved."""

    @property
    def idle(self) -> bool:
        """Whether it only chases, thanks, points or promises to look."""
        facts = {Form.DONE, Form.CAUSE, Form.FAILED, Form.INSTRUCT, Form.WORKS}
        return bool(self.forms & IDLE) and not self.forms & facts

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())


def statements_of(ticket: Ticket, boilerplate: Boilerplate = NO_BOILERPLATE) -> tuple[Statement, ...]:
    """The ticket's sentences in order, each said once; boilerplate, greetings and bare names are left out."""
    found: list[Statement] = []
    seen: set[str] = set()
    for text in _texts(ticket):
        for sentence in text.sentences():
            key = " ".join(words_of(sentence)) or sentence.casefold()
            if key in seen or not _speaks(sentence) or boilerplate.covers(sentence):
                continue
            seen.add(key)
            found.append(text.statement(sentence, len(found)))
    return tuple(found)


def opening_event(ticket: Ticket) -> Event | None:
    """The event that opened the ticket: `created`, or the first one there is."""
    return next((e for e in ticket.events if e.kind == EventKind.CREATED), ticket.events[0] if ticket.events else None)


def ending_event(ticket: Ticket) -> Event | None:
    """The last event that resolved or closed the ticket: its record of the resolution belongs to it."""
    return next((e for e in reversed(ticket.events) if e.kind in (EventKind.RESOLVED, EventKind.CLOSED)), None)


def source_texts(ticket: Ticket) -> dict[str, str]:
    """Event id → everything a claim may take from that event; the opening one also holds the ticket's own."""
    texts = {event.id: "\n".join(part for part in (event.body, fact_of(event)) if part) for event in ticket.events}
    opened = opening_event(ticket)
    if opened is not None:
        parts = (ticket.subject, ticket.description, ticket.service, ticket.asset, texts[opened.id])
        texts[opened.id] = "\n".join(part for part in parts if part)
    ended = ending_event(ticket)
    if ended is not None and ticket.resolution:
        texts[ended.id] = "\n".join(part for part in (texts[ended.id], ticket.resolution) if part)
    return texts


_FACT_NAMES = {EventKind.TIER: "tier", EventKind.LINK: "linked to", EventKind.SLA: "SLA"}


def fact_of(event: Event) -> str:
    """What a structural event says, in a few words; empty for messages."""
    if event.kind == EventKind.ASSIGNMENT:
        names = (("team", event.team), ("technician", event.technician), ("tier", event.tier))
        given = ", ".join(f"{name} {value}" for name, value in names if value)
        return f"assigned to {given}" if given else "assignment removed"
    if event.kind in (EventKind.CREATED, EventKind.COMMENT, EventKind.REPLY):
        return ""
    name = (
        event.field if event.kind == EventKind.FIELD and event.field else _FACT_NAMES.get(event.kind, event.kind.value)
    )
    value = event.to if event.to is not None else event.tier
    return f"{name}: {value}" if value is not None and str(value) != event.kind.value else name


@dataclass(frozen=True)
class _Text:
    """A text of the ticket on its way into statements; `event` is none for what the ticket itself says."""

    message: int
    event_id: str
    at: datetime
    event: Event | None
    text: str
    in_subject: bool = False
    in_resolution: bool = False

    def sentences(self) -> list[str]:
        if self.in_subject:
            return [self.text.strip()[:_SUBJECT].strip()]
        return [_without_opener(self.text[span.start : span.end]) for span in sentence_spans(self.text)]

    def statement(self, sentence: str, order: int) -> Statement:
        public = self.event is not None and self.event.visibility == "public"
        internal = self.event is not None and (self.event.is_internal or (self.in_resolution and not public))
        return Statement(
            event_id=self.event_id,
            order=order,
            message=self.message,
            at=self.at,
            role=ActorRole.TECHNICIAN if self.in_resolution else _role(self.event),
            internal=internal,
            text=sentence,
            forms=forms_of(sentence),
            in_subject=self.in_subject,
            in_resolution=self.in_resolution,
        )


def _texts(ticket: Ticket) -> list[_Text]:
    opened, ended = opening_event(ticket), ending_event(ticket)
    texts: list[_Text] = []
    bodies = {(event.body or "").strip() for event in ticket.events}
    if opened is not None:
        asked = opened if opened.kind == EventKind.CREATED else None
        if ticket.subject:
            texts.append(_Text(0, opened.id, ticket.created_at, asked, ticket.subject, in_subject=True))
        if ticket.description and ticket.description.strip() not in bodies:
            texts.append(_Text(0, opened.id, ticket.created_at, asked, ticket.description))
    for index, event in enumerate(ticket.events):
        if event.body and (event.is_message or event.kind in _SPEAKING):
            texts.append(_Text(index, event.id, event.at, event, event.body))
        if event is ended and ticket.resolution and ticket.resolution.strip() not in bodies:
            texts.append(_Text(index, event.id, event.at, event, ticket.resolution, in_resolution=True))
    return texts


def _without_opener(sentence: str) -> str:
    opener = _OPENER.match(sentence)
    return sentence[opener.end() :] if opener and opener.end() < len(sentence) else sentence


def _speaks(sentence: str) -> bool:
    return bool(_WORDS.search(_MASK.sub(" ", sentence)))


def _role(event: Event | None) -> ActorRole | None:
    if event is None or event.kind == EventKind.CREATED:
        return ActorRole.REQUESTER
    return event.role
