"""Words as lexical search sees them: identifiers whole and in parts, plurals as singulars, CJK runs as pairs."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence

_WORD = re.compile(r"\w+(?:[-._:/@+#\\]+\w+)*")
_PLAIN = re.compile(r"\w+")
_JOINT = re.compile(r"[-._:/@+#\\]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|\n+")
_LONGEST = 64
"""Longer runs of letters are encoded data, not words."""


def terms(text: str) -> list[str]:
    """The words of a text in order, with repeats: letters, digits and `_` only, folded to one case.

    >>> terms("ERR_0x80070005 on vpn-gw-03")
    ['err', '0x80070005', 'err_0x80070005', 'on', 'vpn', 'gw', '03', 'vpn_gw_03']
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [term for match in _WORD.finditer(folded) for term in _of_word(match.group())]


def _of_word(word: str) -> Iterator[str]:
    parts = [part for part in _JOINT.split(word) if part]
    for part in parts:
        yield from _of_part(part)
    whole = "_".join(parts)
    # Only what holds a digit is a name of something; "read-only" is no identifier.
    if len(parts) > 1 and len(whole) <= _LONGEST and any(character.isdigit() for character in whole):
        yield whole


def _of_part(part: str) -> Iterator[str]:
    for run in _UNSPACED.findall(part):
        yield from (run[at : at + 2] for at in range(max(1, len(run) - 1)))
    for rest in _UNSPACED.split(part):
        if rest:
            yield _singular(rest[:_LONGEST])


def _singular(word: str) -> str:
    if len(word) <= 3 or not (word.isascii() and word.isalpha()):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def best_sentence(text: str, wanted: Sequence[str], longest: int = 240) -> str:
    """The sentence that holds most of the wanted terms (longer terms say more); the first one when none does.

    At most `longest` characters; looks at the first 4,000 characters.
    """
    weights = {term: len(term) for term in wanted if len(term) > 2}
    sentences = [part.strip() for part in _SENTENCE.split(text[:4000]) if part.strip()]
    if not sentences:
        return ""
    best = max(sentences, key=lambda sentence: _weight(sentence, weights))
    return best if len(best) <= longest else best[: longest - 1].rstrip() + "…"


def _weight(sentence: str, weights: dict[str, int]) -> float:
    # Plain words are enough to choose by, and a tenth of the work of `terms`.
    found = _PLAIN.findall(sentence.casefold())
    held = {_singular(word) for word in found}
    # A long sentence holds more words by chance; the root keeps a full short one ahead of it.
    return sum(weights.get(word, 0) for word in held) / math.sqrt(len(found) + 8)
