"""Triage's opinion of a ticket at a moment, learned or from the points table. Pure: same input, same opinion."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.assessment import Assessment, Reason
from domain.categorising import categorise, tags_of, urgency_of
from domain.counterfactual import counterfactual, total
from domain.duplicates import duplicate_of
from domain.points import EXPLICIT, bounded
from domain.policy.policy import Policy
from domain.surroundings import Surroundings
from domain.text.injection import injection_reasons
from domain.text.language import guess_language
from domain.text.passages import Passage, requester_passages
from domain.thresholds import READ_AT_MOST
from domain.ticket import EventKind, Ticket
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
        language=guess_language("\n".join(one.own_text or one.otherwise for one in passages)),
        declared=any(reason.code == EXPLICIT for reason in reasons),
        suspicious=_suspicious(ticket, passages),
        duplicate_of=duplicate_of(ticket, around.companions),
        learned=weighed.learned,
        observed=observed if weighed.speaker else (),
    )


def _suspicious(ticket: Ticket, passages: Iterable[Passage]) -> tuple[Reason, ...]:
    """What speaks to software in the requester's texts, and in values of fields such as an attachment's name."""
    written = [(one.event_id, one.read, one.in_body) for one in passages]
    fields = (one for one in ticket.events if one.kind == EventKind.FIELD and isinstance(one.to, str))
    written += [(one.id, str(one.to)[:READ_AT_MOST], False) for one in fields]
    return tuple(reason for id, text, in_body in written for reason in injection_reasons(id, text, in_body=in_body))
