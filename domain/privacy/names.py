"""Names and ids of people that a directory or a ticket gives: whole, in parts, as initials; never inside words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from domain.assessment import Span
from domain.privacy.kinds import Found, Kind
from domain.text.fold import fold

_WORD = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"[\s.,'’_-]{0,3}")
_LIGATURES = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "ß": "ss", "ł": "l", "đ": "d"}
_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_SHORTEST_PART = 3
_SHORTEST_ID = 3
_SHORTEST_NUMBER = 5
_ORDINARY_WORDS = (
    "will mark may rose grant frank bill drew rich sue pat gene grace hope faith joy dawn summer june april august "
    "art ray rob jack nick josh chase chip dale glen guy hank jean lance miles norm pierce reed rusty sandy skip stew "
    "van von der den del bin the and page price long short young old white black brown green gray king day west north "
    "east field wood hill stone park lane cook miller baker smith hunter fisher walker carter cooper case case power "
    "banks rivers waters bush rice berry cherry ivy violet iris olive robin jay dean earl duke prince major angel "
    "christian german england france berlin paris austin dallas houston sydney victoria regina carol melody harmony "
    "mail user admin system service support test desk team office server printer password login account network"
)
_ORDINARY = frozenset(_ORDINARY_WORDS.split())
"""Names that are also words: masked only where they begin with a capital letter."""

_Words = tuple[str, ...]


class Names:
    """What to look for: names as people write them, and ids as systems write them."""

    def __init__(self, names: Iterable[str] = (), ids: Iterable[str] = ()) -> None:
        self._by_first: dict[str, set[_Words]] = defaultdict(set)
        self._unspaced: set[str] = set()
        for name in names:
            self._learn(name)
        self._ids = frozenset(fold(one).text for one in ids if _is_telling(one))

    def find(self, text: str) -> Iterator[Found]:
        """Every name and id in the text. Linear in its length."""
        folded = fold(text)
        words = list(_WORD.finditer(folded.text)) if self._by_first else []
        at = 0
        while at < len(words):
            taken = self._at(folded.text, words, at)
            if taken:
                place = folded.span(words[at].start(), words[at + taken - 1].end())
                if taken > 1 or self._is_name(words[at], text, place):
                    yield Found(kind=Kind.NAME, start=place.start, end=place.end)
            at += max(taken, 1)
        for name in self._unspaced:
            for match in re.finditer(re.escape(name), folded.text):
                place = folded.span(match.start(), match.end())
                yield Found(kind=Kind.NAME, start=place.start, end=place.end)
        if self._ids:
            for match in _ID.finditer(folded.text):
                if match.group() in self._ids:
                    place = folded.span(match.start(), match.end())
                    yield Found(kind=Kind.USER, start=place.start, end=place.end)

    def _at(self, text: str, words: list[re.Match[str]], at: int) -> int:
        """How many words from here on are a name; the longest that fits."""
        best = 0
        for name in self._by_first.get(words[at].group(), ()):
            size = len(name)
            if size <= best or at + size > len(words):
                continue
            if all(words[at + place].group() == word for place, word in enumerate(name)) and _joined(
                text, words[at : at + size]
            ):
                best = size
        return best

    def _is_name(self, word: re.Match[str], text: str, place: Span) -> bool:
        return word.group() not in _ORDINARY or text[place.start].isupper()

    def _learn(self, name: str) -> None:
        if _NO_SPACES.search(name):
            self._unspaced.update(part for part in (fold(name.strip()).text, *fold(name).text.split()) if len(part) > 1)
            return
        for spelled in {name, _spelled_out(name)}:
            words = tuple(_WORD.findall(fold(spelled).text))
            for variant in _variants(words):
                self._by_first[variant[0]].add(variant)


_ID = re.compile(r"(?<![\w.-])\w(?:[\w.-]*\w)?")


@lru_cache(maxsize=256)
def names_of(names: tuple[str, ...], ids: tuple[str, ...] = ()) -> Names:
    """The same `Names` for the same people: a directory is taken apart once."""
    return Names(names, ids)


def _variants(words: _Words) -> Iterator[_Words]:
    """Whole, in parts, turned round, and with initials: 'Ren Ito', 'Ito, Ren', 'R. Ito', 'Ren I.', 'rito'."""
    if not words:
        return
    long = [word for word in words if len(word) >= _SHORTEST_PART]
    if len(words) > 1 or long:
        yield words
    yield from ((word,) for word in long)
    if len(words) < 2:
        return
    first, last = words[0], words[-1]
    middle = words[1:-1]
    yield (first, last)
    yield (last, first, *middle)
    if len(last) >= _SHORTEST_PART:
        yield (first[0], last)
        yield (last, first[0])
        yield (first[0] + last,)
    if len(first) >= _SHORTEST_PART:
        yield (first, last[0])
    yield (first + last,)


def _joined(text: str, words: list[re.Match[str]]) -> bool:
    return all(_BETWEEN.fullmatch(text, one.end(), other.start()) for one, other in pairwise(words))


def _spelled_out(name: str) -> str:
    """'Müller' → 'Mueller', as mail addresses and systems write it."""
    return "".join(_LIGATURES.get(char, _LIGATURES.get(char.lower(), char)) for char in name)


def _is_telling(id: str) -> bool:
    return len(id) >= (_SHORTEST_NUMBER if id.isdigit() else _SHORTEST_ID)
