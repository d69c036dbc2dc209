"""Nobody who has left is counted on as a lead or a delegate."""

from __future__ import annotations

from collections.abc import Iterator

from domain.policy.checks.issue import Check, Issue, check
from domain.policy.policy import Policy

CODES = {
    "lead-left": "somebody who has left still leads a tier or a team",
    "delegate-left": "a delegation goes on after the one who decides instead has left",
}


def _leads(policy: Policy) -> Iterator[Issue]:
    tiers = [("tiers", place, str(one.id), one.lead) for place, one in enumerate(policy.tiers.tiers)]
    teams = [("teams", place, str(one.id), one.lead) for place, one in enumerate(policy.teams.teams)]
    for part, place, led, name in tiers + teams:
        lead = policy.somebody.get(name)
        if lead is not None and lead.left is not None:
            yield Issue(
                "lead-left", f"{part}.yaml", (part, place, "lead"),
                f"{name!r} is gone from {lead.left.isoformat()} on and still leads {led!r}",
                "name who leads it instead",
            )  # fmt: skip


def _delegates(policy: Policy) -> Iterator[Issue]:
    for place, rule in enumerate(policy.people.delegations):
        delegate = policy.somebody.get(rule.to)
        if delegate is not None and delegate.left is not None and delegate.left <= rule.last:
            yield Issue(
                "delegate-left", "people.yaml", ("delegations", place, "to"),
                f"{rule.to!r} is gone from {delegate.left.isoformat()} on, the delegation lasts until "
                f"{rule.last.isoformat()}",
                "name somebody who is there, or end the delegation before that day",
            )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    check(_leads, "tiers", "teams", "people", "technicians"),
    check(_delegates, "people", "technicians"),
)
