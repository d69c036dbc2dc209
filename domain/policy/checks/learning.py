"""What may be learned: names that stand once, and features that are not both wanted and left out."""

from __future__ import annotations

from collections.abc import Iterator

from domain.policy.checks.identity import repeated
from domain.policy.checks.issue import Check, Issue, Path, check
from domain.policy.policy import Policy

FILE = "learning.yaml"
CODES = {
    "learning-twice": "a target or a feature stands twice in a list of learning.yaml",
    "feature-left-out-and-required": "a feature is both left out and required",
}


def _twice(policy: Policy) -> Iterator[Issue]:
    rules = policy.learning
    for key, names in (("targets", rules.targets), ("leave_out", rules.leave_out), ("require", rules.require)):
        for index, _, name in repeated(names):
            path: Path = (key, index)
            yield Issue("learning-twice", FILE, path, f"{name!r} stands twice", "remove one of the two")


def _both(policy: Policy) -> Iterator[Issue]:
    for index, name in enumerate(policy.learning.require):
        if name in policy.learning.leave_out:
            yield Issue(
                "feature-left-out-and-required", FILE, ("require", index),
                f"{name!r} is required, but `leave_out` forbids it", "remove it from one of the two lists",
            )  # fmt: skip


CHECKS: tuple[Check, ...] = (check(_twice, "learning"), check(_both, "learning"))
