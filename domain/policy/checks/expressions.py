"""Expressions of conditions: compiled and checked, and the names they compare with looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from domain.policy.base import When
from domain.policy.checks.issue import Check, Issue, Path, check, did_you_mean, one_of
from domain.policy.checks.references import priorities
from domain.policy.conditions import CONDITIONS
from domain.policy.policy import Policy
from domain.rules.dialect import BadExpression, compile_expression
from domain.rules.tokens import Token, literal, tokens

CODES = {
    "rule-syntax": "an expression is not one in CEL",
    "rule-unknown-name": "an expression names something that is not there",
    "rule-wrong-type": "an expression compares or joins what does not go together",
    "rule-not-a-condition": "an expression gives something else than true or false",
    "rule-constant": "an expression asks nothing about the ticket",
    "rule-too-long": "an expression is too long",
    "rule-too-deep": "an expression is nested too deep",
    "rule-unbounded": "an expression could run long or grow: a macro within a macro, a long list, map, filter",
    "rule-bad-pattern": "the pattern of an expression is not fixed, or not a regular expression in RE2 syntax",
    "rule-unknown-value": "an expression compares with a category, priority, tier or team that there is not",
}

Known = Callable[[Policy], Iterable[str]]


def _with_text(policy: Policy, part: str) -> Iterator[tuple[str, Path, str]]:
    for file, path, when in CONDITIONS[part](policy):
        if when.if_ is not None:
            yield file, (*path, "if"), when.if_


def _expressions(part: str) -> Check:
    def find(policy: Policy) -> Iterator[Issue]:
        for file, path, text in _with_text(policy, part):
            try:
                compile_expression(text)
            except BadExpression as bad:
                for one in bad.problems:
                    yield Issue(one.code, file, path, one.problem, one.mend, offset=one.offset)

    return check(find, part)


def _values(part: str, variable: str, what: str, needs: str, known: Known) -> Check:
    def find(policy: Policy) -> Iterator[Issue]:
        for file, path, text in _with_text(policy, part):
            names = list(known(policy))
            for word in compared_with(tuple(tokens(text)), variable):
                value = literal(word)
                if value is None or value == "" or value in names:
                    continue
                problem, mend = f"there is no {what} {value!r}", did_you_mean(value, names, one_of(names))
                yield Issue("rule-unknown-value", file, path, problem, mend, offset=word.start)

    return check(find, *{part, needs})


def compared_with(words: tuple[Token, ...], variable: str) -> Iterator[Token]:
    """The texts that an expression compares a name with: `name == 'a'`, `'a' != name`, `name in ['a', 'b']`."""
    for place, word in enumerate(words):
        if word.kind != "name" or word.text != variable:
            continue
        before, after = words[max(0, place - 2) : place], words[place + 1 :]
        if len(before) == 2 and before[1].text in ("==", "!=") and before[0].kind == "text":
            yield before[0]
        if len(after) > 1 and after[0].text in ("==", "!=") and after[1].kind == "text":
            yield after[1]
        if len(after) > 1 and (after[0].text, after[1].text) == ("in", "["):
            for listed in after[2:]:
                if listed.text == "]":
                    break
                if listed.kind == "text":
                    yield listed


def same_or_wider(earlier: When, later: When) -> bool:
    """Whether the earlier condition's expression lets everything through that the later one's does."""
    return earlier.if_ is None or earlier.if_ == later.if_


_COMPARED: tuple[tuple[str, str, str, Known], ...] = (
    ("ticket.category", "category", "categories", lambda p: [one.id for one in p.categories.categories]),
    ("ticket.priority", "priority", "slas", priorities),
    ("ticket.tier", "tier", "tiers", lambda p: [one.id.value for one in p.tiers.tiers]),
    ("ticket.team", "team", "teams", lambda p: [one.id for one in p.teams.teams]),
    ("ticket.technician", "technician", "technicians", lambda p: list(p.technician_by_id)),
)

CHECKS: tuple[Check, ...] = (
    *(_expressions(part) for part in CONDITIONS),
    *(_values(part, name, what, needs, known) for part in CONDITIONS for name, what, needs, known in _COMPARED),
)
