"""Text without case and accents, with the way back: matching folds, spans point into the original."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from domain.assessment import Span

ZERO_WIDTH = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
"""Characters that take no room; they are dropped so that they cannot split a word."""

_PLAIN = {"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00a0": " ", "\u2013": "-", "\u2014": "-"}


@dataclass(frozen=True)
class Folded:
    """`text` is folded; `at[i]` is where its i-th character stands in the original (one entry past the end)."""

    text: str
    at: Sequence[int]

    def span(self, start: int, end: int) -> Span:
        """The original characters behind `text[start:end]`."""
        return Span(start=self.at[start], end=max(self.at[start], self.at[end]))


@lru_cache(maxsize=64)
def fold(text: str) -> Folded:
    """Lower case, no accents, straight apostrophes, no zero-width characters. Linear in the text's length."""
    if text.isascii():
        return Folded(text.lower(), range(len(text) + 1))
    parts: list[str] = []
    at: list[int] = []
    for index, char in enumerate(text):
        plain = _fold_char(char)
        parts.append(plain)
        at.extend([index] * len(plain))
    at.append(len(text))
    return Folded("".join(parts), at)


@lru_cache(maxsize=8192)
def _fold_char(char: str) -> str:
    if char in _PLAIN:
        return _PLAIN[char]
    if char in ZERO_WIDTH:
        return ""
    spread = unicodedata.normalize("NFKD", char.casefold())
    return "".join(one for one in spread if not unicodedata.combining(one))
