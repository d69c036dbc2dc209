"""Which approval a ticket needs, bound to exactly what was asked."""

from __future__ import annotations

from datetime import timedelta

from domain.approval import Approval
from domain.approving import approval_for
from domain.assessment import Assessment, Urgency
from domain.policy.people import PeopleFile
from domain.policy.policy import Policy
from domain.policy.signing import ApprovalsFile
from tests.domain import made


def _policy() -> Policy:
    rules = [
        {
            "id": "db", "when": {"category": ["mail"], "any_words": ["full access"]}, "action": "grant full access",
            "approvers": "officer", "quorum": 1, "risk": "Everything can be read.", "decide_within": 120,
            "grant_for": 60,
        }
    ]  # fmt: skip
    people = PeopleFile.model_validate({"roles": {"officer": ["ada", "bo"]}})
    return made.policy().model_copy(
        update={"approvals": ApprovalsFile.model_validate({"rules": rules}), "people": people}
    )


def _asked(body: str, category: str = "mail") -> Approval | None:
    ticket = made.ticket().model_copy(update={"description": body, "subject": "Mailbox"})
    first = ticket.events[0].model_copy(update={"body": body})
    ticket = ticket.model_copy(update={"events": (first, *ticket.events[1:])})
    assessment = Assessment(
        ticket_id=ticket.id,
        at=made.START,
        risk=0,
        reasons=(),
        counterfactual=None,
        category=category,
        urgency=Urgency.NORMAL,
    )
    return approval_for(ticket, _policy(), made.START, assessment, escalation_id="esc", run_id="run")


def test_the_first_rule_that_matches_names_approvers_and_times() -> None:
    approval = _asked("I need full access to the team mailbox.")
    assert approval is not None
    assert (approval.rule, approval.approvers, approval.quorum) == ("db", ("ada", "bo"), 1)
    assert approval.decide_by - approval.requested_at == timedelta(minutes=120)
    assert approval.action.grant_minutes == 60 and approval.action.risk == "Everything can be read."


def test_no_rule_no_approval() -> None:
    assert _asked("Please create a mailbox.") is None
    assert _asked("I need full access.", category="vpn") is None


def test_another_request_is_another_approval() -> None:
    one, other = _asked("I need full access to A."), _asked("I need full access to B.")
    assert one is not None and other is not None
    assert one.content_hash != other.content_hash and one.id != other.id
    assert _asked("I need full access to A.") == one
