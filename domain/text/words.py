"""Word lists as people write them in a policy: phrases, a trailing * for any ending, no case, no accents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from domain.assessment import Span
from domain.text.fold import Folded, fold

_UNSPACED_FROM = 0x2E80
"""Scripts from here on (Chinese, Japanese) put no space between words, so a word may begin anywhere."""


@dataclass(frozen=True)
class WordMatch:
    """A listed word found in a text. `start` and `end` count in the folded text, `span` in the original."""

    word: str
    start: int
    end: int
    span: Span


def find_words(text: Folded, words: tuple[str, ...]) -> Iterator[WordMatch]:
    """Every occurrence of a listed word or phrase, longest first where several begin together."""
    matcher, by_group = _compiled(words)
    if matcher is None:
        return
    for match in matcher.finditer(text.text):
        if match.end() > match.start():
            word = by_group[match.lastgroup or ""]
            yield WordMatch(word, match.start(), match.end(), text.span(match.start(), match.end()))


def holds_word(text: str, words: Iterable[str]) -> bool:
    """Whether any of the listed words occurs in `text`."""
    return next(find_words(fold(text), tuple(words)), None) is not None


@lru_cache(maxsize=256)
def _compiled(words: tuple[str, ...]) -> tuple[re.Pattern[str] | None, dict[str, str]]:
    by_group: dict[str, str] = {}
    alternatives = []
    for number, word in enumerate(sorted(dict.fromkeys(words), key=lambda one: (-len(one), one))):
        pattern = _pattern(word)
        if pattern:
            by_group[f"w{number}"] = word
            alternatives.append(f"(?P<w{number}>{pattern})")
    return (re.compile("|".join(alternatives)) if alternatives else None), by_group


def _pattern(word: str) -> str:
    folded = fold(word).text
    open_end = folded.endswith("*")
    parts = [re.escape(part) for part in folded.rstrip("*").split()]
    if not parts:
        return ""
    plain = folded.rstrip("* ").strip()
    before = r"(?<!\w)" if _needs_edge(plain[:1]) else ""
    after = r"\w*" if open_end else r"(?!\w)" if _needs_edge(plain[-1:]) else ""
    return before + r"\s+".join(parts) + after


def _needs_edge(char: str) -> bool:
    return (char.isalnum() or char == "_") and ord(char) < _UNSPACED_FROM
