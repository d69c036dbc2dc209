"""What conditions ask about a ticket under a policy: its tier, its requester's standing, the requester's words."""

from __future__ import annotations

from domain.asof import standing
from domain.newest import remembered
from domain.policy.policy import Policy
from domain.text.passages import requester_passages
from domain.ticket import Ticket, Tier


@remembered
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
