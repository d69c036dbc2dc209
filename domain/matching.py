"""Whether a policy's condition (`when`) holds for a ticket."""

from __future__ import annotations

from collections.abc import Collection

from domain.about import current_tier, is_vip, own_words
from domain.asof import standing
from domain.assessment import Assessment
from domain.policy.base import When
from domain.policy.playbooks import Playbook
from domain.policy.policy import Policy
from domain.rules.context import facts_on
from domain.rules.evaluating import truth
from domain.text.words import holds_word
from domain.ticket import Ticket

__all__ = ["current_tier", "holds", "is_vip", "own_words", "playbook_by_rule", "playbook_for"]


def holds(
    when: When, ticket: Ticket, policy: Policy, assessment: Assessment, *, tier: str | None = None,
    on_failure: bool = False,
) -> bool:  # fmt: skip
    """Whether every given line of the condition holds for the (cut) ticket as assessed.

    `tier` is the tier asked about; by default the one the ticket is in. Words are not checked for denial here: a
    condition that asks for an approval must rather hold once too often. `on_failure` is what an `if` counts as that
    cannot be evaluated: a rule that demands an approval counts as holding, every other as not holding.
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
        and (when.if_ is None or truth(when.if_, facts_on(ticket, policy, assessment, tier), on_failure=on_failure))
    )


def playbook_for(ticket: Ticket, policy: Policy, assessment: Assessment) -> Playbook | None:
    """The playbook that triage found for the ticket; else the first, by order, whose condition holds."""
    if assessment.playbook is not None:
        return next((one for one in policy.playbooks if one.id == assessment.playbook.id), None)
    return playbook_by_rule(ticket, policy, assessment)


def playbook_by_rule(ticket: Ticket, policy: Policy, assessment: Assessment) -> Playbook | None:
    """The first playbook, by order and id, whose condition holds."""
    ordered = sorted(policy.playbooks, key=lambda one: (one.order, one.id))
    fitting = (one for one in ordered if one.when is not None and holds(one.when, ticket, policy, assessment))
    return next(fitting, None)


def _one_of(wanted: Collection[str], value: str | None) -> bool:
    return not wanted or (value is not None and value.casefold() in {one.casefold() for one in wanted})
