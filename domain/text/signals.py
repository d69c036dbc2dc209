"""Words that speak for something in what somebody wrote, with their places, where they are really meant.

A word counts unless it is denied ("not urgent"); a phrase that denies something itself ("cannot work") counts
as it stands. Capitals and exclamation marks count for nothing by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.assessment import Span
from domain.policy.judgement import WordList
from domain.text.fold import fold
from domain.text.negation import carries_denial, is_denied
from domain.text.words import find_words


@dataclass(frozen=True)
class Signal:
    """A listed word, meant as it stands. `span` points into the original text, `quote` is what stands there."""

    word: str
    span: Span
    quote: str


def find_signals(text: str, lists: Iterable[WordList], language: str | None = None) -> tuple[Signal, ...]:
    """The listed words that `text` holds and does not deny, in order.

    With a `language` only that language's lists are used; without, all of them: people mix languages.
    """
    words = tuple(word for one in lists if language is None or one.language == language for word in one.words)
    folded = fold(text)
    return tuple(
        Signal(match.word, match.span, text[match.span.start : match.span.end])
        for match in find_words(folded, words)
        if carries_denial(folded.text[match.start : match.end]) or not is_denied(folded.text, match.start, match.end)
    )
