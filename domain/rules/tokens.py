"""The words of an expression, with their places: as much of CEL's grammar as the dialect's limits need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_STRING = (
    r"""[rRbB]{0,2}(?:\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
)
_TOKEN = re.compile(
    rf"(?P<comment>//[^\n]*)|(?P<text>{_STRING})|(?P<number>\d[\w.]*)"
    r"|(?P<name>(?:\.\s*)?[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*)|(?P<mark>&&|\|\||[=!<>]=|[^\s\w])",
    re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """One word: `kind` is text (a literal), number, name (with its dots, without spaces) or mark."""

    kind: str
    text: str
    start: int
    """Characters from the start of the expression."""


def tokens(expression: str) -> Iterator[Token]:
    """The words of an expression, comments left out. What is no word of CEL comes as a mark or not at all."""
    for match in _TOKEN.finditer(expression):
        kind = match.lastgroup or "mark"
        if kind != "comment":
            text = re.sub(r"\s+", "", match.group()) if kind == "name" else match.group()
            yield Token(kind, text, match.start())


def literal(token: Token) -> str | None:
    """The value of a text literal; none for bytes and for what needs an escape we do not read."""
    prefix = re.match(r"[rRbB]*", token.text)
    marks = prefix.group().lower() if prefix else ""
    body = token.text[len(marks) :]
    quote = body[:3] if body[:3] in ('"""', "'''") else body[:1]
    inner = body[len(quote) : -len(quote)]
    if "b" in marks:
        return None
    if "r" in marks or "\\" not in inner:
        return inner
    plain = re.sub(r"\\([\\'\"`?])", lambda found: "\x00" if found.group(1) == "\\" else found.group(1), inner)
    return None if "\\" in plain else plain.replace("\x00", "\\")
