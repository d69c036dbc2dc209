"""Which facts the next tier needs, which are known, and what to ask for in one message. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from domain.asking import question_for, why_not_ask, worded
from domain.assessment import Assessment, Decision
from domain.context import Answer, Context, Fact, MissingFact, RefusedValue
from domain.matching import holds, playbook_for
from domain.policy.forms import FormField
from domain.policy.policy import Policy
from domain.text.answers import Reading, read_answer
from domain.text.own import own_spans
from domain.text.passages import Passage, requester_passages
from domain.text.values import fact_in, find_value
from domain.thresholds import STABLE_FACTS_FOR
from domain.ticket import ActorRole, Ticket

_ASSET_FIELDS = frozenset(
    ("asset", "device", "computer", "laptop", "machine", "workstation", "printer", "serial", "hostname")
)
_SERVICE_FIELDS = frozenset(("service", "application", "app", "system"))
_SITE_FIELDS = frozenset(("site", "location", "place", "office", "building"))
_STABLE_FIELDS = _ASSET_FIELDS | _SITE_FIELDS
COLUMN_FIELDS = _ASSET_FIELDS | _SERVICE_FIELDS | _SITE_FIELDS
"""Fields whose value the helpdesk's own columns can give."""


def wanted_fields(ticket: Ticket, policy: Policy, assessment: Assessment) -> tuple[FormField, ...]:
    """The fields of every form whose condition holds and those its playbook needs, each once, in policy order."""
    fields: dict[str, FormField] = {}
    for form in policy.forms.forms:
        if holds(form.when, ticket, policy, assessment):
            for field in form.fields:
                if holds(field.when, ticket, policy, assessment):
                    fields.setdefault(field.id, field)
    book = playbook_for(ticket, policy, assessment)
    for field in (field for form in policy.forms.forms for field in form.fields if book and field.id in book.facts):
        fields.setdefault(field.id, field)
    return tuple(fields.values())


def gather(
    ticket: Ticket,
    policy: Policy,
    assessment: Assessment,
    decision: Decision,
    moment: datetime,
    *,
    earlier: Sequence[Ticket] = (),
    context: Context | None = None,
    answer: Answer | None = None,
    learned: Mapping[str, str] | None = None,
) -> Context:
    """The facts at `moment` and, when something worth asking for is missing and may be asked, one question.

    `ticket` is cut at `moment`; `earlier` are the requester's own earlier tickets, newest first; `context` is what
    the round before left, `answer` what came back since. `learned` says of fields which the next tier is seen to ask
    back for why they are worth asking (field → reason).
    """
    candidates = wanted_fields(ticket, policy, assessment)
    read = _read(ticket, candidates, context, answer)
    known = _facts(ticket, candidates, moment, earlier, context, read)
    fields = _that_matter(candidates, known)
    facts = {one.id: known[one.id] for one in fields if one.id in known}
    unknown = (*(context.unknown if context else ()), *read.unknown)
    refused = tuple(one for one in read.refused if one.field not in facts)
    worth = learned if learned and policy.forms.learn == "apply" else {}
    lacking = [one for one in fields if one.id not in facts and (one.required or one.id in worth)]
    to_ask = [one for one in lacking if one.id not in unknown]
    bar = why_not_ask(ticket, policy, decision, moment, context)
    question = None
    if to_ask and bar is None:
        question = question_for(ticket, policy, decision, moment, to_ask, context, refused)
    return Context(
        facts=tuple(facts.values()),
        missing=tuple(_missing(one, ticket, unknown, refused, learned or {}) for one in fields if one.id not in facts),
        question=question,
        asked=(*(context.asked if context else ()), *((question,) if question else ())),
        rounds=(context.rounds if context else 0) + (question is not None),
        gave_up=bool(lacking) and question is None,
        unknown=tuple(dict.fromkeys(unknown)),
        refused=(*(context.refused if context else ()), *refused),
        not_asked=_why_silent(lacking, to_ask, bar) if question is None else None,
    )


def _why_silent(lacking: Sequence[FormField], to_ask: Sequence[FormField], bar: str | None) -> str | None:
    if not lacking:
        return None
    if not to_ask:
        return "whoever was asked does not know"
    return bar or "asked already, and not answered yet"


def _missing(
    field: FormField, ticket: Ticket, unknown: Sequence[str], refused: Sequence[RefusedValue],
    learned: Mapping[str, str],
) -> MissingFact:  # fmt: skip
    wrong = any(one.field == field.id for one in refused)
    return MissingFact(
        field=field.id, label=field.label, question=worded(field, ticket), to=field.ask, required=field.required,
        why=learned.get(field.id),
        state="does_not_know" if field.id in unknown else "no_valid_answer" if wrong else "missing",
    )  # fmt: skip


def _that_matter(fields: Sequence[FormField], known: Mapping[str, Fact]) -> list[FormField]:
    """The fields whose `depends_on` holds, by what is known; one that depends on a field that does not matter falls."""
    matter = {one.id: one for one in fields}
    while True:
        fallen = [one.id for one in matter.values() if not _depends(one, known, matter)]
        if not fallen:
            return list(matter.values())
        for name in fallen:
            del matter[name]


def _depends(field: FormField, known: Mapping[str, Fact], matter: Mapping[str, FormField]) -> bool:
    for name, values in field.depends_on.items():
        fact = known.get(name) if name in matter else None
        if fact is None or (values and fact.value.casefold() not in {value.casefold() for value in values}):
            return False
    return True


def _facts(
    ticket: Ticket,
    fields: Sequence[FormField],
    moment: datetime,
    earlier: Sequence[Ticket],
    context: Context | None,
    read: Reading,
) -> dict[str, Fact]:
    # Answers of earlier rounds: a value that was the whole of an answer is in no pattern.
    facts = {one.field: one for one in (context.facts if context else ()) if one.source == "answer"}
    facts |= {fact.field: fact for fact in read.facts}
    passages = requester_passages(ticket)
    notes = (*passages, *_notes(ticket))
    for field in fields:
        if field.id in facts:
            continue
        texts = notes if field.look_in == "any" else passages
        fact = fact_in(field, texts) or _from_ticket(field, ticket) or _from_history(field, earlier, moment)
        if fact is not None:
            facts[field.id] = fact
    return facts


def _notes(ticket: Ticket) -> tuple[Passage, ...]:
    """What technicians wrote, to the requester or to one another."""
    return tuple(
        Passage(event.id, event.at, event.body or "", own_spans(event.body or ""), in_body=True)
        for event in ticket.events
        if event.is_message and event.role == ActorRole.TECHNICIAN
    )


def _read(ticket: Ticket, fields: Sequence[FormField], context: Context | None, answer: Answer | None) -> Reading:
    event = ticket.event(answer.event_id) if answer and answer.event_id else None
    if event is None or not event.body or context is None or context.question is None:
        return Reading()
    asked = [field for field in fields if field.id in context.question.fields]
    own = next((one for one in requester_passages(ticket) if one.event_id == event.id and one.in_body), None)
    passage = own or Passage(event.id, event.at, event.body, own_spans(event.body), in_body=True)
    return read_answer(asked, passage)


def _from_ticket(field: FormField, ticket: Ticket) -> Fact | None:
    value = _ticket_value(field, ticket)
    return Fact(field=field.id, label=field.label, value=value, source="ticket") if value else None


def _ticket_value(field: FormField, ticket: Ticket) -> str | None:
    """What the helpdesk's own columns say about a field; a field with patterns or words takes only what fits them."""
    columns = (
        (ticket.asset, field.id in _ASSET_FIELDS),
        (ticket.service, field.id in _SERVICE_FIELDS),
        (ticket.requester.site if ticket.requester else None, field.id in _SITE_FIELDS),
    )
    for text, belongs in columns:
        if not text:
            continue
        if field.patterns or field.words:
            found = find_value(field, text)
            if found:
                return found[0]
        elif belongs:
            return text
    return None


def _from_history(field: FormField, earlier: Iterable[Ticket], moment: datetime) -> Fact | None:
    """Only what stays true between tickets: the requester's device and place."""
    if field.id not in _STABLE_FIELDS:
        return None
    for past in earlier:
        if moment - past.created_at > STABLE_FACTS_FOR:
            continue
        fact = fact_in(field, requester_passages(past))
        value = fact.value if fact else _ticket_value(field, past)
        if value:
            return Fact(field=field.id, label=field.label, value=value, source="history")
    return None
