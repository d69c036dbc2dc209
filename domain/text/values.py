"""Form values in what people write: found before anybody is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from domain.assessment import Span
from domain.context import Fact
from domain.policy.flow import FormField
from domain.text.fold import fold
from domain.text.negation import is_denied
from domain.text.passages import Passage
from domain.text.patterns import find_values
from domain.text.sentences import sentence_texts
from domain.text.words import find_words
from domain.ticket import ActorRole, Event, Ticket

_NUMBERED = re.compile(r"^\s*(?:\(?(\d{1,2})[.):]|[-*•])\s*", re.MULTILINE)
_WORD = re.compile(r"\w{4,}")
_LONGEST_ANSWER = 500


def find_value(field: FormField, text: str) -> tuple[str, Span] | None:
    """The field's value in `text` and its place: patterns first, in their order, then words."""
    for pattern in field.patterns:
        found = next(find_values(pattern, text), None)
        if found:
            return found
    return _by_words(field, text)


def fact_in(field: FormField, passages: Iterable[Passage]) -> Fact | None:
    """The field's value in the requester's own words; the latest message that holds one counts.

    Where nothing of a message is the writer's own (a bare forward), the forwarded text is read.
    """
    found: Fact | None = None
    for passage in passages:
        for span in passage.own or (Span(start=0, end=len(passage.read)),):
            hit = find_value(field, passage.text[span.start : span.end])
            if hit:
                value, at = hit
                place = Span(start=span.start + at.start, end=span.start + at.end) if passage.in_body else None
                found = Fact(field=field.id, label=field.label, value=value, event_id=passage.event_id, span=place)
                break
    return found


def answered(fields: Sequence[FormField], passage: Passage) -> tuple[Fact, ...]:
    """What an answer says about the fields that were asked for.

    Patterns and words first. If a single field was asked for, the whole answer is its value; several are matched
    with the numbered (or bulleted) parts or lines of the answer, when there are as many of them as questions.
    """
    facts = {fact.field: fact for field in fields if (fact := fact_in(field, (passage,)))}
    spans = passage.own or (Span(start=0, end=len(passage.read)),)
    body = [(span.start, passage.text[span.start : span.end]) for span in spans]
    parts = _whole(body) if len(fields) == 1 else _parts(body)
    if len(parts) == len(fields):
        for field, (start, value) in zip(fields, parts, strict=True):
            if field.id not in facts and value:
                facts[field.id] = _answer_fact(field, passage, start, value)
    return tuple(fact.model_copy(update={"source": "answer"}) for field in fields if (fact := facts.get(field.id)))


def asked_already(field: FormField, ticket: Ticket) -> Event | None:
    """The message to the requester that asked for the field and that they have not written since; none otherwise."""
    open_question: Event | None = None
    for event in ticket.events:
        if not event.is_message or event.is_internal:
            continue
        if event.role == ActorRole.REQUESTER:
            open_question = None
        elif event.role in (ActorRole.TECHNICIAN, ActorRole.BOT) and _asks_for(field, event.body or ""):
            open_question = event
    return open_question


def _by_words(field: FormField, text: str) -> tuple[str, Span] | None:
    folded = fold(text)
    hits = [
        (match.start, -match.end, value, match.span)
        for value, words in field.words.items()
        for match in find_words(folded, words)
        if not is_denied(folded.text, match.start, match.end)
    ]
    if not hits:
        return None
    _, _, value, span = min(hits, key=lambda hit: hit[:3])
    return value, span


def _whole(body: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    joined = [(start, text) for start, text in body if text.strip()]
    return joined[:1]


def _parts(body: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """The numbered parts of an answer; without numbers, its lines."""
    numbered: list[tuple[int, str]] = []
    lines: list[tuple[int, str]] = []
    for start, text in body:
        marks = list(_NUMBERED.finditer(text))
        ends = [mark.start() for mark in marks[1:]] + [len(text)] * bool(marks)
        for mark, end in zip(marks, ends, strict=True):
            numbered.append((start + mark.end(), text[mark.end() : end].strip()))
        position = start
        for line in text.splitlines(keepends=True):
            if line.strip():
                lines.append((position, line.strip()))
            position += len(line)
    return numbered or lines


def _answer_fact(field: FormField, passage: Passage, start: int, value: str) -> Fact:
    value = value.strip()[:_LONGEST_ANSWER]
    start = passage.text.index(value, start)
    span = Span(start=start, end=start + len(value)) if passage.in_body else None
    return Fact(field=field.id, label=field.label, value=value, event_id=passage.event_id, span=span)


def _asks_for(field: FormField, body: str) -> bool:
    """Whether a message asks for the field: its question word for word, or a question that names its label."""
    folded = fold(body).text
    if fold(field.question).text.rstrip(" ?.") in folded:
        return True
    label = _WORD.findall(fold(field.label).text)
    questions = (sentence for sentence in sentence_texts(folded) if sentence.rstrip().endswith("?"))
    return bool(label) and any(all(word in question for word in label) for question in questions)
