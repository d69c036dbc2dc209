"""The extractive handoff: sentences that somebody wrote, each with the event that holds it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from domain.base import derived_id
from domain.context import Context
from domain.evidence import Evidence
from domain.handoff import Claim, Handoff
from domain.policy.playbooks import Playbook
from domain.route import Route
from domain.summarising.boilerplate import NO_BOILERPLATE, Boilerplate
from domain.summarising.brief import brief_of
from domain.summarising.forms import Form
from domain.summarising.redundancy import told_once
from domain.summarising.requester import requester_text
from domain.summarising.similar import own_cases, similar_cases, suggested_steps
from domain.summarising.state import claim, current_state, next_step, open_questions
from domain.summarising.statements import Statement, opening_event
from domain.summarising.thread import Attempt, Thread, read_thread
from domain.summarising.timeline import timeline_of
from domain.ticket import ActorRole, Ticket
from domain.verifying.facts import Facts
from domain.verifying.verifier import verify

TRIED = 8
"""The best so many attempts are told, in their order."""
IMPACT = 3
_QUANTITY = re.compile(r"(?<![\w.:/-])\d{1,6} ?(?:%|[^\W\d_]{4,})")


def write_handoff(
    ticket: Ticket,
    at: datetime,
    *,
    context: Context | None = None,
    evidence: Evidence | None = None,
    route: Route | None = None,
    playbook: Playbook | None = None,
    boilerplate: Boilerplate = NO_BOILERPLATE,
) -> Handoff:
    """The handoff of a ticket as it stands (cut it at `at` first: `domain.asof.as_of`).

    Every claim cites events of the ticket; only steps suggested by `playbook` and `evidence`, and the similar cases,
    cite those. A missing fact of `context` cites the event that opened the ticket. What the verifier blocks is left out
    and a section tells nothing twice. The same arguments give the same handoff.
    """
    thread = read_thread(ticket, boilerplate)
    facts = Facts.of(ticket, evidence=evidence, playbook=playbook, context=context)

    def checked(claims: Sequence[Claim], *besides: Claim) -> tuple[Claim, ...]:
        return told_once(verify(tuple(dict.fromkeys(claims)), facts).kept, besides=besides)

    team = route.team if route is not None else ""
    questions = checked((*open_questions(thread), *_missing(ticket, context)))
    steps = checked((*next_step(thread), *suggested_steps(evidence, playbook)))
    return Handoff(
        id=derived_id("handoff", ticket.id, at.isoformat(), team),
        ticket_id=ticket.id,
        at=at,
        written_after=ticket.events[-1].id if ticket.events else None,
        brief=checked([claim(one) for one in brief_of(thread)]),
        problem=checked([claim(one) for one in thread.problem]),
        impact=checked([claim(one) for one in _impact(thread)]),
        tried=checked(_tried(thread)),
        current_state=checked(current_state(thread), *questions, *steps) or checked(current_state(thread)),
        timeline=timeline_of(thread),
        open_questions=questions,
        next_step=steps,
        do_not_repeat=checked([_with_reaction(one) for one in _failed(thread)]),
        similar=checked(similar_cases(evidence)),
        requester_history=checked(own_cases(evidence)),
        requester_text=requester_text(ticket, boilerplate),
    )


def _impact(thread: Thread) -> list[Statement]:
    """Who or what suffers, in the requester's words; what the problem already tells is not told twice."""
    told = {one.order for one in thread.problem}
    hits = [
        one
        for one in thread.statements
        if Form.IMPACT in one.forms
        and one.role == ActorRole.REQUESTER
        and not one.internal
        and Form.CHASE not in one.forms
    ]
    if not thread.labelled:
        hits = [one for one in thread.statements if _counts(one)]
    fresh = [one for one in hits if one.order not in told] or hits
    return fresh[:IMPACT]


def _tried(thread: Thread) -> list[Claim]:
    """The best attempts with the reactions to them; without any, what technicians said that is not mere courtesy.

    Where forms cannot be told, the longest sentence of each technician's message stands for what was done.
    """
    if not thread.attempts and not thread.labelled:
        return [claim(one) for one in _longest_of_each(thread)][-TRIED:]
    if not thread.attempts:
        opening = {one.order for one in thread.opening}
        said = [one for one in thread.statements if one.role == ActorRole.TECHNICIAN and one.order not in opening]
        return [claim(one) for one in said if not one.idle and Form.ASK not in one.forms][-IMPACT:]
    best = sorted(thread.attempts, key=lambda one: (-one.points, one.statement.order))[:TRIED]
    told = {one.statement.order: one.statement for one in best}
    told |= {one.shown_by.order: one.shown_by for one in best if one.shown_by is not None}
    return [claim(told[order]) for order in sorted(told)]


def _longest_of_each(thread: Thread) -> list[Statement]:
    """The longest sentence of each message of a technician, questions left out."""
    longest: dict[str, Statement] = {}
    opening = {one.order for one in thread.opening}
    for one in thread.statements:
        if one.role != ActorRole.TECHNICIAN or one.order in opening or Form.ASK in one.forms:
            continue
        if one.event_id not in longest or one.words > longest[one.event_id].words:
            longest[one.event_id] = one
    return list(longest.values())


def _counts(one: Statement) -> bool:
    """Whether the requester names a quantity of something: "40 Kolleginnen"."""
    return one.role == ActorRole.REQUESTER and not one.internal and bool(_QUANTITY.search(one.text))


def _failed(thread: Thread) -> list[Attempt]:
    return [one for one in thread.attempts if one.helped is False][-TRIED:]


def _with_reaction(attempt: Attempt) -> Claim:
    return claim(attempt.statement, attempt.shown_by) if attempt.shown_by else claim(attempt.statement)


def _missing(ticket: Ticket, context: Context | None) -> tuple[Claim, ...]:
    opened = opening_event(ticket)
    if context is None or opened is None:
        return ()
    return tuple(
        Claim(text=f"{fact.label}: not known. {fact.question}", sources=(opened.id,)) for fact in context.missing
    )
