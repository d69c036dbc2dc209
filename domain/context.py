"""The facts the next tier needs: found in the text, in the history, or asked for once."""

from __future__ import annotations

from typing import Literal

from domain.assessment import Span
from domain.base import Moment, Record


class Fact(Record):
    """A value of a form field, with the place it was taken from."""

    field: str
    label: str
    value: str
    event_id: str | None = None
    span: Span | None = None
    source: Literal["text", "ticket", "history", "answer"] = "text"


class RefusedValue(Record):
    """An answer that is no value of its field, and why."""

    field: str
    value: str
    why: str


class MissingFact(Record):
    """A form field without a value."""

    field: str
    label: str
    question: str
    to: Literal["requester", "owner"]
    required: bool = True
    why: str | None = None
    """Why it is asked for though the form does not require it."""
    state: Literal["missing", "does_not_know", "no_valid_answer"] = "missing"


class Question(Record):
    """One message that asks for everything worth asking."""

    id: str
    to: Literal["requester", "owner"]
    text: str
    fields: tuple[str, ...]
    asked_at: Moment
    answer_by: Moment


class Answer(Record):
    """What came back: the event that holds the answer, or nothing in time."""

    at: Moment
    event_id: str | None = None


class Context(Record):
    """The facts known after a round of gathering, and what is still missing."""

    facts: tuple[Fact, ...] = ()
    missing: tuple[MissingFact, ...] = ()
    question: Question | None = None
    """What to ask now; none when enough is known or asking is over."""
    asked: tuple[Question, ...] = ()
    """Every question of this escalation so far, the present one included."""
    rounds: int = 0
    """Question messages sent so far for this escalation."""
    gave_up: bool = False
    """Something required is still unknown and the journey goes on without it."""
    unknown: tuple[str, ...] = ()
    """Fields that the one who was asked said they do not know; these are not asked for again."""
    refused: tuple[RefusedValue, ...] = ()
    """Answers that were no values."""
    read: tuple[Fact, ...] = ()
    """What a model read about missing facts, letter by letter in an event: shown to the next tier, deciding nothing."""
    not_asked: str | None = None
    """Why something required is missing and no question is out: the record of every bypass."""
