"""What CEL's checker complains of, in the words of whoever wrote the rule, with what mends it."""

from __future__ import annotations

import re
from difflib import get_close_matches

from domain.rules.context import VARIABLES
from domain.text.nearest import did_you_mean

FUNCTIONS = (
    "contains", "startsWith", "endsWith", "matches", "size", "exists", "all", "exists_one", "int", "double", "string",
    "timestamp", "duration", "getHours", "getMinutes", "getDayOfWeek", "getDate", "getMonth", "getFullYear",
)  # fmt: skip
_UNKNOWN = re.compile(r"undeclared reference to '([^']*)'")
_OVERLOAD = re.compile(r"found no matching overload for '([^']*)' applied to '(.*)'")
_SYNTAX = re.compile(r"Syntax error: (.*)")
_TYPES = {
    "string": "text", "int": "a whole number", "double": "a decimal number", "bool": "true or false",
    "list(string)": "a list of texts", "timestamp": "a moment", "duration": "a length of time",
    "google.protobuf.Timestamp": "a moment", "google.protobuf.Duration": "a length of time",
}  # fmt: skip


def mend_of_refusal(expression: str, offset: int, text: str) -> tuple[str, int, str, str]:
    """Code, place of the word concerned, problem and mend of one complaint at `offset`."""
    if unknown := _UNKNOWN.search(text):
        return _unknown_name(expression, offset, unknown.group(1))
    if overload := _OVERLOAD.search(text):
        operator, kinds = overload.group(1).strip("_").replace("_", " "), overload.group(2).strip("()")
        sides = [_TYPES.get(kind.strip(), kind.strip()) for kind in re.split(r",\s*(?![^(]*\))", kinds)]
        problem = f"{operator.strip('@') or operator!r} does not take {' and '.join(sides)}"
        return "rule-wrong-type", offset, problem, _type_mend(operator, kinds)
    if syntax := _SYNTAX.search(text):
        wrong = syntax.group(1).split(" expecting ")[0].replace("'<EOF>'", "the end")
        mend = "compare with ==" if "at: '= " in wrong else "check quotes, brackets and operators here"
        return "rule-syntax", offset, f"not an expression: {wrong}", mend
    return "rule-syntax", offset, text, "see docs/reference/rules.md"


def _type_mend(operator: str, kinds: str) -> str:
    if operator.strip() == "+":
        return "texts and lists are not joined in a rule; compare each by itself"
    if "double" in kinds and "int" in kinds:
        return "write whole numbers without a point, as in risk >= 60"
    if operator.strip() in ("&&", "||", "!", "? :"):
        return "both sides must be true or false: compare each, as in risk >= 60 && requester.vip"
    return "compare text with 'text', numbers with numbers, lists with `in`"


def _unknown_name(expression: str, offset: int, name: str) -> tuple[str, int, str, str]:
    start = expression.rfind(name, 0, offset + len(name))
    start = offset if start < 0 or not start <= offset <= start + len(name) else start
    called = re.match(r"\s*\(", expression[max(offset - 1, 0) :]) or re.match(r"\s*\(", expression[offset:])
    if called and name not in VARIABLES:
        known = did_you_mean(name, FUNCTIONS, f"use one of: {', '.join(FUNCTIONS)}")
        return "rule-unknown-name", _before(expression, offset, name), f"there is no function {name}()", known
    beneath = [known for known in VARIABLES if known.startswith(f"{name}.")]
    if beneath:
        return "rule-unknown-name", start, f"{name!r} alone has no value", f"name a part of it, such as {beneath[0]}"
    return "rule-unknown-name", start, f"there is no {name!r}", _nearest(name)


def _nearest(name: str) -> str:
    """The mend for an unknown name: `prio` and `tickt.priority` mean `ticket.priority`."""
    lasts = {known.rpartition(".")[2]: known for known in reversed(VARIABLES)}
    close = get_close_matches(name, VARIABLES, n=1, cutoff=0.6)
    close = close or [lasts[one] for one in get_close_matches(name.rpartition(".")[2], lasts, n=1, cutoff=0.6)]
    return f"did you mean {close[0]!r}?" if close else "the names are listed in docs/reference/rules.md"


def _before(expression: str, offset: int, name: str) -> int:
    """Where the called name starts: CEL points at the bracket behind it."""
    found = expression.rfind(name, 0, offset)
    return found if found >= 0 else offset
