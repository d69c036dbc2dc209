"""Triage's opinion of a ticket at a moment, from the policy's points table. Pure: the same input, the same opinion."""

from __future__ import annotations

from datetime import datetime

from domain.assessment import Assessment
from domain.categorising import categorise, tags_of, urgency_of
from domain.counterfactual import counterfactual, total
from domain.duplicates import duplicate_of
from domain.points import EXPLICIT, all_reasons, bounded
from domain.policy.policy import Policy
from domain.surroundings import Surroundings
from domain.text.injection import injection_reasons
from domain.text.language import guess_language
from domain.text.passages import requester_passages
from domain.ticket import Ticket


def assess(ticket: Ticket, policy: Policy, at: datetime, around: Surroundings) -> Assessment:
    """Assesses a ticket that is cut at `at`. The reasons sum to the risk, 0–100."""
    reasons = all_reasons(ticket, policy, at, around)
    kind = categorise(ticket, policy, around.neighbours)
    urgency = urgency_of(ticket, reasons, kind.category)
    passages = requester_passages(ticket)
    return Assessment(
        ticket_id=ticket.id,
        at=at,
        risk=total(reasons),
        reasons=bounded(reasons),
        counterfactual=counterfactual(ticket, policy, at, around, reasons),
        category=kind.category.id if kind.category else None,
        category_why=kind.why,
        urgency=urgency,
        tags=tags_of(ticket, kind.category, urgency, reasons),
        language=guess_language("\n".join(one.own_text or one.read for one in passages)),
        declared=any(reason.code == EXPLICIT for reason in reasons),
        suspicious=tuple(
            reason for one in passages for reason in injection_reasons(one.event_id, one.read, in_body=one.in_body)
        ),
        duplicate_of=duplicate_of(ticket, around.companions),
    )
