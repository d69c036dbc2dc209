"""What a model reads in a ticket as a second opinion: shown to people, checked against the words, deciding nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agents.asker import Asker, judged, shown, verdict_of
from domain.assessment import Assessment, ModelReading, QuotedWords
from domain.context import Context, Fact
from domain.handoff import Claim, Handoff
from domain.language_model import ModelCall
from domain.policy.forms import FormField
from domain.policy.policy import Policy
from domain.summarising.statements import source_texts
from domain.text.fold import fold
from domain.text.validity import why_not
from domain.ticket import ActorRole, Ticket
from prompts.answers import FieldValue, FieldValues, Quoted, TicketReading

LONGEST_VALUE = 120
"""Characters of a value that a model may find; patterns and choices of the form bind it further."""
_LANGUAGE = re.compile(r"[a-z]{2}")


class TicketReader:
    """Triage's second opinion. Asked only where words and past tickets do not tell the category."""

    def __init__(self, asker: Asker, policy: Policy) -> None:
        self._asker = asker
        self._policy = policy

    async def read(self, ticket: Ticket, opinion: Assessment, tenant: str) -> tuple[Assessment, tuple[ModelCall, ...]]:
        """The assessment with the reading beside it: risk, category, urgency and all that is decided stay."""
        if opinion.category is not None or opinion.duplicate_of is not None:
            return opinion, ()
        values = {
            "events": shown(ticket),
            "categories": [{"id": one.id, "words": one.name} for one in self._policy.categories.categories],
        }
        asked = await self._asker.ask("triage", "triage", values, TicketReading, tenant=tenant, ticket=ticket)
        if asked is None:
            return opinion, ()
        if asked.answer is None:
            return opinion, (asked.call,)
        reading, stopped = self._checked(asked.answer, ticket)
        kept = sum((bool(reading.category), bool(reading.language), len(reading.pressing)))
        call = judged(asked.call, verdict_of(kept, len(stopped)), stopped)
        return opinion.model_copy(update={"reading": reading}), (call,)

    def _checked(self, said: TicketReading, ticket: Ticket) -> tuple[ModelReading, list[str]]:
        """What the policy knows and the ticket holds of it."""
        stopped: list[str] = []
        known = self._policy.category(said.category) if said.category else None
        if said.category and known is None:
            stopped.append("no_category")
        language = said.language if said.language and _LANGUAGE.fullmatch(said.language) else None
        if said.language and language is None:
            stopped.append("no_language")
        pressing = [one for one in said.pressing if stands(one, ticket)]
        stopped += ["no_quote"] * (len(said.pressing) - len(pressing))
        reading = ModelReading(
            model=self._asker.model.name, category=known.id if known else None, language=language,
            pressing=tuple(QuotedWords(event_id=one.event_id, quote=one.quote) for one in pressing),
        )  # fmt: skip
        return reading, stopped


class FieldReader:
    """Looks for the values of form fields that the local path has not found."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    async def read(
        self, ticket: Ticket, context: Context, fields: Iterable[FormField], opinion: Assessment, tenant: str
    ) -> tuple[tuple[Fact, ...], tuple[ModelCall, ...]]:
        """Values with their places. None of an event that holds orders to software."""
        missing = {one.field for one in context.missing}
        wanted = {one.id: one for one in fields if one.id in missing and not _told_by_words(one)}
        if not wanted:
            return (), ()
        suspicious = {one.event_id for one in opinion.suspicious}
        events = [one for one in shown(ticket) if one["role"] == ActorRole.REQUESTER and one["id"] not in suspicious]
        if not events:
            return (), ()
        values = {
            "events": events,
            "fields": [{"id": one.id, "words": f"{one.label} — {one.question}"} for one in wanted.values()],
        }
        asked = await self._asker.ask(
            "context_gatherer", "field_values", values, FieldValues, tenant=tenant, ticket=ticket
        )  # fmt: skip
        if asked is None:
            return (), ()
        if asked.answer is None:
            return (), (asked.call,)
        shown_ids = {one["id"] for one in events}
        found = [
            fact
            for said in asked.answer.values
            if said.event_id in shown_ids and (fact := checked_value(said, wanted.get(said.field), ticket)) is not None
        ]
        by_field = {fact.field: fact for fact in reversed(found)}
        stopped = len(asked.answer.values) - len(found)
        call = judged(asked.call, verdict_of(len(by_field), stopped), ["no_value"] * stopped)
        return tuple(by_field.values()), (call,)


def checked_value(said: FieldValue, field: FormField | None, ticket: Ticket) -> Fact | None:
    """The value as a fact, if the field is wanted, the event holds it letter by letter and the form takes it."""
    value = said.value.strip()
    if field is None or not value or len(value) > LONGEST_VALUE:
        return None
    if not stands(Quoted(event_id=said.event_id, quote=value), ticket):
        return None
    if why_not(field, value) is not None:
        return None
    return Fact(field=field.id, label=field.label, value=value, event_id=said.event_id)


def stands(said: Quoted, ticket: Ticket) -> bool:
    """Whether an event of the ticket holds the words, whatever their case and spacing."""
    words = " ".join(fold(said.quote).text.split())
    text = " ".join(fold(source_texts(ticket).get(said.event_id, "")).text.split())
    return bool(words) and words in text


def with_readings(handoff: Handoff, context: Context) -> Handoff:
    """The handoff whose unknown facts say what a model read about them, with the event; they stay open questions."""
    read = {one.label: one for one in context.read}
    if not read:
        return handoff
    questions = tuple(_said(claim, read) for claim in handoff.open_questions)
    return handoff.model_copy(update={"open_questions": questions})


def _said(claim: Claim, read: dict[str, Fact]) -> Claim:
    label, cut, rest = claim.text.partition(": not known. ")
    fact = read.get(label) if cut else None
    if fact is None or fact.event_id is None:
        return claim
    return Claim(text=f"{label}: “{fact.value}”, not confirmed. {rest}", sources=(fact.event_id, *claim.sources))


def _told_by_words(field: FormField) -> bool:
    """Whether the form itself says how its value reads: then the whole text was searched for it, denials and all."""
    return bool(field.patterns or field.words or field.choices)
