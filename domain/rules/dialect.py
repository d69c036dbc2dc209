"""Compiling an expression: the part of CEL that a policy may use, and everything that is refused before it can run.

No expression can run long or grow: values cannot be joined into larger ones (no `+` on text and lists, no `map`, no
`filter`), a macro never stands within a macro, lists and texts are cut to a length, patterns are RE2 and fixed, and
the interpreter itself stops after 10,000 iterations and refuses more than 32 levels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from domain.errors import BadInput
from domain.rules.context import LONGEST_LIST, VARIABLES
from domain.rules.mending import mend_of_refusal
from domain.rules.tokens import Token, literal, tokens
from domain.text.patterns import compile_pattern

if TYPE_CHECKING:
    from cel_expr_python import cel  # type: ignore[import-untyped]  # its stubs lack the py.typed marker

LONGEST = 2_000
"""Characters of one expression."""
DEEPEST = 20
"""Levels of brackets."""
MACROS = ("exists", "all", "exists_one")
_WITHHELD = {
    "map": "a list cannot be made anew here; ask with exists() or all()",
    "filter": "a list cannot be made anew here; ask with exists() or all()",
    "has": "every name always has a value: compare it with '' instead",
}
_OPENING, _CLOSING = "([{", ")]}"
_DIALECT = """\
name: tierwise
stdlib:
  exclude_macros: [map, filter, has]
  exclude_functions:
    - name: "_+_"
      overloads: [{id: add_string}, {id: add_list}, {id: add_bytes}]
    - name: dyn
    - name: type
"""
_REFUSAL = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")


@dataclass(frozen=True)
class Problem:
    """Why an expression is refused. `offset` counts characters from its start."""

    code: str
    offset: int
    problem: str
    mend: str


class BadExpression(BadInput):
    """An expression that cannot be used."""

    code = "bad_expression"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems[0].problem, mend=problems[0].mend)
        self.problems = problems


@dataclass(frozen=True)
class Compiled:
    """An expression that was checked. `names` are the names of `VARIABLES` that it reads."""

    program: cel.Expression
    names: frozenset[str]


@lru_cache(maxsize=4096)
def compile_expression(expression: str) -> Compiled:
    """The expression, ready to be evaluated. Raises `BadExpression` with everything that is wrong with it."""
    if len(expression) > LONGEST:
        problem = f"the expression has {len(expression)} characters"
        raise BadExpression((Problem("rule-too-long", 0, problem, f"write it in {LONGEST}, or as several rules"),))
    words = tuple(tokens(expression))
    problems = tuple(_limits(words))
    if problems:
        raise BadExpression(problems)
    try:
        program = _environment().compile(expression)
    except RuntimeError as error:
        raise BadExpression(tuple(_refusals(expression, str(error)))) from error
    kind = program.return_type().name()
    if kind != "BOOL":
        problem = f"the expression gives {_KINDS.get(kind, kind.lower())}, not true or false"
        raise BadExpression((Problem("rule-not-a-condition", 0, problem, "compare it, as in risk >= 60"),))
    names = frozenset(name for word in words if word.kind == "name" for name in _known_in(word.text))
    if not names:
        problem = "the expression asks nothing about the ticket, so it is always or never true"
        raise BadExpression((Problem("rule-constant", 0, problem, "use one of the names of docs/reference/rules.md"),))
    return Compiled(program, names)


_KINDS = {"INT": "a whole number", "DOUBLE": "a number", "STRING": "text", "LIST": "a list", "TIMESTAMP": "a moment"}


@cache
def _environment() -> cel.Env:
    # Loaded when the first rule needs it: the library is large, and most commands have no rule to run.
    from cel_expr_python import cel

    kinds = {
        "text": cel.Type.STRING, "number": cel.Type.INT, "yes_no": cel.Type.BOOL,
        "texts": cel.Type.List(cel.Type.STRING), "moment": cel.Type.TIMESTAMP,
    }  # fmt: skip
    variables = {name: kinds[variable.kind] for name, variable in VARIABLES.items()}
    return cel.NewEnv(config=cel.NewEnvConfigFromYaml(_DIALECT), variables=variables)


def _known_in(dotted: str) -> Iterator[str]:
    """The names a dotted word begins with: `ticket.text.size` reads `ticket.text`."""
    parts = dotted.strip(".").split(".")
    for length in range(1, len(parts) + 1):
        name = ".".join(parts[:length])
        if name in VARIABLES:
            yield name


def _limits(words: tuple[Token, ...]) -> Iterator[Problem]:
    """What is refused before CEL reads it: depth, macros in macros, long lists, patterns that are not fixed."""
    open_marks: list[tuple[str, bool]] = []
    commas: list[int] = []
    for place, word in enumerate(words):
        before = words[place - 1] if place else None
        if word.kind == "mark" and word.text in _OPENING:
            macro = word.text == "(" and before is not None and _is_macro(before)
            if macro and before is not None and any(inside for _, inside in open_marks):
                yield Problem(
                    "rule-unbounded", before.start, "a macro stands within another macro",
                    "write two conditions with && or ||, or two rules",
                )  # fmt: skip
            open_marks.append((word.text, macro))
            commas.append(0)
            if len(open_marks) == DEEPEST + 1:
                yield Problem("rule-too-deep", word.start, f"more than {DEEPEST} brackets within one another",
                              "write it flatter, or as several rules")  # fmt: skip
        elif word.kind == "mark" and word.text in _CLOSING and open_marks:
            open_marks.pop()
            commas.pop()
        elif word.text == "," and commas:
            commas[-1] += 1
            if commas[-1] == LONGEST_LIST:
                yield Problem("rule-unbounded", word.start, f"a list of more than {LONGEST_LIST} entries",
                              f"keep lists to {LONGEST_LIST} entries")  # fmt: skip
        elif word.kind == "name":
            yield from _name_limits(words, place)


def _is_macro(word: Token) -> bool:
    return word.kind == "name" and word.text.rpartition(".")[2] in MACROS


def _name_limits(words: tuple[Token, ...], place: int) -> Iterator[Problem]:
    word, last = words[place], words[place].text.rpartition(".")[2]
    called = place + 1 < len(words) and words[place + 1].text == "("
    if called and last in _WITHHELD:
        yield Problem("rule-unbounded", word.start, f"{last}() is not part of the rules' language", _WITHHELD[last])
    if called and last == "matches":
        yield from _pattern(words, place)


def _pattern(words: tuple[Token, ...], place: int) -> Iterator[Problem]:
    """The pattern of a `matches` must be one fixed text that RE2 takes."""
    depth, before = 0, place
    for at in range(place + 1, len(words)):
        depth += {"(": 1, ")": -1}.get(words[at].text, 0) if words[at].kind == "mark" else 0
        before = at
        if depth == 0:
            break
    given, opener = words[before - 1], words[before - 2]
    if given.kind != "text" or opener.text not in ("(", ","):
        yield Problem("rule-bad-pattern", words[place].start, "the pattern of matches() is not one fixed text",
                      "write it in quotes, as in ticket.text.matches('PC-[0-9]+')")  # fmt: skip
        return
    pattern = literal(given)
    if pattern is None:
        return
    try:
        compile_pattern(pattern)
    except BadInput as error:
        yield Problem("rule-bad-pattern", given.start, error.message, error.mend)


def _refusals(expression: str, message: str) -> Iterator[Problem]:
    """What CEL's checker says, each with the place of the word it is about."""
    lines = expression.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    found = _REFUSAL.findall(message)
    if not found:
        deep = "recursion" in message
        yield Problem("rule-too-deep" if deep else "rule-syntax", 0, message.split("\n")[0][:200],
                      "write it flatter, or as several rules" if deep else "see docs/reference/rules.md")  # fmt: skip
    for line, column, text in [one for one in found if "*error*" not in one[2]][:10]:
        number = min(int(line), len(lines)) - 1
        offset = min(starts[number] + int(column) - 1, len(expression))
        code, start, problem, mend = mend_of_refusal(expression, offset, text)
        yield Problem(code, start, problem, mend)
