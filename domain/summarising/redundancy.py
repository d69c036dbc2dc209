"""What says the same is told once: sentences with nearly the same words and exactly the same numbers and names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from domain.handoff import Claim
from domain.text.fold import fold

NEAR = 0.8
"""From this share of common words on two sentences say the same (C. D. Manning, P. Raghavan, H. Schütze,
"Introduction to Information Retrieval", 2008, 19.6: 0.9 for shingles of pages; sentences are shorter)."""
_WORD = re.compile(r"\w+")
_EXACT = re.compile(r"\S*\d\S*")
_DENIAL = re.compile(r"\b(?:not?|never|none|nothing|nobody|without|kein\w*|nicht|nie|pas|jamais|nunca)\b|n't\b")


class Said:
    """Sentences told so far."""

    def __init__(self, told: Iterable[str] = ()) -> None:
        self._told = [_Key(one) for one in told]

    def already(self, text: str) -> bool:
        """Whether one told before says the same."""
        key = _Key(text)
        return any(key.same_as(one) for one in self._told)

    def add(self, text: str) -> None:
        """Notes that it has been told."""
        self._told.append(_Key(text))


def told_once(claims: Sequence[Claim], *, besides: Iterable[Claim] = ()) -> tuple[Claim, ...]:
    """The claims in order without those that repeat an earlier one or one of `besides`."""
    said = Said(one.text for one in besides)
    kept: list[Claim] = []
    for one in claims:
        if not said.already(one.text):
            said.add(one.text)
            kept.append(one)
    return tuple(kept)


class _Key:
    """What is compared: words, numbers and identifiers, and whether it denies something."""

    def __init__(self, text: str) -> None:
        folded = fold(text).text
        self.words = frozenset(_WORD.findall(folded))
        self.exact = frozenset(one.strip(".,;:!?()\"'") for one in _EXACT.findall(folded))
        self.denials = len(_DENIAL.findall(folded))

    def same_as(self, other: _Key) -> bool:
        if self.exact != other.exact or self.denials != other.denials:
            return False
        either = len(self.words | other.words)
        return not either or len(self.words & other.words) >= NEAR * either
