"""The examples (`tests:`) of a policy come out as they say. They run once nothing else is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from domain.policy.checks.issue import Check, Issue, Path, check, did_you_mean, one_of
from domain.policy.examples import RuleTest
from domain.policy.policy import Policy
from domain.rules.examples import failed_examples

CODES = {
    "test-expects-nobody": "an example expects an id that its file does not have",
    "test-failed": "an example (`tests:`) comes out otherwise than it says",
    "test-sets-unknown": "an example looks at something that a rule does not set",
}
SETS = ("to_tier", "priority", "status", "queue", "sla_target", "tags")


def _expected(file: str, tests: Iterable[RuleTest], ids: Iterable[str]) -> Iterator[Issue]:
    known = list(ids)
    for place, test in enumerate(tests):
        for name in test.expect:
            if name not in known:
                path: Path = ("tests", place, "expect")
                mend = did_you_mean(name, known, one_of([*known, "none"]))
                yield Issue("test-expects-nobody", file, path, f"there is no {name!r} in {file}", mend)


def _escalation(policy: Policy) -> Iterator[Issue]:
    yield from _expected("escalation.yaml", policy.escalation.tests, (one.id for one in policy.escalation.rules))
    levels = [one.id for one in policy.escalation.levels]
    for place, test in enumerate(policy.escalation.tests):
        for name in test.levels or ():
            if name not in levels:
                mend = did_you_mean(name, levels, one_of([*levels, "none"]))
                at: Path = ("tests", place, "levels")
                yield Issue("test-expects-nobody", "escalation.yaml", at, f"there is no level {name!r}", mend)
        for name in test.sets:
            if name not in SETS:
                path: Path = ("tests", place, "sets", name)
                mend = did_you_mean(name, SETS, one_of(SETS))
                yield Issue("test-sets-unknown", "escalation.yaml", path, f"a rule sets no {name!r}", mend, at_key=True)


def _playbooks(policy: Policy) -> Iterator[Issue]:
    for book in policy.playbooks:
        yield from _expected(f"playbooks/{book.id}.yaml", book.tests, (book.id,))


def failing_tests(policy: Policy) -> Iterator[Issue]:
    """The examples of a policy without other mistakes that come out otherwise than they say."""
    for one in failed_examples(policy):
        mend = "mend the rule, or what the example expects"
        yield Issue("test-failed", one.file, one.path, f"{one.name!r}: {one.problem}", mend)


CHECKS: tuple[Check, ...] = (
    check(_escalation, "escalation"),
    check(lambda p: _expected("forms.yaml", p.forms.tests, (one.id for one in p.forms.forms)), "forms"),
    check(lambda p: _expected("approvals.yaml", p.approvals.tests, (one.id for one in p.approvals.rules)), "approvals"),
    check(
        lambda p: _expected("notifications.yaml", p.notifications.tests, (one.id for one in p.notifications.rules)),
        "notifications",
    ),
    check(_playbooks, "playbooks"),
)
