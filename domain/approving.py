"""Which approval a ticket needs before it goes on, if any. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.approval import Approval, ApprovalAction
from domain.assessment import Assessment
from domain.base import derived_id
from domain.matching import holds
from domain.policy.policy import Policy
from domain.text.request import request_text
from domain.ticket import Ticket


def approval_for(
    ticket: Ticket, policy: Policy, at: datetime, assessment: Assessment, *, escalation_id: str, run_id: str
) -> Approval | None:
    """The approval that the first matching rule wants; none when no rule matches. Each run asks for its own.

    The action carries the request as the approver sees it, so that any change of it voids the votes.
    """
    # A condition that cannot be evaluated demands the approval: what is signed once too often does no harm.
    rules = policy.approvals.rules
    rule = next((one for one in rules if holds(one.when, ticket, policy, assessment, on_failure=True)), None)
    if rule is None:
        return None
    action = ApprovalAction(
        action=rule.action,
        ticket_id=ticket.id,
        requester=ticket.requester_id,
        parameters={"request": request_text(ticket), "rule": rule.id},
        risk=rule.risk,
        grant_minutes=rule.grant_for,
    )
    approvers = tuple(holder.id for holder in policy.holders(rule.approvers))
    return Approval(
        id=derived_id("apr", escalation_id, run_id, rule.id, action.hash),
        escalation_id=escalation_id,
        rule=rule.id,
        action=action,
        content_hash=action.hash,
        approvers=approvers,
        quorum=rule.quorum,
        requested_at=at,
        decide_by=at + timedelta(minutes=rule.decide_within),
    )
