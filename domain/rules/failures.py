"""Which of a policy's expressions cannot be evaluated on a ticket: found on purpose, so that none fails in silence."""

from __future__ import annotations

from domain.assessment import Assessment, RuleFailure
from domain.errors import BadInput
from domain.policy.conditions import CONDITIONS
from domain.policy.policy import Policy
from domain.rules.context import facts_on
from domain.rules.evaluating import evaluate
from domain.ticket import Ticket


def rule_failures(ticket: Ticket, policy: Policy, assessment: Assessment) -> tuple[RuleFailure, ...]:
    """Every expression of the policy that fails on the (cut) ticket as assessed, in the order of the files."""
    facts = facts_on(ticket, policy, assessment, None)
    failed = []
    for conditions in CONDITIONS.values():
        for file, path, when in conditions(policy):
            if when.if_ is None:
                continue
            try:
                evaluate(when.if_, facts)
            except BadInput as error:
                key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in (*path, "if"))
                failed.append(RuleFailure(file=file, key=key.lstrip("."), error=error.message))
    return tuple(failed)
