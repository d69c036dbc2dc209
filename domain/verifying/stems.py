"""Words without their endings, by a light stemmer for English, and which words may stand for each other."""

from __future__ import annotations

from functools import lru_cache

from domain.verifying.lexicon import IRREGULAR, groups

_LEAST = 3
_VOWELS = "aeiouy"


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """The stem of a folded word: "restarted", "restarting" and "restarts" give the same."""
    word = IRREGULAR.get(word, word)
    for ending, put in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST and _has_vowel(word[: -len(ending)]):
            return _bare(word[: -len(ending)] + put)
    return _bare(word)


_ENDINGS = (
    ("ications", "y"), ("ication", "y"), ("ations", ""), ("ation", ""), ("ements", ""), ("ement", ""), ("ments", ""),
    ("ment", ""), ("ities", "y"), ("ically", ""), ("ility", "le"), ("fully", ""), ("ingly", ""), ("edly", ""),
    ("sses", "ss"), ("ies", "y"), ("ied", "y"), ("iness", "y"), ("ness", ""), ("ings", ""), ("ing", ""),
    ("eed", "eed"), ("ed", ""), ("ly", ""), ("ss", "ss"), ("us", "us"), ("is", "is"), ("es", ""), ("s", ""),
    ("ions", ""), ("ion", ""),
)  # fmt: skip


def _has_vowel(text: str) -> bool:
    return any(char in _VOWELS for char in text)


def _bare(text: str) -> str:
    """Without a final e and with a single last letter; a final y counts as i."""
    if len(text) > _LEAST and text[-1] == "e":
        text = text[:-1]
    if len(text) > _LEAST and text[-1] == text[-2] and text[-1] not in _VOWELS:
        text = text[:-1]
    if len(text) > 1 and text[-1] == "y":
        text = text[:-1] + "i"
    return text


def _tied() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in groups():
        stems = {stem(word) for word in group}
        for one in stems:
            found.setdefault(one, set()).update(stems)
    return {one: frozenset(others) for one, others in found.items()}


_TIED = _tied()
_NOTHING: frozenset[str] = frozenset()


def kin(word_stem: str) -> frozenset[str]:
    """The stem and those of the words that may stand for it."""
    return _TIED.get(word_stem, _NOTHING) | {word_stem}


def is_past(word: str) -> bool:
    """Whether a folded word looks like a past form."""
    return (word.endswith("ed") and len(word) > _LEAST and not word.endswith("eed")) or word in _PAST_FORMS


_PAST_FORMS = frozenset(form for form in IRREGULAR if form not in ("goes", "has"))
