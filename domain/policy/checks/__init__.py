"""What can be wrong between the parts of a policy; each part alone has been read without a mistake."""

from __future__ import annotations

from collections.abc import Iterator, Set

from domain.policy.checks import (
    examples,
    expressions,
    flow,
    forms,
    hours,
    identity,
    learning,
    leaving,
    levels,
    outbreaks,
    playbooks,
    references,
    rules,
    signing,
    sla,
    staff,
    telling,
)
from domain.policy.checks.issue import Check, Issue
from domain.policy.policy import Policy

__all__ = ["CHECKS", "CODES", "Check", "Issue", "find_issues"]

_MODULES = (
    identity, references, staff, hours, sla, rules, flow, forms, signing, leaving, expressions, examples, telling,
    outbreaks, learning, levels, playbooks,
)  # fmt: skip

CHECKS: tuple[Check, ...] = tuple(check for module in _MODULES for check in module.CHECKS)
CODES: dict[str, str] = {code: text for module in _MODULES for code, text in module.CODES.items()}
"""Code → the kind of mistake."""


def find_issues(policy: Policy, parts: Set[str]) -> Iterator[Issue]:
    """The issues of those checks whose parts were all read; the other parts of `policy` are never touched.

    The policy's own examples run when every part was read and nothing else is wrong.
    """
    sound = parts >= set(Policy.model_fields)
    for check in CHECKS:
        if check.needs <= parts:
            for issue in check.find(policy):
                sound = False
                yield issue
    if sound:
        yield from examples.failing_tests(policy)
