"""How much of their wording two texts share."""

from __future__ import annotations

import re

from domain.text.fold import fold

_WORD = re.compile(r"\w{3,}")


def word_overlap(one: str, other: str) -> float:
    """Jaccard share of the words of three or more characters that both texts hold, 0–1; 0 without words."""
    words = set(_WORD.findall(fold(one).text))
    others = set(_WORD.findall(fold(other).text))
    union = words | others
    return len(words & others) / len(union) if union else 0.0
