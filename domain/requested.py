"""What a ticket asks for by now, beside what was put to the approvers: changed fields, new facts, new demands. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from domain.approval import Approval
from domain.policy.forms import FormField
from domain.policy.policy import Policy
from domain.policy.signing import ApprovalRule
from domain.text.passages import Passage, requester_passages
from domain.text.request import request_text, requester_messages
from domain.text.values import fact_in, find_value
from domain.text.words import holds_word
from domain.ticket import Event, EventKind, Ticket

_HEAD = ("subject", "description")


def telling_events(ticket: Ticket) -> tuple[str, ...]:
    """The events so far that can say what is asked for: the requester's messages, and changed fields."""
    return tuple(one.id for one in (*requester_messages(ticket), *_field_events(ticket)))


def request_as_changed(ticket: Ticket) -> str:
    """The request in the requester's words, with what the helpdesk changed in its head since."""
    update = {event.field: str(event.to) for event in _field_events(ticket) if event.field in _HEAD}
    return request_text(ticket.model_copy(update=update) if update else ticket)


def asked_later(ticket: Ticket, policy: Policy, rule: ApprovalRule, before: Approval) -> tuple[str, ...]:
    """The requester's later messages that name something the rule looks for: its words, or its facts.

    A message that names none of them (thanks, a question about the progress) asks for nothing else. Those that an
    approval `before` had taken up stay.
    """
    fields = [one for one in _fields(policy) if one.id in rule.parameters]
    words = [word for one in policy.approvals.rules for word in one.when.any_words]
    found = []
    for passage in _since(ticket, before):
        text = passage.own_text or passage.otherwise
        if holds_word(text, words) or any(find_value(field, text) for field in fields):
            found.append(" ".join(text.split()))
    return (*before.later, *found)


def fact_values(ticket: Ticket, policy: Policy, facts: Mapping[str, str], before: Approval | None) -> dict[str, str]:
    """Field → value: as gathered, or as put to the approvers before, and newer ones as they are named since."""
    fields = _fields(policy)
    if before is None:
        return {**facts, **_set_fields(fields, _field_events(ticket))}
    since = _since(ticket, before)
    said = {one.id: fact.value for one in fields if (fact := fact_in(one, since))}
    new = (event for event in _field_events(ticket) if event.id not in before.known_events)
    return {**before.facts, **said, **_set_fields(fields, new)}


def _set_fields(fields: Iterable[FormField], events: Iterable[Event]) -> dict[str, str]:
    """Facts that the helpdesk keeps in fields of the same name, as last set."""
    names = {one.id for one in fields}
    return {event.field: str(event.to) for event in events if event.field in names}


def _field_events(ticket: Ticket) -> list[Event]:
    return [one for one in ticket.events if one.kind == EventKind.FIELD and one.field and one.to is not None]


def _since(ticket: Ticket, before: Approval) -> tuple[Passage, ...]:
    """What the requester has written since, whatever moment the helpdesk's clock gives it."""
    known = set(before.known_events)
    return tuple(one for one in requester_passages(ticket) if one.in_body and one.event_id not in known)


def _fields(policy: Policy) -> list[FormField]:
    return [field for form in policy.forms.forms for field in form.fields]
