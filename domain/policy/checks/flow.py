"""Forms that can find what they look for, and approvals that enough people can give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from domain.errors import BadInput
from domain.policy.checks.identity import repeated
from domain.policy.checks.issue import Check, Issue, Path, check
from domain.policy.checks.rules import can_meet
from domain.policy.forms import Form, FormField
from domain.policy.policy import Policy
from domain.text.patterns import compile_pattern

CODES = {
    "field-twice": "a form asks for the same field twice",
    "field-differs": "two forms ask the same tickets for one field in different words",
    "bad-pattern": "a pattern is not a regular expression in RE2 syntax",
    "pattern-too-long": "a pattern is longer than 500 characters",
    "pattern-matches-nothing": "a pattern is found in an empty text, so it is found everywhere",
    "value-without-words": "a value of a form field has no words, so it is never found",
    "quorum-too-large": "an approval needs more people than hold the role",
}

LONGEST_PATTERN = 500


def _fields(policy: Policy) -> Iterator[tuple[Path, Form, FormField]]:
    for place, form in enumerate(policy.forms.forms):
        for index, field in enumerate(form.fields):
            yield ("forms", place, "fields", index), form, field


def _asked_twice(policy: Policy) -> Iterator[Issue]:
    for place, form in enumerate(policy.forms.forms):
        for index, first, name in repeated(field.id for field in form.fields):
            yield Issue(
                "field-twice", "forms.yaml", ("forms", place, "fields", index, "id"),
                f"form {form.id!r} asks for {name!r} as its field {first + 1} already", "remove one of the two",
            )  # fmt: skip


def _asked_differently(policy: Policy) -> Iterator[Issue]:
    earlier: dict[str, list[tuple[Form, FormField]]] = defaultdict(list)
    for path, form, field in _fields(policy):
        for other_form, other in earlier[field.id]:
            differs = (other.label, other.question) != (field.label, field.question)
            if other_form is not form and differs and can_meet(other_form.when, form.when):
                yield Issue(
                    "field-differs", "forms.yaml", (*path, "id"),
                    f"form {other_form.id!r} asks the same tickets for {field.id!r} as {other.question!r}",
                    "use the same label and question, or another id",
                )  # fmt: skip
                break
        earlier[field.id].append((form, field))


def _patterns(policy: Policy) -> Iterator[Issue]:
    for path, _, field in _fields(policy):
        for index, pattern in enumerate(field.patterns):
            yield from _pattern((*path, "patterns", index), pattern)
        for value, words in field.words.items():
            if not any(word.strip(" *") for word in words):
                yield Issue(
                    "value-without-words", "forms.yaml", (*path, "words", value),
                    f"the value {value!r} has no words", "name words that mean it, or remove the value",
                )  # fmt: skip


def _pattern(path: Path, pattern: str) -> Iterator[Issue]:
    if len(pattern) > LONGEST_PATTERN:
        yield Issue(
            "pattern-too-long", "forms.yaml", path, f"the pattern has {len(pattern)} characters",
            f"write it in {LONGEST_PATTERN} characters, or as several patterns",
        )  # fmt: skip
        return
    try:
        compiled = compile_pattern(pattern)
    except BadInput as error:
        yield Issue("bad-pattern", "forms.yaml", path, error.message, error.mend)
        return
    if next(iter(compiled.finditer("")), None) is not None:
        yield Issue(
            "pattern-matches-nothing", "forms.yaml", path, f"the pattern {pattern!r} matches an empty text",
            "make at least one character of it obligatory (+ in place of *)",
        )  # fmt: skip


def _quorums(policy: Policy) -> Iterator[Issue]:
    for place, rule in enumerate(policy.approvals.rules):
        holders = policy.people.roles.get(rule.approvers, ())
        if holders and len(set(holders)) < rule.quorum:
            yield Issue(
                "quorum-too-large", "approvals.yaml", ("rules", place, "quorum"),
                f"{rule.quorum} must agree but {len(set(holders))} hold the role {rule.approvers!r}",
                "lower the quorum or add holders to the role in people.yaml",
            )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    check(_asked_twice, "forms"),
    check(_asked_differently, "forms"),
    check(_patterns, "forms"),
    check(_quorums, "approvals", "people"),
)
