"""Whether to ask, whom, and in which words: one message with everything worth asking. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from domain.asof import standing
from domain.assessment import Decision
from domain.base import derived_id
from domain.calendars import add_working_minutes
from domain.context import Context, Question, RefusedValue
from domain.policy.forms import FormField
from domain.policy.policy import Policy
from domain.sla.lines import local_time
from domain.text.injection import find_injections
from domain.text.values import asked_already
from domain.ticket import Ticket

VARIABLES = (
    "ticket.id", "ticket.subject", "ticket.service", "ticket.asset", "ticket.category", "requester.name",
    "requester.site",
)  # fmt: skip
"""What a question can name in double braces."""
PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_LONGEST_SUBJECT = 80


def why_not_ask(
    ticket: Ticket, policy: Policy, decision: Decision, moment: datetime, context: Context | None
) -> str | None:
    """Why no question may go out now; none when it may.

    Not for priorities that never wait, not more often than allowed, not after the time for an answer.
    """
    never = {name.casefold() for name in policy.forms.never_wait_for}
    priorities = (standing(ticket).priority or policy.slas.default_priority, decision.priority)
    if held_up := next((one for one in priorities if one is not None and one.casefold() in never), None):
        return f"priority {held_up} is never held up by a question"
    if context is not None and context.question is not None and moment >= context.question.answer_by:
        return "the time for an answer is over"
    if (context.rounds if context else 0) >= policy.forms.ask_at_most:
        return f"asked as often as allowed ({policy.forms.ask_at_most})"
    return None


def question_for(
    ticket: Ticket, policy: Policy, decision: Decision, moment: datetime, lacking: Sequence[FormField],
    context: Context | None, refused: Sequence[RefusedValue] = (),
) -> Question | None:  # fmt: skip
    """One message to the requester, or to the owner when only the owner can know; none when all was asked already.

    A field whose answer was no value (`refused`) is asked again, and says what was wrong with it.
    """
    again = {one.field for one in refused}
    open_ones = [one for one in lacking if one.id in again or asked_already(one, ticket) is None]
    if not open_ones:
        return None
    to: Literal["requester", "owner"] = "requester" if any(f.ask == "requester" for f in open_ones) else "owner"
    asked = [field for field in open_ones if field.ask == to][: policy.forms.fields_per_question]
    names = tuple(field.id for field in asked)
    answer_by = _answer_by(policy, moment)
    deadline = local_time(answer_by, policy, moment)
    rounds = context.rounds if context else 0
    return Question(
        id=derived_id("q", ticket.id, str(rounds + 1), moment.isoformat(), *names),
        to=to,
        text=_message(ticket, to, decision, asked, deadline, refused),
        fields=names,
        asked_at=moment,
        answer_by=answer_by,
    )


def worded(field: FormField, ticket: Ticket) -> str:
    """The field's question with the ticket's own words in it; what the ticket does not say reads as 'it'."""
    return PLACE.sub(lambda found: _values(ticket).get(found.group(1)) or "it", field.question)


def _answer_by(policy: Policy, moment: datetime) -> datetime:
    calendar = policy.calendar_by_id.get(policy.forms.calendar or "")
    if calendar is None:
        return moment + timedelta(minutes=policy.forms.answer_within)
    return add_working_minutes(calendar, moment, policy.forms.answer_within)


def _values(ticket: Ticket) -> dict[str, str | None]:
    requester = ticket.requester
    given = {
        "ticket.id": ticket.id, "ticket.subject": ticket.subject, "ticket.service": ticket.service,
        "ticket.asset": ticket.asset, "ticket.category": standing(ticket).category,
        "requester.name": requester.name if requester else None,
        "requester.site": requester.site if requester else None,
    }  # fmt: skip
    return {name: _harmless(value) for name, value in given.items()}


def _harmless(text: str | None) -> str | None:
    """A value as one short line, unless it speaks to software."""
    line = " ".join((text or "").split())
    if not line or find_injections(line):
        return None
    return line if len(line) <= _LONGEST_SUBJECT else line[: _LONGEST_SUBJECT - 1] + "…"


def _message(
    ticket: Ticket, to: str, decision: Decision, asked: Sequence[FormField], deadline: str,
    refused: Sequence[RefusedValue],
) -> str:  # fmt: skip
    wrong = {one.field: f" (“{_harmless(one.value) or 'your answer'}” {one.why}.)" for one in refused}
    numbered = len(asked) > 1
    texts = [f"{worded(one, ticket)}{wrong.get(one.id, '')}" for one in asked]
    lines = [f"{number}. {text}" if numbered else text for number, text in enumerate(texts, 1)]
    name = _ticket_name(ticket)
    if to == "owner":
        tier = decision.to_tier or "the next tier"
        opening = f"Hello,\n\n{name} is about to go to {tier}. Please add what is still missing:"
    else:
        who = f" {ticket.requester.name}" if ticket.requester and ticket.requester.name else ""
        opening = f"Hello{who},\n\nso that the right people can help you with {name} at once, please tell us:"
    how = "one line for each number is enough" if numbered else "a short reply is enough"
    return (
        f"{opening}\n\n" + "\n".join(lines) + f"\n\nPlease reply to this message; {how}. If you do not know, say so."
        f" If we do not hear from you by {deadline}, we go on with what we know."
    )


def _ticket_name(ticket: Ticket) -> str:
    subject = _harmless(ticket.subject)
    return f"ticket {ticket.id} (“{subject}”)" if subject else f"ticket {ticket.id}"
