"""The extractive handoff: sentences that somebody wrote, each with the event that holds it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.base import derived_id
from domain.context import Context
from domain.evidence import Evidence
from domain.grounding import grounded
from domain.handoff import Claim, Handoff
from domain.policy.playbooks import Playbook
from domain.route import Route
from domain.summarising.boilerplate import NO_BOILERPLATE, Boilerplate
from domain.summarising.forms import Form
from domain.summarising.requester import requester_text
from domain.summarising.similar import similar_cases, suggested_steps
from domain.summarising.state import claim, current_state, next_step, open_questions
from domain.summarising.statements import Statement, opening_event, source_texts
from domain.summarising.thread import Attempt, Thread, read_thread
from domain.summarising.timeline import timeline_of
from domain.ticket import ActorRole, Ticket

TRIED = 8
"""The best so many attempts are told, in their order."""
IMPACT = 3


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
    cite those. A claim that says more than its sources is dropped. A missing fact of `context` cites the event that
    opened the ticket. The same arguments give the same handoff.
    """
    thread = read_thread(ticket, boilerplate)
    texts = source_texts(ticket)

    def checked(claims: Sequence[Claim]) -> tuple[Claim, ...]:
        return grounded(dict.fromkeys(claims), texts)

    team = route.team if route is not None else ""
    return Handoff(
        id=derived_id("handoff", ticket.id, at.isoformat(), team),
        ticket_id=ticket.id,
        at=at,
        problem=checked([claim(one) for one in thread.problem]),
        impact=checked([claim(one) for one in _impact(thread)]),
        tried=checked(_tried(thread)),
        current_state=checked(current_state(thread)),
        timeline=timeline_of(thread),
        open_questions=(*checked(open_questions(thread)), *_missing(ticket, context)),
        next_step=(*checked(next_step(thread)), *suggested_steps(evidence, playbook)),
        do_not_repeat=checked([_with_reaction(one) for one in _failed(thread)]),
        similar=similar_cases(evidence),
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
    fresh = [one for one in hits if one.order not in told] or hits
    return fresh[:IMPACT]


def _tried(thread: Thread) -> list[Claim]:
    """The best attempts with the reactions to them; without any, what technicians said that is not mere courtesy."""
    if not thread.attempts:
        opening = {one.order for one in thread.opening}
        said = [one for one in thread.statements if one.role == ActorRole.TECHNICIAN and one.order not in opening]
        return [claim(one) for one in said if not one.idle and Form.ASK not in one.forms][-IMPACT:]
    best = sorted(thread.attempts, key=lambda one: (-one.points, one.statement.order))[:TRIED]
    told = {one.statement.order: one.statement for one in best}
    told |= {one.shown_by.order: one.shown_by for one in best if one.shown_by is not None}
    return [claim(told[order]) for order in sorted(told)]


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
