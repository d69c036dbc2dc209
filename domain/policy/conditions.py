"""Where the conditions of a policy stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from domain.policy.base import When
from domain.policy.policy import Policy

Path = tuple[str | int, ...]


def _escalation(policy: Policy) -> Iterator[tuple[str, Path, When]]:
    file = policy.escalation
    for place, rule in enumerate(file.rules):
        yield "escalation.yaml", ("rules", place, "when"), rule.when
    for place, level in enumerate(file.levels):
        yield "escalation.yaml", ("levels", place, "when"), level.when
    if file.de_escalate is not None:
        yield "escalation.yaml", ("de_escalate", "when"), file.de_escalate.when


Conditions = Callable[[Policy], Iterable[tuple[str, Path, When]]]


def _of_forms(policy: Policy) -> Iterator[tuple[str, Path, When]]:
    """Of every form, and of its fields."""
    for place, form in enumerate(policy.forms.forms):
        yield "forms.yaml", ("forms", place, "when"), form.when
        for index, field in enumerate(form.fields):
            yield "forms.yaml", ("forms", place, "fields", index, "when"), field.when


CONDITIONS: dict[str, Conditions] = {
    "escalation": _escalation,
    "forms": _of_forms,
    "approvals": lambda p: (
        ("approvals.yaml", ("rules", place, "when"), rule.when) for place, rule in enumerate(p.approvals.rules)
    ),
    "notifications": lambda p: (
        ("notifications.yaml", ("rules", place, "when"), rule.when) for place, rule in enumerate(p.notifications.rules)
    ),
    "playbooks": lambda p: ((f"playbooks/{book.id}.yaml", ("when",), book.when) for book in p.playbooks if book.when),
}
"""Where conditions stand: part of the policy → file, path and condition of each."""
