"""What policy makes of an assessment. Pure: the same assessment, ticket and policy always give the same decision.

A duplicate is linked. A ticket goes up when its risk reaches the line, when the requester declared it, or when its
category is urgent; not while an escalation is open, not again within the cooldown, and never twice for one cause.
Everything else is watched.
Text that speaks to software plays no part here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from domain.asof import standing
from domain.assessment import Action, Assessment, Decision
from domain.base import content_hash, derived_id
from domain.duplicates import already_linked
from domain.matching import current_tier, holds
from domain.matrix import Matrix, causes
from domain.passed import Cause
from domain.policy.judgement import EscalationRule
from domain.policy.policy import Policy
from domain.rules.failures import rule_failures
from domain.sla.lines import local_time, next_sla_moment
from domain.ticket import Ticket, Tier

STOPPED = "Two automations change this ticket in turn; a person has to act first."


def decide(
    assessment: Assessment,
    ticket: Ticket,
    policy: Policy,
    at: datetime,
    *,
    last_escalation_ended: datetime | None,
    has_open_escalation: bool,
    matrix: Matrix | None = None,
    levels: tuple[Cause, ...] = (),
    stopped: bool = False,
) -> Decision:
    """The decision for a ticket that is cut at `at`.

    `matrix` tells which causes have led to an escalation already (none of them when left out), `levels` which levels
    call for one, `stopped` that another automation answers our changes, so that a person has to act first.
    """
    known = matrix or Matrix(ticket_id=ticket.id)
    found = (*causes(assessment, ticket, policy, at, known), *levels)
    decision = _decided(
        assessment, ticket, policy, at, tuple(one for one in found if one.key not in known.spent), found=bool(found),
        ended=last_escalation_ended, open_=has_open_escalation, stopped=stopped,
    )  # fmt: skip
    return decision.model_copy(
        update={
            "causes": tuple(dict.fromkeys(one.key for one in found)),
            "rule_failures": rule_failures(ticket, policy, assessment),
        }
    )


def _decided(
    assessment: Assessment, ticket: Ticket, policy: Policy, at: datetime, fresh: tuple[Cause, ...], *, found: bool,
    ended: datetime | None, open_: bool, stopped: bool,
) -> Decision:  # fmt: skip
    calls = _sentences(fresh)
    if not standing(ticket).open:
        return _watch(assessment, ticket, policy, at, ("The ticket is resolved.",))
    if already_linked(ticket):
        return _watch(assessment, ticket, policy, at, ("The ticket is already linked as a duplicate.",))
    if assessment.duplicate_of is not None:
        why = (f"It repeats {assessment.duplicate_of}, which is open.", *calls)
        return _made(Action.LINK_DUPLICATE, assessment, policy, at, why)
    if stopped:
        return _watch(assessment, ticket, policy, at, (STOPPED, *calls))
    if open_:
        return _watch(assessment, ticket, policy, at, ("An escalation of this ticket is open.", *calls))
    if found and not fresh:
        return _watch(assessment, ticket, policy, at, ("What calls for an escalation has led to one already.",))
    if not fresh:
        why = (f"Risk {assessment.risk} is below {policy.risk.at_risk_from}{_band(assessment, policy)}.",)
        return _watch(assessment, ticket, policy, at, why)
    rest = _rest_until(policy, ended)
    if rest is not None and at < rest:
        quiet = f"An escalation ended lately; the ticket rests until {local_time(rest, policy, at)}."
        return _watch(assessment, ticket, policy, at, (quiet, *calls), rest=rest)
    return _escalate(assessment, ticket, policy, at, calls)


def _sentences(fresh: tuple[Cause, ...]) -> tuple[str, ...]:
    """What calls for an escalation, as people read it. The SLA line behind a risk is named when it is what is new."""
    risk = any(one.key.startswith("risk:") for one in fresh)
    return tuple(dict.fromkeys(one.why for one in fresh if not (risk and one.key.startswith("sla:"))))


def rule_for(ticket: Ticket, policy: Policy, assessment: Assessment) -> EscalationRule | None:
    """The escalation rule that speaks for the (cut) ticket as assessed: the first whose condition holds."""
    return next((one for one in policy.escalation.rules if holds(one.when, ticket, policy, assessment)), None)


def what_is_set(assessment: Assessment, ticket: Ticket, policy: Policy) -> dict[str, str]:
    """What an escalation of the ticket would set, as texts: `to_tier`, `priority`, `status`, `tags`."""
    made = _escalate(assessment, ticket, policy, assessment.at, ())
    values = {
        "to_tier": made.to_tier,
        "priority": made.priority,
        "status": made.status,
        "queue": made.queue,
        "sla_target": made.sla_target,
        "tags": ", ".join(made.tags),
    }
    return {name: value for name, value in values.items() if value}


def _escalate(assessment: Assessment, ticket: Ticket, policy: Policy, at: datetime, calls: tuple[str, ...]) -> Decision:
    tier = current_tier(ticket, policy)
    rule = rule_for(ticket, policy, assessment)
    to_tier = _tier_above(tier, rule, policy)
    by = f"Rule {rule.id}" if rule else "No escalation rule matches; one tier up"
    step = f"from {tier.value} to {to_tier.value}" if to_tier != tier else f"stays in {tier.value}, the last tier"
    return _made(
        Action.ESCALATE, assessment, policy, at, (*calls, f"{by}: {step}."),
        to_tier=to_tier.value, priority=_raised(rule, ticket, policy), status=rule.status if rule else None,
        queue=rule.queue if rule else None, sla_target=rule.sla_target if rule else None,
        tags=tuple(dict.fromkeys((*assessment.tags, *(rule.tags if rule else ())))),
        rule=rule.id if rule else None,
    )  # fmt: skip


def _tier_above(tier: Tier, rule: EscalationRule | None, policy: Policy) -> Tier:
    """The rule's tier, never below the present one, and one up (if there is one) when the ticket is there already."""
    order = sorted((one.id for one in policy.tiers.tiers), key=list(Tier).index)
    here = order.index(tier)
    wanted = order.index(rule.to_tier) if rule and rule.to_tier in order else here
    return order[wanted] if wanted > here else order[min(here + 1, len(order) - 1)] if wanted == here else tier


def _raised(rule: EscalationRule | None, ticket: Ticket, policy: Policy) -> str | None:
    """The rule's priority, unless the ticket has a higher one already (a shorter time to resolve)."""
    if rule is None or rule.priority is None:
        return None
    now = policy.slas.of_priority(standing(ticket).priority or policy.slas.default_priority)
    wanted = policy.slas.of_priority(rule.priority)
    return None if now is not None and wanted is not None and now.resolution < wanted.resolution else rule.priority


def _rest_until(policy: Policy, ended: datetime | None) -> datetime | None:
    return ended + timedelta(minutes=policy.escalation.cooldown) if ended else None


def _band(assessment: Assessment, policy: Policy) -> str:
    return ", in the band to keep an eye on" if assessment.risk >= policy.risk.monitor_from else ""


def _watch(
    assessment: Assessment,
    ticket: Ticket,
    policy: Policy,
    at: datetime,
    why: tuple[str, ...],
    rest: datetime | None = None,
) -> Decision:
    """Watching: looked at again at the next SLA line, after the usual pause, or when its rest ends."""
    look = None
    if standing(ticket).open:
        pause = at + timedelta(minutes=policy.escalation.look_again_after)
        moments = (next_sla_moment(ticket, policy, at), pause, rest)
        look = min(moment for moment in moments if moment is not None)
    return _made(Action.WATCH, assessment, policy, at, why, look_again_at=look)


def _made(
    action: Action,
    assessment: Assessment,
    policy: Policy,
    at: datetime,
    why: tuple[str, ...],
    *,
    to_tier: str | None = None,
    priority: str | None = None,
    status: str | None = None,
    queue: str | None = None,
    sla_target: str | None = None,
    tags: tuple[str, ...] = (),
    rule: str | None = None,
    look_again_at: datetime | None = None,
) -> Decision:
    # What only stands beside the risk decides nothing, so it makes no other decision either.
    opinion = content_hash(assessment.model_dump(mode="json", exclude={"learned", "observed"}))
    moment = at.astimezone(UTC).isoformat()
    return Decision(
        id=derived_id("dec", assessment.ticket_id, moment, action.value, policy.stamp, opinion),
        ticket_id=assessment.ticket_id, at=at, action=action, risk=assessment.risk,
        threshold=policy.risk.at_risk_from, why=why, to_tier=to_tier, priority=priority, status=status, queue=queue,
        sla_target=sla_target,
        tags=tags, rule=rule, look_again_at=look_again_at, policy=policy.stamp,
    )  # fmt: skip
