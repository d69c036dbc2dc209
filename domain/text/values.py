"""Form values in what people write: found before anybody is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable

from domain.assessment import Span
from domain.context import Fact
from domain.policy.forms import FormField
from domain.text.fold import fold
from domain.text.negation import is_denied
from domain.text.passages import Passage
from domain.text.patterns import find_values
from domain.text.sentences import sentence_texts
from domain.text.validity import as_choice, why_not
from domain.text.words import find_words
from domain.ticket import ActorRole, Event, Ticket

_WORD = re.compile(r"\w{4,}")
_BRACES = re.compile(r"\{\{[^{}]*\}\}")


def find_value(field: FormField, text: str) -> tuple[str, Span] | None:
    """The field's value in `text` and its place: patterns first, in their order, then words; only a valid one."""
    for pattern in field.patterns:
        for value, span in find_values(pattern, text):
            if why_not(field, value) is None:
                return as_choice(field, value) or value, span
    return _by_words(field, text)


def fact_in(field: FormField, passages: Iterable[Passage]) -> Fact | None:
    """The field's value in the requester's own words; the latest message that holds one counts.

    Where nothing of a message is the writer's own (a bare forward), the forwarded text is read.
    """
    found: Fact | None = None
    for passage in passages:
        for span in passage.own or (Span(start=0, end=len(passage.otherwise)),):
            hit = find_value(field, passage.text[span.start : span.end])
            if hit:
                value, at = hit
                place = Span(start=span.start + at.start, end=span.start + at.end) if passage.in_body else None
                found = Fact(field=field.id, label=field.label, value=value, event_id=passage.event_id, span=place)
                break
    return found


def asked_already(field: FormField, ticket: Ticket) -> Event | None:
    """The message to the requester that asked for the field and that they have not written since; none otherwise."""
    open_question: Event | None = None
    for event in ticket.events:
        if not event.is_message or event.is_internal:
            continue
        if event.role == ActorRole.REQUESTER:
            open_question = None
        elif event.role in (ActorRole.TECHNICIAN, ActorRole.BOT) and asks_for(field, event.body or ""):
            open_question = event
    return open_question


def _by_words(field: FormField, text: str) -> tuple[str, Span] | None:
    folded = fold(text)
    hits = [
        (match.start, -match.end, value, match.span)
        for value, words in _words(field).items()
        for match in find_words(folded, words)
        if not is_denied(folded.text, match.start, match.end)
    ]
    if not hits:
        return None
    _, _, value, span = min(hits, key=lambda hit: hit[:3])
    return value, span


def _words(field: FormField) -> dict[str, tuple[str, ...]]:
    """The words of each value; a choice is also found by its own name."""
    own = {choice: (choice, *field.words.get(choice, ())) for choice in field.choices}
    return {**field.words, **own}


def asks_for(field: FormField, body: str) -> bool:
    """Whether a message asks for the field: its question word for word, or a question that names its label."""
    folded = fold(body).text
    # What stands in braces is another word in each ticket.
    wording = [part.strip(" ?.") for part in _BRACES.split(fold(field.question).text)]
    if any(wording) and all(part in folded for part in wording):
        return True
    label = _WORD.findall(fold(field.label).text)
    questions = (sentence for sentence in sentence_texts(folded) if sentence.rstrip().endswith("?"))
    return bool(label) and any(all(word in question for word in label) for question in questions)
