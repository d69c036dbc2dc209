"""What a model may answer: one closed record for each question. Nothing else it writes is read."""

from __future__ import annotations

from domain.base import Record


class Said(Record):
    """A sentence and the ids of the events that say so."""

    text: str
    sources: tuple[str, ...]


class Quoted(Record):
    """Words of an event, letter by letter."""

    event_id: str
    quote: str


class FieldValue(Record):
    """The value of a form field, letter by letter as an event has it."""

    field: str
    value: str
    event_id: str


class TicketReading(Record):
    """Triage: what the ticket is about, as a second opinion."""

    category: str | None
    """The id of one of the categories that were offered."""
    language: str | None
    """ISO 639-1 code of the requester's language."""
    pressing: tuple[Quoted, ...]
    """Words that say that it is urgent."""


class FieldValues(Record):
    """Context gatherer: values found for form fields."""

    values: tuple[FieldValue, ...]


class AskedFor(Record):
    """The question for one form field."""

    field: str
    text: str


class QuestionText(Record):
    """Context gatherer: the questions of the forms in better words."""

    questions: tuple[AskedFor, ...]


class HandoffText(Record):
    """Summarizer: the parts of a handoff."""

    problem: tuple[Said, ...]
    impact: tuple[Said, ...]
    tried: tuple[Said, ...]
    current_state: tuple[Said, ...]
    open_questions: tuple[Said, ...]
    next_step: tuple[Said, ...]
    do_not_repeat: tuple[Said, ...]


class RequesterText(Record):
    """Summarizer: what the requester is told, from public events only."""

    text: str
    sources: tuple[str, ...]


class ArticleText(Record):
    """Knowledge writer: the parts of an article."""

    symptom: tuple[Said, ...]
    cause: tuple[Said, ...]
    steps: tuple[Said, ...]


ANSWERS: dict[str, type[Record]] = {
    kind.__name__: kind for kind in (TicketReading, FieldValues, QuestionText, HandoffText, RequesterText, ArticleText)
}
"""By the name that prompts give them."""
