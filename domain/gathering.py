"""Which facts the next tier needs, which are known, and what to ask for in one message. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from domain.asof import standing
from domain.assessment import Assessment, Decision
from domain.base import derived_id
from domain.context import Answer, Context, Fact, MissingFact, Question
from domain.matching import holds
from domain.policy.flow import FormField
from domain.policy.policy import Policy
from domain.sla_lines import local_time
from domain.text.injection import find_injections
from domain.text.own import own_spans
from domain.text.passages import Passage, requester_passages
from domain.text.values import answered, asked_already, fact_in, find_value
from domain.thresholds import STABLE_FACTS_FOR
from domain.ticket import Ticket

_ASSET_FIELDS = frozenset(
    ("asset", "device", "computer", "laptop", "machine", "workstation", "printer", "serial", "hostname")
)
_SERVICE_FIELDS = frozenset(("service", "application", "app", "system"))
_SITE_FIELDS = frozenset(("site", "location", "place", "office", "building"))
_STABLE_FIELDS = _ASSET_FIELDS | _SITE_FIELDS
_LONGEST_SUBJECT = 80


def wanted_fields(ticket: Ticket, policy: Policy, assessment: Assessment) -> tuple[FormField, ...]:
    """The fields of every form whose condition holds, each once, in the order of the policy."""
    fields: dict[str, FormField] = {}
    for form in policy.forms.forms:
        if holds(form.when, ticket, policy, assessment):
            for field in form.fields:
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
) -> Context:
    """The facts at `moment` and, when something required is missing and may be asked, one question.

    `ticket` is cut at `moment`; `earlier` are the requester's own earlier tickets, newest first; `context` is what
    the round before left, `answer` what came back since.
    """
    fields = wanted_fields(ticket, policy, assessment)
    facts = _facts(ticket, fields, moment, earlier, context, answer)
    missing = tuple(
        MissingFact(field=one.id, label=one.label, question=one.question, to=one.ask, required=one.required)
        for one in fields
        if one.id not in facts
    )
    rounds = context.rounds if context else 0
    lacking = [one for one in fields if one.id not in facts and one.required]
    question = None
    if lacking and _may_ask(ticket, policy, decision, moment, context):
        question = _question(ticket, policy, decision, moment, rounds, lacking)
    return Context(
        facts=tuple(facts[one.id] for one in fields if one.id in facts),
        missing=missing,
        question=question,
        asked=(*(context.asked if context else ()), *((question,) if question else ())),
        rounds=rounds + (question is not None),
        gave_up=bool(lacking) and question is None,
    )


def _facts(
    ticket: Ticket,
    fields: Sequence[FormField],
    moment: datetime,
    earlier: Sequence[Ticket],
    context: Context | None,
    answer: Answer | None,
) -> dict[str, Fact]:
    facts = {fact.field: fact for fact in _from_answer(ticket, fields, context, answer)}
    passages = requester_passages(ticket)
    for field in fields:
        if field.id in facts:
            continue
        fact = fact_in(field, passages) or _from_ticket(field, ticket) or _from_history(field, earlier, moment)
        if fact is not None:
            facts[field.id] = fact
    return facts


def _from_answer(
    ticket: Ticket, fields: Sequence[FormField], context: Context | None, answer: Answer | None
) -> tuple[Fact, ...]:
    event = ticket.event(answer.event_id) if answer and answer.event_id else None
    if event is None or not event.body or context is None or context.question is None:
        return ()
    asked = [field for field in fields if field.id in context.question.fields]
    own = next((one for one in requester_passages(ticket) if one.event_id == event.id and one.in_body), None)
    passage = own or Passage(event.id, event.at, event.body, own_spans(event.body), in_body=True)
    return answered(asked, passage)


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


def _may_ask(ticket: Ticket, policy: Policy, decision: Decision, moment: datetime, context: Context | None) -> bool:
    """Not for priorities that never wait, not more often than allowed, not after the time for an answer."""
    never = {name.casefold() for name in policy.forms.never_wait_for}
    priorities = (standing(ticket).priority or policy.slas.default_priority, decision.priority)
    if any(one is not None and one.casefold() in never for one in priorities):
        return False
    if context is None:
        return policy.forms.ask_at_most > 0
    in_time = context.question is None or moment < context.question.answer_by
    return in_time and context.rounds < policy.forms.ask_at_most


def _question(
    ticket: Ticket,
    policy: Policy,
    decision: Decision,
    moment: datetime,
    rounds: int,
    lacking: Sequence[FormField],
) -> Question | None:
    """One message to the requester, or to the owner when only the owner can know; none when all was asked already."""
    open_ones = [field for field in lacking if asked_already(field, ticket) is None]
    if not open_ones:
        return None
    to: Literal["requester", "owner"] = "requester" if any(f.ask == "requester" for f in open_ones) else "owner"
    asked = [field for field in open_ones if field.ask == to][: policy.forms.fields_per_question]
    names = tuple(field.id for field in asked)
    answer_by = moment + timedelta(minutes=policy.forms.answer_within)
    deadline = local_time(answer_by, policy, moment)
    return Question(
        id=derived_id("q", ticket.id, str(rounds + 1), moment.isoformat(), *names),
        to=to,
        text=_message(ticket, to, decision, asked, deadline),
        fields=names,
        asked_at=moment,
        answer_by=answer_by,
    )


def _message(ticket: Ticket, to: str, decision: Decision, asked: Sequence[FormField], deadline: str) -> str:
    numbered = len(asked) > 1
    lines = [f"{number}. {one.question}" if numbered else one.question for number, one in enumerate(asked, 1)]
    name = _ticket_name(ticket)
    if to == "owner":
        tier = decision.to_tier or "the next tier"
        opening = f"Hello,\n\n{name} is about to go to {tier}. Please add what is still missing:"
    else:
        who = f" {ticket.requester.name}" if ticket.requester and ticket.requester.name else ""
        opening = f"Hello{who},\n\nso that the right people can help you with {name} at once, please tell us:"
    how = "one line for each number is enough" if numbered else "a short reply is enough"
    return (
        f"{opening}\n\n" + "\n".join(lines) + f"\n\nPlease reply to this message; {how}."
        f" If we do not hear from you by {deadline}, we go on with what we know."
    )


def _ticket_name(ticket: Ticket) -> str:
    subject = " ".join((ticket.subject or "").split())
    if not subject or find_injections(subject):
        return f"ticket {ticket.id}"
    short = subject if len(subject) <= _LONGEST_SUBJECT else subject[: _LONGEST_SUBJECT - 1] + "…"
    return f"ticket {ticket.id} (“{short}”)"
