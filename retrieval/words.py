"""Words as lexical search sees them: identifiers whole and in parts, plurals as singulars, CJK runs as pairs."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping

_WORD = re.compile(r"\w+(?:[-._:/@+#\\]+\w+)*")
_PLAIN = re.compile(r"\w+")
_JOINT = re.compile(r"[-._:/@+#\\]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|\n+")
_MOMENT = re.compile(
    r"\d{4}[-/.]\d\d?[-/.]\d\d?(?:t.*)?|\d\d?[-/]\d\d?[-/]\d{2,4}|\d\d?\.\d\d?\.\d{4}|\d\d?:\d\d(?::\d\d)?",
    re.IGNORECASE,
)
_NUMBER = 4
"""A bare number of fewer digits names nothing."""
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


def identifiers(text: str) -> dict[str, str]:
    """Error codes, host names, versions, numbers: term → as first written, in order.

    What holds a digit and is more than a short number; dates and clock times name a moment, not a thing.

    >>> identifiers("ERR_0x80070005 on vpn-gw-03 since 2026-03-01, build 2.53.1, room 12")
    {'err_0x80070005': 'ERR_0x80070005', 'vpn_gw_03': 'vpn-gw-03', '2_53_1': '2.53.1'}
    """
    found: dict[str, str] = {}
    for match in _WORD.finditer(unicodedata.normalize("NFKC", text)):
        written = match.group()
        if _names_something(written):
            whole = "_".join(part for part in _JOINT.split(written.casefold()) if part)
            if len(whole) <= _LONGEST:
                found.setdefault(whole, written)
    return found


def _names_something(word: str) -> bool:
    if not any(character.isdigit() for character in word) or _MOMENT.fullmatch(word):
        return False
    return not word.isdigit() or len(word) >= _NUMBER


def best_sentence(text: str, wanted: Mapping[str, float], longest: int = 240) -> str:
    """The sentence that holds most of the weight of the wanted terms; the first one when none holds any.

    At most `longest` characters; looks at the first 4,000 characters.
    """
    sentences = [part.strip() for part in _SENTENCE.split(text[:4000]) if part.strip()]
    if not sentences:
        return ""
    best = max(sentences, key=lambda sentence: _weight(sentence, wanted))
    return best if len(best) <= longest else _window(best, wanted, longest)


def marks(text: str, wanted: Mapping[str, float]) -> tuple[tuple[int, int], ...]:
    """From where to where a text holds wanted terms; parts of one identifier are one mark."""
    found: list[tuple[int, int]] = []
    for match in _PLAIN.finditer(text):
        if wanted.get(_singular(match.group().casefold()), 0.0) <= 0.0:
            continue
        start, end = match.span()
        if found and start > found[-1][1] and _JOINT.fullmatch(text, found[-1][1], start):
            start = found.pop()[0]
        found.append((start, end))
    return tuple(found)


def _window(sentence: str, wanted: Mapping[str, float], longest: int) -> str:
    """The part of a long sentence that holds most, cut at words."""
    room = longest - 2
    starts = [0, *(match.end() for match in re.finditer(r"\s+", sentence))]
    spans = [(*span, wanted.get(_singular(sentence[slice(*span)].casefold()), 0.0)) for span in _spans(sentence)]
    best = max(starts, key=lambda at: (sum(w for start, end, w in spans if at <= start and end <= at + room), -at))
    best = max(0, min(best, len(sentence) - room))
    part = sentence[best : best + room]
    before, after = "…" if best > 0 else "", "…" if best + room < len(sentence) else ""
    return f"{before}{part.strip()}{after}"


def _spans(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _PLAIN.finditer(text))


def _weight(sentence: str, weights: Mapping[str, float]) -> float:
    # Plain words are enough to choose by, and a tenth of the work of `terms`.
    found = _PLAIN.findall(sentence.casefold())
    held = {_singular(word) for word in found}
    # A long sentence holds more words by chance; the root keeps a full short one ahead of it.
    return sum(weights.get(word, 0.0) for word in held) / math.sqrt(len(found) + 8)
