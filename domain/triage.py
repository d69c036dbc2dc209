"""Triage's opinion of a ticket at a moment, learned or from the points table. Pure: same input, same opinion."""

from __future__ import annotations

from datetime import datetime

from domain.assessment import Assessment
from domain.categorising import categorise, tags_of, urgency_of
from domain.counterfactual import counterfactual, total
from domain.duplicates import duplicate_of
from domain.points import EXPLICIT, bounded
from domain.policy.policy import Policy
from domain.surroundings import Surroundings
from domain.text.injection import injection_reasons
from domain.text.language import guess_language
from domain.text.passages import requester_passages
from domain.ticket import Ticket
from domain.weighing import weigh


def assess(
    ticket: Ticket, policy: Policy, at: datetime, around: Surroundings, *, explain: bool = True
) -> Assessment:  # fmt: skip
    """Assesses a ticket that is cut at `at`. The reasons sum to the risk, 0–100.

    Without `explain` no counterfactual is looked for, which nothing is decided by and which costs as much as the rest.
    """
    weighed = weigh(ticket, policy, at, around)
    reasons, observed = weighed.reasons, weighed.observed
    kind = categorise(ticket, policy, around.neighbours)
    urgency = urgency_of(ticket, observed, kind.category)
    passages = requester_passages(ticket)
    return Assessment(
        ticket_id=ticket.id,
        at=at,
        risk=total(reasons),
        reasons=bounded(reasons),
        counterfactual=counterfactual(ticket, policy, at, around, reasons) if explain else None,
        category=kind.category.id if kind.category else None,
        category_why=kind.why,
        urgency=urgency,
        tags=tags_of(ticket, kind.category, urgency, observed),
        language=guess_language("\n".join(one.own_text or one.read for one in passages)),
        declared=any(reason.code == EXPLICIT for reason in reasons),
        suspicious=tuple(
            reason for one in passages for reason in injection_reasons(one.event_id, one.read, in_body=one.in_body)
        ),
        duplicate_of=duplicate_of(ticket, around.companions),
        learned=weighed.learned,
        observed=observed if weighed.speaker else (),
    )
