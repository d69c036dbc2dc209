"""What changes in a ticket when its escalation is handed over. Pure."""

from __future__ import annotations

from domain.assessment import Assessment, Decision
from domain.policy.policy import Policy
from domain.properties import Property
from domain.route import Route
from domain.ticket import Ticket
from domain.writing import Plan, Wanted, plan


def plan_handover(ticket: Ticket, decision: Decision, route: Route, assessment: Assessment, policy: Policy) -> Plan:
    """Priority, SLA target, status and queue as the rule says; tier, team and technician as the route says; tags."""
    rule = f"escalation rule {decision.rule}" if decision.rule else "the escalation"
    by_rule: dict[Property, str | None] = {
        "priority": decision.priority, "sla_target": decision.sla_target, "status": decision.status,
        "queue": decision.queue,
    }  # fmt: skip
    wanted: dict[Property, Wanted | None] = {
        field: Wanted(to, f"set by {rule}") for field, to in by_rule.items() if to is not None
    }
    wanted["tier"] = Wanted(route.tier, "; ".join(decision.why))
    wanted["team"] = Wanted(route.team, route.why)
    wanted["technician"] = Wanted(route.technician, route.why)
    tags = dict.fromkeys(assessment.tags, "what the ticket is about")
    tags = {tag: tags.get(tag, f"added by {rule}") for tag in (*decision.tags, *assessment.tags)}
    return plan(ticket, wanted, tags, policy.escalation.modes)
