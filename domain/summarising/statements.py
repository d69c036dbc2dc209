"""What was said on a ticket: the sentences worth a reader's time, with who said them, where, and what they do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from domain.summarising.boilerplate import NO_BOILERPLATE, Boilerplate, normal_form
from domain.summarising.forms import IDLE, Form, forms_of
from domain.summarising.sentences import sentence_spans
from domain.text.request import request_text
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
    for message, event_id, event, text, in_subject in _texts(ticket):
        for sentence in _sentences(text, in_subject):
            key = normal_form(sentence) or sentence.casefold()
            if key in seen or not _speaks(sentence) or boilerplate.covers(sentence):
                continue
            seen.add(key)
            found.append(
                Statement(
                    event_id=event_id,
                    order=len(found),
                    message=message,
                    at=event.at if event else ticket.created_at,
                    role=_role(event),
                    internal=bool(event and event.is_internal),
                    text=sentence,
                    forms=forms_of(sentence),
                    in_subject=in_subject,
                )
            )
    return tuple(found)


def opening_event(ticket: Ticket) -> Event | None:
    """The event that opened the ticket: `created`, or the first one there is."""
    return next(
        (e for e in ticket.events if e.kind == EventKind.CREATED), ticket.events[0] if ticket.events else None
    )


def source_texts(ticket: Ticket) -> dict[str, str]:
    """Event id → everything a claim may take from that event; the opening one also holds the ticket's own."""
    texts = {
        event.id: "\n".join(part for part in (event.body, fact_of(event)) if part) for event in ticket.events
    }
    opened = opening_event(ticket)
    if opened is not None:
        parts = (ticket.subject, ticket.description, ticket.service, ticket.asset, texts[opened.id])
        texts[opened.id] = "\n".join(part for part in parts if part)
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
        event.field
        if event.kind == EventKind.FIELD and event.field
        else _FACT_NAMES.get(event.kind, event.kind.value)
    )
    value = event.to if event.to is not None else event.tier
    return f"{name}: {value}" if value is not None and str(value) != event.kind.value else name


def _texts(ticket: Ticket) -> list[tuple[int, str, Event | None, str, bool]]:
    opened = opening_event(ticket)
    texts: list[tuple[int, str, Event | None, str, bool]] = []
    if opened is not None:
        bodies = {(event.body or "").strip() for event in ticket.events}
        asked = opened if opened.kind == EventKind.CREATED else None
        if ticket.subject and request_text(ticket):
            texts.append((0, opened.id, asked, ticket.subject, True))
        if ticket.description and ticket.description.strip() not in bodies:
            texts.append((0, opened.id, asked, ticket.description, False))
    for index, event in enumerate(ticket.events):
        if event.body and (
            event.is_message or event.kind in (EventKind.CREATED, EventKind.RESOLVED, EventKind.CLOSED)
        ):
            texts.append((index, event.id, event, event.body, False))
    return texts


def _sentences(text: str, in_subject: bool) -> list[str]:
    if in_subject:
        return [text.strip()]
    return [_without_opener(text[span.start : span.end]) for span in sentence_spans(text)]


def _without_opener(sentence: str) -> str:
    opener = _OPENER.match(sentence)
    return sentence[opener.end() :] if opener and opener.end() < len(sentence) else sentence


def _speaks(sentence: str) -> bool:
    return bool(_WORDS.search(_MASK.sub(" ", sentence)))


def _role(event: Event | None) -> ActorRole | None:
    if event is None or event.kind == EventKind.CREATED:
        return ActorRole.REQUESTER
    return event.role
