"""Evaluating a compiled expression on a ticket. A rule that fails counts as it is told to, and is never silent."""

from __future__ import annotations

from domain.errors import BadInput
from domain.rules.context import Facts
from domain.rules.dialect import compile_expression


class RuleFailed(BadInput):
    """An expression that was well-formed could not be evaluated on this ticket."""

    code = "rule_failed"


def evaluate(expression: str, facts: Facts) -> bool:
    """Whether the expression holds. Raises `RuleFailed` with the reason, and `BadExpression` when it is not one."""
    known = facts.answers.get(expression)
    if known is not None:
        return known
    compiled = compile_expression(expression)
    given = {name: facts.value(name) for name in compiled.names}
    try:
        value = compiled.program.eval(data=given).plain_value()
    except RuntimeError as error:
        raise RuleFailed(_reason(str(error)), mend="mend the expression in the policy") from error
    # An error of an expression comes back as its value, not as an exception.
    if not isinstance(value, bool):
        raise RuleFailed(_reason(str(value)), mend="mend the expression in the policy")
    facts.answers[expression] = value
    return value


def truth(expression: str, facts: Facts, *, on_failure: bool) -> bool:
    """Whether the expression holds; `on_failure` when it cannot be evaluated (`domain.rules.failures` tells which)."""
    try:
        return evaluate(expression, facts)
    except BadInput:
        return on_failure


def _reason(text: str) -> str:
    """CEL's own words without its status code."""
    return text.partition(": ")[2].removesuffix("]").split(" [")[0] or text
