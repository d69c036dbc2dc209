"""Templates of a policy for subject and text: Jinja2 in a sandbox, a small part of it, nothing undefined.

A template sees the variables of `VARIABLES`; one that writes to the requester sees those of `PUBLIC` only. Loops run
over what a notice holds, calls and assignments are refused, so that rendering always ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from domain.base import Record
from domain.errors import BadInput
from domain.telling.content import NoticeContent
from domain.telling.words import clock_text, plain_text

LONGEST = 2000
"""Characters of a template."""
LONGEST_SUBJECT = 200
LONGEST_TEXT = 20_000
"""Characters of what a template gives; the rest is cut."""
DEEPEST = 12
MOST_NODES = 300

PUBLIC = ("ticket_id", "title", "text")
"""What a template for the requester may use: the ticket's id, its public subject and the public text."""
VARIABLES = (
    *PUBLIC, "escalation_id", "headline", "state", "priority", "critical", "risk", "reasons", "sla", "service",
    "affected", "owner", "team", "why_owner", "tried", "similar", "requested_action", "details", "ticket_url",
    "organisation",
)  # fmt: skip
"""What any other template may use. `reasons` have `points` and `text`; `similar` has `id`, `title`, `how_resolved`,
`by_whom`; `sla` is a list of texts; `text` is the usual text."""

FILTERS = frozenset(
    {"capitalize", "default", "first", "float", "int", "join", "last", "length", "lower", "round", "title", "trim",
     "truncate", "upper", "wordcount"}
)  # fmt: skip
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const,
    nodes.Filter, nodes.If, nodes.For, nodes.CondExpr, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not, nodes.Neg, nodes.Keyword,
)  # fmt: skip


class Flaw(Record):
    """Something wrong with a template; line and column count from 1 within it."""

    line: int
    column: int
    problem: str
    unknown: str | None = None
    """The variable that is not known here."""


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.clear()
    return environment


def flaws(source: str, *, public: bool) -> Iterator[Flaw]:
    """Everything wrong with a template, found without any notice."""
    if len(source) > LONGEST:
        yield Flaw(line=1, column=1, problem=f"the template has {len(source)} characters, more than {LONGEST}")
        return
    try:
        tree = _environment().parse(source)
    except TemplateError as error:
        line = getattr(error, "lineno", None) or 1
        yield Flaw(line=line, column=1, problem=f"it is not a template: {error.message}")
        return
    except RecursionError:
        yield Flaw(line=1, column=1, problem="it is nested too deep")
        return
    found = list(_of_tree(source, tree, PUBLIC if public else VARIABLES))
    yield from found
    if not found:
        yield from _of_rendering(source, public=public)


def rendered(source: str, values: Mapping[str, object]) -> str:
    """The template with its values. Raises `BadInput` when a value is not there or something cannot be done."""
    try:
        text: str = _compiled(source).render(values)
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise BadInput(f"a template cannot be filled in: {error}", mend="run `tierwise policy check`") from error
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def filled(source: str | None, values: Mapping[str, object], usual: str) -> str:
    """The template with its values; the usual words when there is no template, or it gives nothing for this notice."""
    if source is None:
        return usual
    try:
        text = rendered(source, values)
    except BadInput:
        # A notice in the usual words is worth more than none.
        return usual
    return text if text.strip() else usual


def one_line(text: str) -> str:
    """A subject: on one line and not too long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"


def public_values(ticket_id: str, title: str, text: str) -> dict[str, object]:
    """What a template for the requester sees."""
    return {"ticket_id": ticket_id, "title": title, "text": text}


def internal_values(content: NoticeContent, zone: str, organisation: str) -> dict[str, object]:
    """What any other template sees."""
    own = {name: getattr(content, name) for name in VARIABLES if hasattr(content, name)}
    return own | {
        "text": plain_text(content, zone), "sla": [clock_text(clock, zone) for clock in content.sla],
        "organisation": organisation,
    }  # fmt: skip


@lru_cache(maxsize=256)
def _compiled(source: str) -> Any:  # Any: Jinja's template has no useful type to callers
    return _environment().from_string(source)


def _of_tree(source: str, tree: nodes.Template, known: tuple[str, ...]) -> Iterator[Flaw]:
    bound = {name.name for loop in tree.find_all(nodes.For) for name in loop.target.find_all(nodes.Name)} | {
        loop.target.name for loop in tree.find_all(nodes.For) if isinstance(loop.target, nodes.Name)
    }
    count = 0
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop(0)
        count += 1
        if count > MOST_NODES or depth > DEEPEST:
            yield Flaw(line=node.lineno, column=1, problem="it is too complex")
            return
        flaw = _of_node(source, node, known, bound)
        if flaw is not None:
            yield flaw
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]


def _of_node(source: str, node: nodes.Node, known: tuple[str, ...], bound: set[str]) -> Flaw | None:
    line = node.lineno
    if not isinstance(node, _ALLOWED):
        return Flaw(line=line, column=1, problem=f"{type(node).__name__.lower()} is not allowed in a template")
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        column = _column(source, line, node.name)
        return Flaw(line=line, column=column, problem=f"the filter {node.name!r} is not one of those allowed")
    if isinstance(node, nodes.For) and any(inner is not node for inner in node.find_all(nodes.For)):
        return Flaw(line=line, column=1, problem="a loop within a loop is not allowed")
    if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in known and node.name not in bound:
        column = _column(source, line, node.name)
        return Flaw(line=line, column=column, problem=f"there is no variable {node.name!r} here", unknown=node.name)
    return None


def _of_rendering(source: str, *, public: bool) -> Iterator[Flaw]:
    """A template has to work on a notice that has everything and on one that has next to nothing."""
    for example in (_FULL, _BARE):
        values = public_values("T-1", "Mail", "Text") if public else internal_values(example, "UTC", "Example Ltd")
        try:
            rendered(source, values)
        except BadInput as error:
            yield Flaw(line=1, column=1, problem=error.message.removeprefix("a template "))
            return


def _column(source: str, line: int, word: str) -> int:
    lines = source.splitlines()
    return lines[line - 1].find(word) + 1 if 0 < line <= len(lines) and word in lines[line - 1] else 1


_FULL = NoticeContent.model_validate(
    {
        "ticket_id": "T-1", "escalation_id": "esc_1", "title": "Mail", "headline": "Escalated", "state": "handed over",
        "priority": "high", "risk": 70, "reasons": [{"points": 70, "text": "late"}],
        "sla": [{"clock": "resolution", "left_minutes": 1, "used_percent": 99, "due_at": "2026-01-01T00:00:00Z"}],
        "service": "mail", "affected": ["somebody"], "owner": "ada", "team": "desk", "why_owner": "knows it",
        "tried": ["a restart"], "similar": {"id": "T-0", "title": "Mail", "how_resolved": "restart", "by_whom": "ada"},
        "requested_action": "Accept it", "details": "All of it", "ticket_url": "https://desk.example/T-1",
    }
)  # fmt: skip
_BARE = NoticeContent(ticket_id="T-1", title="Mail", headline="Escalated", state="handed over")
