"""What the requester may read: from public words only, and checked once more before it goes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.grounding import words_of
from domain.summarising.boilerplate import NO_BOILERPLATE, Boilerplate
from domain.summarising.forms import Form
from domain.summarising.redundancy import Said
from domain.summarising.state import open_questions
from domain.summarising.statements import ending_event, opening_event
from domain.summarising.thread import read_thread
from domain.ticket import ActorRole, Event, Ticket

LEAK_WORDS = 4
"""So many words in a row that stand in an internal event and in no public one are a leak."""
_STEPS = 3
HEADINGS = ("You reported", "Done so far", "Latest news", "We need from you")
_OUR_WORDS = frozenset(word for heading in HEADINGS for word in words_of(heading))


def public_view(ticket: Ticket) -> Ticket:
    """The ticket as the requester may see it: public messages and the requester's own words, nothing else.

    A message of a technician that does not say that it is public is taken for internal. Subject and description go
    too when they repeat an internal event, or when one opened the ticket. The opening event itself stays, without its
    text, because subject and description are cited by it.
    """
    opened = opening_event(ticket)
    inside = opened is not None and opened.is_internal
    events = tuple(
        event if _is_public(event) else event.model_copy(update={"body": None})
        for event in ticket.events
        if _is_public(event) or event is opened
    )
    hidden = {_plain(event.body) for event in ticket.events if event.body and not _is_public(event)}
    shown = {_plain(event.body) for event in events if event.body}

    def kept(text: str | None) -> str | None:
        if not text or (inside and _plain(text) not in shown):
            return None
        return text if _plain(text) in shown or _plain(text) not in hidden else None

    ended = ending_event(ticket)
    told = ended is not None and ended.visibility == "public"
    update = {
        "events": events,
        "subject": kept(ticket.subject),
        "description": kept(ticket.description),
        "resolution": ticket.resolution if told else None,
    }
    return ticket.model_copy(update=update)


def requester_text(ticket: Ticket, boilerplate: Boilerplate = NO_BOILERPLATE) -> str:
    """What was reported, what was done, where it stands and what is needed, each line a public sentence."""
    thread = read_thread(public_view(ticket), boilerplate)
    done = [attempt.statement for attempt in thread.attempts if attempt.helped is not False][-_STEPS:]
    news = [
        one
        for one in thread.statements
        if one.role == ActorRole.TECHNICIAN and not one.idle and Form.ASK not in one.forms
    ]
    needed = [one.text for one in open_questions(thread) if _asked_by_technician(one.sources[0], ticket)]
    reported = [one.text for one in thread.problem if one.role == ActorRole.REQUESTER]
    latest = [one.text for one in news[-1:] if one not in done and one not in thread.opening]
    texts = (reported, [one.text for one in done], latest, needed)
    return _checked(tuple(zip(HEADINGS, texts, strict=True)), ticket)


def leaked(text: str, ticket: Ticket) -> tuple[str, ...]:
    """The runs of `LEAK_WORDS` words of `text` that the ticket holds in internal events only."""
    secret = _internal_only(ticket)
    return tuple(" ".join(run) for run in _runs(words_of(text)) if run in secret)


def private_words(text: str, ticket: Ticket) -> tuple[str, ...]:
    """The words, names and numbers of `text`, folded, that the ticket holds in internal events and in no public place.

    Stricter than `leaked`: one such word is enough. The words of our own headings are not among them.
    """
    inside, shown = _words_inside(ticket)
    return tuple(dict.fromkeys(word for word in words_of(text) if word in inside - shown and word not in _OUR_WORDS))


def _checked(parts: Sequence[tuple[str, Iterable[str]]], ticket: Ticket) -> str:
    """The parts as lines, each told once; one that would make a leak, alone or with those before it, is left out."""
    secret = _internal_only(ticket)
    said = Said()
    lines: list[str] = []
    for heading, texts in parts:
        pending = [f"{heading}:"]
        for text in dict.fromkeys(" ".join(text.split()) for text in texts):
            more = [*pending, f"- {text}"]
            if said.already(text) or private_words(text, ticket):
                continue
            if not any(run in secret for run in _runs(words_of("\n".join([*lines, *more])))):
                lines, pending = [*lines, *more], []
                said.add(text)
    return "\n".join(lines)


def _internal_only(ticket: Ticket) -> set[tuple[str, ...]]:
    secret: set[tuple[str, ...]] = set()
    for event in ticket.events:
        if event.body and not _is_public(event):
            secret.update(_runs(words_of(event.body)))
    seen = public_view(ticket)
    if ticket.resolution and seen.resolution is None:
        secret.update(_runs(words_of(ticket.resolution)))
    if not secret:
        return secret
    for text in (seen.subject, seen.description, seen.resolution, *(event.body for event in seen.events)):
        secret.difference_update(_runs(words_of(text or "")))
    return secret


def _words_inside(ticket: Ticket) -> tuple[set[str], set[str]]:
    """(words of internal texts, words of public ones)."""
    seen = public_view(ticket)
    inside = [event.body for event in ticket.events if event.body and not _is_public(event)]
    if ticket.resolution and seen.resolution is None:
        inside.append(ticket.resolution)
    shown = [seen.subject, seen.description, seen.resolution, *(event.body for event in seen.events)]
    return (
        {word for text in inside for word in words_of(text)},
        {word for text in shown for word in words_of(text or "")},
    )


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + LEAK_WORDS]) for at in range(len(words) - LEAK_WORDS + 1)]


def _is_public(event: Event) -> bool:
    if event.visibility is not None:
        return event.visibility == "public"
    return event.role == ActorRole.REQUESTER or not event.body


def _plain(text: str | None) -> str:
    return " ".join(words_of(text or ""))


def _asked_by_technician(event_id: str, ticket: Ticket) -> bool:
    event = ticket.event(event_id)
    return event is not None and event.role == ActorRole.TECHNICIAN
