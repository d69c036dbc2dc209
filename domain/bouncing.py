"""What is decided when the receiving side sends an escalation back. Pure."""

from __future__ import annotations

from datetime import datetime

from domain.assessment import Action, Assessment, Decision
from domain.base import derived_id
from domain.deciding import decide
from domain.escalation import Escalation, EscalationState
from domain.policy.policy import Policy
from domain.route import Route
from domain.ticket import Ticket, Tier


def decide_after_bounce(
    assessment: Assessment, ticket: Ticket, policy: Policy, at: datetime, escalation: Escalation
) -> Decision:
    """The escalation goes on in the tier it was meant for, whatever the risk is by now."""
    fresh = decide(assessment, ticket, policy, at, last_escalation_ended=None, has_open_escalation=False)
    last = next((move for move in reversed(escalation.moves) if move.to == EscalationState.BOUNCED), None)
    why = f"{last.by} sent it back: {last.why}" if last else "It was sent back."
    return fresh.model_copy(
        update={
            "id": derived_id("dec", fresh.id, "bounced"),
            "action": Action.ESCALATE,
            "why": (why,),
            "to_tier": escalation.to_tier or fresh.to_tier,
            "look_again_at": None,
        }
    )


def route_to_lead(escalation: Escalation, route: Route, policy: Policy) -> Route:
    """The route, or the lead of its tier once the escalation came back as often as policy allows."""
    bounces = [move for move in escalation.moves if move.to == EscalationState.BOUNCED]
    if len(bounces) < policy.escalation.bounces_at_most:
        return route
    lead = policy.lead_of(Tier(route.tier))
    reasons = "; ".join(f"{move.by}: {move.why}" for move in bounces)
    return route.model_copy(
        update={
            "result": "nobody_eligible", "team": lead.team, "technician": lead.id, "confidence": 0.0,
            "why": f"It came back {len(bounces)} times ({reasons}); {lead.name}, who leads the tier, decides.",
        }
    )  # fmt: skip


def sent_back_by(escalation: Escalation) -> frozenset[str]:
    """Everybody from whom this escalation came back, whoever sent it; they do not get it again."""
    bounces = [move for move in escalation.moves if move.to == EscalationState.BOUNCED]
    return frozenset(name for move in bounces for name in (move.by, move.technician) if name)
