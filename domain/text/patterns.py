"""Regular expressions written by people in a policy, run in linear time (RE2), so that none can hang a ticket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol, cast

import re2  # type: ignore[import-untyped]  # google-re2 ships no types; `Pattern` below states what we use

from domain.assessment import Span
from domain.errors import BadInput

_ESCAPE = re.compile(r"\\(?:[pP]\{\w+\}|.)|\(\?P<\w+>")
_LONGEST_VALUE = 200


class Match(Protocol):
    """The part of a match that we read."""

    def group(self, number: int = 0, /) -> str | None:
        """The text of a group."""
        ...

    def span(self, number: int = 0, /) -> tuple[int, int]:
        """Where a group stands, in characters."""
        ...


class Pattern(Protocol):
    """The part of a compiled expression that we use."""

    groups: int

    def finditer(self, text: str, /) -> Iterator[Match]:
        """Every match, in order."""
        ...


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str, *, ignore_case: bool = False) -> Pattern:
    """Compiles a policy's expression. Raises `BadInput` for what RE2 does not take (such as look-around)."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not ignore_case
    try:
        return cast(Pattern, re2.compile(pattern, options=options))
    except re2.error as error:
        raise BadInput(
            f"the pattern {pattern!r} cannot be used: {error}",
            mend="write it in RE2 syntax (no look-around, no back references)",
        ) from error


def find_values(pattern: str, text: str) -> Iterator[tuple[str, Span]]:
    """The values a pattern finds in `text`, with their places: the first group that took part, or the whole match.

    A pattern without capital letters ignores case. One with capitals is tried as written, then without regard to
    case for values that hold a digit: 'am-ham-1234' is the device 'AM-HAM-1234', 'production' is no name.
    """
    exact = list(_values(compile_pattern(pattern, ignore_case=not _has_capitals(pattern)), text))
    yield from exact
    if not exact and _has_capitals(pattern):
        for value, span in _values(compile_pattern(pattern, ignore_case=True), text):
            if any(char.isdigit() for char in value):
                yield value, span


def _values(pattern: Pattern, text: str) -> Iterator[tuple[str, Span]]:
    for match in pattern.finditer(text):
        taking_part = (number for number in range(1, pattern.groups + 1) if match.group(number))
        number = next(taking_part, 0)
        value = (match.group(number) or "").strip()
        start, _ = match.span(number)
        if value and len(value) <= _LONGEST_VALUE:
            start = text.index(value, start)
            yield value, Span(start=start, end=start + len(value))


def _has_capitals(pattern: str) -> bool:
    return any(char.isupper() for char in _ESCAPE.sub("", pattern))
