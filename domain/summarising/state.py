"""Where a ticket stands: its latest facts, what is unanswered, and what somebody said would come next."""

from __future__ import annotations

from domain.asof import standing
from domain.handoff import Claim
from domain.summarising.forms import Form
from domain.summarising.sentences import sentence_spans
from domain.summarising.statements import Statement, fact_of
from domain.summarising.thread import Thread
from domain.ticket import ActorRole, Event, EventKind

_STANDING = (EventKind.STATUS, EventKind.PRIORITY, EventKind.ASSIGNMENT, EventKind.TIER, EventKind.REOPENED)
_ENDED = (EventKind.RESOLVED, EventKind.CLOSED)
QUESTIONS = 4
"""The latest so many unanswered questions are shown."""
_NOT_A_QUESTION = frozenset({Form.CHASE, Form.COURTESY, Form.CLOSING})


def claim(statement: Statement, *also: Statement) -> Claim:
    """The sentence with its event, and with the events of the sentences that bear it out."""
    return Claim(text=statement.text, sources=tuple(dict.fromkeys(one.event_id for one in (statement, *also))))


def current_state(thread: Thread) -> tuple[Claim, ...]:
    """The latest value of status, priority, assignment and tier, the latest news, and the last word if it waits."""
    facts = [Claim(text=fact_of(event), sources=(event.id,)) for event in _latest_facts(thread)]
    news = next((one for one in reversed(thread.statements) if not one.idle and not _asks(one)), None)
    said = [claim(news)] if news is not None and news not in thread.opening else []
    waiting = last_word(thread)
    return tuple(dict.fromkeys((*facts, *said, *([waiting] if waiting else []))))


def last_word(thread: Thread) -> Claim | None:
    """What the last message asks or answers: it shows who waits for whom. Nothing once the ticket has ended."""
    messages = [event for event in thread.ticket.events if event.is_message]
    if not messages or not standing(thread.ticket).open:
        return None
    last = messages[-1]
    opening = {one.event_id for one in thread.opening}
    if last.id in opening:
        return None
    body = last.body or ""
    said = [one for one in thread.statements if one.event_id == last.id and not one.in_subject]
    asked = next((one.text for one in said if one.forms & {Form.ASK, Form.CHASE}), None)
    spans = sentence_spans(body)
    text = asked or (said[0].text if said else body[spans[0].start : spans[0].end] if spans else "")
    return Claim(text=text, sources=(last.id,)) if text else None


def open_questions(thread: Thread) -> tuple[Claim, ...]:
    """Questions and requests to which nobody of the other side has written since, latest last."""
    waiting = [
        one for one in thread.statements if _asks(one) and one not in thread.opening and not _answered(one, thread)
    ]
    return tuple(claim(one) for one in waiting[-QUESTIONS:])


def next_step(thread: Thread) -> tuple[Claim, ...]:
    """The last promise or instruction that nothing done since has overtaken; nothing once the ticket has ended."""
    if not standing(thread.ticket).open or thread.confirmed is not None:
        return ()
    for one in reversed(thread.statements):
        if one.role != ActorRole.TECHNICIAN or one in thread.opening:
            continue
        if Form.DONE in one.forms and Form.PROMISE not in one.forms:
            return ()
        if one.forms & {Form.PROMISE, Form.INSTRUCT} and not one.forms & {
            Form.COURTESY,
            Form.CLOSING,
            Form.CHASE,
        }:
            return (claim(one),)
    return ()


def _latest_facts(thread: Thread) -> list[Event]:
    latest: dict[str, Event] = {}
    for event in thread.ticket.events:
        if event.kind in _STANDING:
            latest[event.kind] = event
        elif event.kind in _ENDED:
            latest[EventKind.STATUS] = event
    order = {event.id: index for index, event in enumerate(thread.ticket.events)}
    return sorted(latest.values(), key=lambda event: order[event.id])


def _asks(one: Statement) -> bool:
    return Form.ASK in one.forms and not one.forms & _NOT_A_QUESTION and Form.MEETING not in one.forms


def _answered(question: Statement, thread: Thread) -> bool:
    later = thread.ticket.events[question.message + 1 :]
    asker = thread.ticket.events[question.message].actor_id
    for event in later:
        if not event.is_message:
            continue
        if question.internal:
            if event.actor_id != asker or event.actor_id is None:
                return True
        elif not event.is_internal and event.role not in (None, question.role):
            return True
    return False
