"""Does a claim say more than its sources? Identifiers, numbers and words are looked up; nothing is judged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from domain.handoff import Claim
from domain.text.fold import fold

_TOKEN = re.compile(r"\w(?:[\w.:/\\@#%&+-]*\w)?")
_WORD = re.compile(r"\w+")
NO_WORDS: frozenset[str] = frozenset()


def words_of(text: str) -> list[str]:
    """The words and numbers of a text, folded, in order."""
    return _WORD.findall(fold(text).text)


def ungrounded(claim: str, sources: Mapping[str, str], *, fixed: frozenset[str] = NO_WORDS) -> tuple[str, ...]:
    """Identifiers, numbers and words of the claim that none of the sources holds, in order, each once.

    `fixed` are folded words of a template that need no source. An identifier such as `srv-02.example.com:8080` must
    stand in a source as a whole, not in pieces.
    """
    texts = [fold(text).text for text in sources.values()]
    known = {token for text in texts for token in _TOKEN.findall(text)}
    known |= {word for text in texts for word in _WORD.findall(text)}
    missing = [
        token
        for token in _TOKEN.findall(fold(claim).text)
        if token not in known and not _fixed(token, fixed) and not _inside(token, texts)
    ]
    return tuple(dict.fromkeys(missing))


def grounded(
    claims: Iterable[Claim], texts: Mapping[str, str], *, fixed: frozenset[str] = NO_WORDS
) -> tuple[Claim, ...]:
    """The claims that cite known sources and say nothing beyond them; the others are dropped."""
    return tuple(claim for claim in claims if is_grounded(claim, texts, fixed=fixed))


def is_grounded(claim: Claim, texts: Mapping[str, str], *, fixed: frozenset[str] = NO_WORDS) -> bool:
    """Whether every cited source exists and holds what the claim says."""
    if not claim.sources or any(source not in texts for source in claim.sources):
        return False
    return not ungrounded(claim.text, {source: texts[source] for source in claim.sources}, fixed=fixed)


def _fixed(token: str, fixed: frozenset[str]) -> bool:
    return token in fixed or (bool(fixed) and all(word in fixed for word in _WORD.findall(token)))


def _inside(token: str, texts: list[str]) -> bool:
    """Whether a composed token stands in a source with other signs around it (`(a/b)` in `x(a/b)y`)."""
    if not re.search(r"\W", token):
        return False
    return any(re.search(rf"(?<!\w){re.escape(token)}(?!\w)", text) for text in texts)
