"""What an answer says about the fields it was asked for: values, what is not known, and what is no value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.assessment import Span
from domain.context import Fact, RefusedValue
from domain.policy.forms import FormField
from domain.text.fold import fold
from domain.text.passages import Passage
from domain.text.validity import as_choice, why_not
from domain.text.values import fact_in, find_value

_NUMBERED = re.compile(r"^\s*(?:\(?(\d{1,2})[.):]|[-*•])\s*", re.MULTILINE)
_LONGEST_ANSWER = 500
_NOT_KNOWN = re.compile(
    r"(?:(?:i (?:really |honestly )?)?(?:do not|don'?t|dont|did not|didn'?t|cannot|can'?t) (?:know|say|tell|remember)"
    r"|no (?:idea|clue)|not (?:sure|known)|unknown|n/?a|\?+"
    r"|(?:das )?wei(?:ss|ß) (?:ich )?(?:leider )?nicht|(?:ich )?wei(?:ss|ß) (?:es |das )?(?:leider )?nicht"
    r"|keine ahnung|unbekannt"
    r"|je (?:ne )?sais pas|aucune idee|inconnu|no (?:lo )?se|ni idea|desconocido)\b"
)
_POLITE = re.compile(r"^(?:(?:sorry|unfortunately|leider|desole|lo siento|hm+|that|this|it|i am|i'?m|das|ca)[,.: ]*)+")
_SHORT = 80
"""A longer text that begins so goes on to say something."""


@dataclass(frozen=True)
class Reading:
    """What an answer says."""

    facts: tuple[Fact, ...] = ()
    unknown: tuple[str, ...] = ()
    """Fields that the writer does not know."""
    refused: tuple[RefusedValue, ...] = ()


def read_answer(fields: Sequence[FormField], passage: Passage) -> Reading:
    """What an answer says about the fields that were asked for.

    Patterns and words first. If a single field was asked for, the whole answer is its value; several are matched
    with the numbered (or bulleted) parts or lines of the answer, when there are as many of them as questions. "I do
    not know" as the whole answer speaks of every field that has no value.
    """
    facts = {fact.field: fact for field in fields if (fact := fact_in(field, (passage,)))}
    spans = passage.own or (Span(start=0, end=len(passage.otherwise)),)
    body = [(span.start, passage.text[span.start : span.end]) for span in spans]
    unknown: list[str] = []
    refused: list[RefusedValue] = []
    parts = _whole(body) if len(fields) == 1 else _parts(body)
    if len(parts) == len(fields):
        for field, (start, value) in zip(fields, parts, strict=True):
            if field.id in facts or not value:
                continue
            if says_unknown(value):
                unknown.append(field.id)
            elif (why := why_not(field, value)) is not None:
                refused.append(RefusedValue(field=field.id, value=value[:_LONGEST_ANSWER], why=why))
            else:
                facts[field.id] = _answer_fact(field, passage, start, value)
    elif says_unknown(" ".join(text for _, text in body)):
        unknown += [field.id for field in fields if field.id not in facts]
    given = tuple(fact.model_copy(update={"source": "answer"}) for field in fields if (fact := facts.get(field.id)))
    return Reading(facts=given, unknown=tuple(unknown), refused=tuple(refused))


def says_unknown(text: str) -> bool:
    """Whether a short text says, in one of our languages, that its writer does not know."""
    folded = " ".join(fold(text).text.replace("’", "'").split())
    if len(folded) > _SHORT:
        return False
    return _NOT_KNOWN.match(_POLITE.sub("", folded)) is not None or bool(re.fullmatch(r"\?+", folded))


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
    found = find_value(field, value)
    named = as_choice(field, value) or (found[0] if found else value)
    return Fact(field=field.id, label=field.label, value=named, event_id=passage.event_id, span=span)
