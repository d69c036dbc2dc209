"""Which approval a ticket needs before it goes on, if any, and what a change of the request does to it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.approval import REQUESTER, Approval, ApprovalAction
from domain.asof import standing
from domain.assessment import Assessment
from domain.base import derived_id
from domain.context import Context
from domain.delegation import Delegation, Roll, delegates_of, roll_call
from domain.matching import holds, playbook_for
from domain.policy.policy import Policy
from domain.policy.signing import ApprovalRule
from domain.requested import asked_later, fact_values, request_as_changed, telling_events
from domain.ticket import Ticket


@dataclass(frozen=True)
class Asking:
    """What is known besides the ticket when an approval is asked for."""

    facts: Mapping[str, str] = field(default_factory=dict)
    """Field → value, as gathered."""
    assignee: str | None = None
    """The technician who would carry it out."""
    before: Approval | None = None
    """The approval whose votes a change of the request made void."""
    delegations: tuple[Delegation, ...] = ()
    """Those made at run time."""


def facts_of(context: Context | None) -> dict[str, str]:
    """The gathered facts by field."""
    return {fact.field: fact.value for fact in context.facts} if context else {}


def approval_for(
    ticket: Ticket, policy: Policy, at: datetime, assessment: Assessment, *, escalation_id: str, run_id: str,
    asking: Asking | None = None,
) -> Approval | None:  # fmt: skip
    """The approval that the first matching rule wants; none when no rule matches. Each run asks for its own.

    The action carries the request, its facts and its risk as the approver sees them, so that any change of them
    voids the votes. Once a run has asked, it stays asked: a change can alter the rule, never drop it.
    """
    known = asking or Asking()
    before = known.before
    facts = fact_values(ticket, policy, known.facts, before)
    rule = _rule(ticket, policy, assessment, facts)
    if rule is None and before is not None:
        rule = next((one for one in policy.approvals.rules if one.id == before.rule), None)
    if rule is None:
        return None
    later = asked_later(ticket, policy, rule, before) if before else ()
    action = action_of(rule, ticket, facts, later)
    barred = _barred(rule, ticket, policy, known.assignee)
    roll = roll_call(policy, at, known.delegations)
    approvers = _asked(policy, rule.approvers, barred, roll)
    alternates = _asked(policy, rule.alternates, {**barred, **dict.fromkeys(approvers, "")}, roll)
    there = [one for one in approvers if _reachable(one, roll, rule, at, barred)]
    return Approval(
        id=derived_id("apr", escalation_id, run_id, rule.id, action.hash, *((before.id,) if before else ())),
        escalation_id=escalation_id,
        rule=rule.id,
        action=action,
        content_hash=action.hash,
        approvers=approvers,
        quorum=rule.quorum,
        requested_at=at,
        decide_by=at + timedelta(minutes=rule.decide_within),
        alternates=alternates,
        alternates_joined_at=at if alternates and len(there) < rule.quorum else None,
        remind_at=_after(at, rule.remind_after),
        alternate_at=_after(at, rule.alternate_after) if alternates else None,
        barred=barred,
        separation=rule.separation,
        replaces=before.id if before else None,
        known_events=telling_events(ticket),
        facts=facts,
        later=later,
        warn_before=min(rule.warn_before, rule.grant_for // 2) if rule.grant_for else None,
        revoke_within=rule.revoke_within,
    )


def action_of(
    rule: ApprovalRule, ticket: Ticket, facts: Mapping[str, str], later: tuple[str, ...] = ()
) -> ApprovalAction:
    """What is asked for, exactly: the rule's action and risk, the request in the requester's words, and its facts."""
    return ApprovalAction(
        action=rule.action,
        ticket_id=ticket.id,
        requester=ticket.requester_id,
        parameters={
            **{name: facts.get(name, "unknown") for name in rule.parameters},
            "request": "\n".join((request_as_changed(ticket), *(f"Later: {text}" for text in later))),
            "rule": rule.id,
        },
        risk=rule.risk,
        grant_minutes=rule.grant_for,
    )


def changed(approval: Approval, ticket: Ticket, policy: Policy, assessment: Assessment) -> bool:
    """Whether the ticket, as it stands by now, asks for something else than what was put to the approvers."""
    facts = fact_values(ticket, policy, {}, approval)
    rule = _rule(ticket, policy, assessment, facts)
    rule = rule or next((one for one in policy.approvals.rules if one.id == approval.rule), None)
    if rule is None:
        return True
    now = action_of(rule, ticket, facts, asked_later(ticket, policy, rule, approval))
    return now.hash != approval.content_hash


def kept_apart(approval: Approval, ticket: Ticket) -> dict[str, str]:
    """Who may not decide as the ticket stands by now, besides those who were barred from the start."""
    holder = standing(ticket).technician
    return {holder: "holds the ticket"} if holder and "owner" in approval.separation else {}


def told_of(approval: Approval, roll: Roll, at: datetime, seats: Iterable[str]) -> tuple[str, ...]:
    """Everybody to tell about the seats: the approvers who are there, and whoever may speak for them."""
    speakers = approval.speakers(roll, at)
    found = [one for seat in seats for one in speakers.get(seat, {})]
    return tuple(dict.fromkeys(found))


def _rule(ticket: Ticket, policy: Policy, assessment: Assessment, facts: Mapping[str, str]) -> ApprovalRule | None:
    # A condition that cannot be evaluated demands the approval: what is signed once too often does no harm.
    rules = policy.approvals.rules
    fitting = (one for one in rules if _fits(one, facts))
    found = next((one for one in fitting if holds(one.when, ticket, policy, assessment, on_failure=True)), None)
    book = playbook_for(ticket, policy, assessment) if found is None else None
    return next((one for one in rules if book and one.id in book.approvals), None) if found is None else found


def _fits(rule: ApprovalRule, facts: Mapping[str, str]) -> bool:
    """Whether the facts are as the rule wants them; one that is not known counts as any value."""
    return all(
        name not in facts or facts[name].casefold() in {value.casefold() for value in values}
        for name, values in rule.facts.items()
    )


def _barred(rule: ApprovalRule, ticket: Ticket, policy: Policy, assignee: str | None) -> dict[str, str]:
    barred: dict[str, str] = {}
    owner = standing(ticket).technician
    if owner and "owner" in rule.separation:
        barred[owner] = "holds the ticket"
    if assignee and "assignee" in rule.separation:
        barred[assignee] = "would carry it out"
    return barred | dict.fromkeys(_requester_ids(ticket, policy), REQUESTER)


def _requester_ids(ticket: Ticket, policy: Policy) -> set[str]:
    """Every id under which the policy knows the requester: by id, or by mail address."""
    requester = ticket.requester
    if requester is None:
        return set()
    id, email = (requester.id or "").casefold(), (requester.email or "").casefold()
    people = policy.somebody.values()
    return {one.id for one in people if one.id == id or one.email.casefold() in {id, email}}


def _asked(policy: Policy, role: str | None, barred: Mapping[str, str], roll: Roll) -> tuple[str, ...]:
    """The holders of a role who may be asked at all."""
    holders = policy.holders(role) if role else ()
    return tuple(one.id for one in holders if one.id not in barred and one.id not in roll.gone)


def _reachable(person: str, roll: Roll, rule: ApprovalRule, at: datetime, barred: Mapping[str, str]) -> bool:
    """Whether somebody can speak for the approver now: they are not on leave, or a delegate is there."""
    if person not in roll.away:
        return True
    others = delegates_of(person, roll.delegations, rule.id, at, set(barred))
    return any(one not in roll.away and one not in roll.gone for one in others)


def _after(at: datetime, minutes: int | None) -> datetime | None:
    return at + timedelta(minutes=minutes) if minutes is not None else None
