"""Whether a policy's condition (`when`) holds for a ticket."""

from __future__ import annotations

from collections.abc import Iterable

from domain.asof import standing
from domain.assessment import Assessment
from domain.policy.base import When
from domain.policy.flow import Playbook
from domain.policy.policy import Policy
from domain.text.passages import requester_passages
from domain.text.words import holds_word
from domain.ticket import Ticket, Tier


def holds(when: When, ticket: Ticket, policy: Policy, assessment: Assessment, *, tier: str | None = None) -> bool:
    """Whether every given line of the condition holds for the (cut) ticket as assessed.

    `tier` is the tier asked about; by default the one the ticket is in. Words are not checked for denial here: a
    condition that asks for an approval must rather hold once too often.
    """
    now = standing(ticket)
    requester_role = ticket.requester.role if ticket.requester else None
    return (
        _one_of(when.category, assessment.category)
        and _one_of(when.priority, now.priority or policy.slas.default_priority)
        and _one_of(when.tier, tier or current_tier(ticket, policy))
        and _one_of(when.type, ticket.type)
        and _one_of(when.service, ticket.service)
        and _one_of(when.requester_role, requester_role)
        and (when.risk_at_least is None or assessment.risk >= when.risk_at_least)
        and (when.vip is None or when.vip == is_vip(ticket, policy))
        and (not when.any_words or holds_word(own_words(ticket), when.any_words))
    )


def playbook_for(ticket: Ticket, policy: Policy, assessment: Assessment) -> Playbook | None:
    """The first playbook whose condition holds."""
    return next((one for one in policy.playbooks if holds(one.when, ticket, policy, assessment)), None)


def current_tier(ticket: Ticket, policy: Policy) -> Tier:
    """The tier the ticket is in: as its events say, else that of its team, else the lowest."""
    now = standing(ticket)
    known = {rule.id.value: rule.id for rule in policy.tiers.tiers}
    if now.tier in known:
        return known[now.tier]
    team = policy.team(now.team)
    return team.tier if team else min(known.values(), key=list(Tier).index)


def is_vip(ticket: Ticket, policy: Policy) -> bool:
    """Whether the helpdesk or the policy counts the requester as a VIP."""
    requester = ticket.requester
    return requester is not None and (bool(requester.vip) or policy.is_vip(requester.id, requester.email))


def own_words(ticket: Ticket) -> str:
    """Everything the requester wrote themselves, as one text."""
    return "\n".join(passage.own_text for passage in requester_passages(ticket))


def _one_of(wanted: Iterable[str], value: str | None) -> bool:
    names = {one.casefold() for one in wanted}
    return not names or (value is not None and value.casefold() in names)
