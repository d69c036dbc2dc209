"""Where the words of a claim stand in its sources: by stem or by a word that may stand for it, the likeliest places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from domain.verifying.facts import Source
from domain.verifying.reading import Sentence, Word
from domain.verifying.stems import kin

_AROUND = 6
"""Content words to either side that tell which place a word was taken from."""


@dataclass(frozen=True)
class Place:
    """A word of a source."""

    source: Source
    sentence: Sentence
    index: int

    @property
    def word(self) -> Word:
        """The word."""
        return self.sentence.words[self.index]

    @cached_property
    def around(self) -> frozenset[str]:
        """The stems of the words around it."""
        words = self.sentence.words[max(0, self.index - _AROUND) : self.index + _AROUND + 1]
        return frozenset(one.stem for one in words if one is not self.word)


@dataclass(frozen=True)
class Ground:
    """The cited sources of one claim, as words."""

    sources: Sequence[Source]

    @cached_property
    def places(self) -> dict[str, list[Place]]:
        """Stem → its places."""
        found: dict[str, list[Place]] = {}
        for source in self.sources:
            for sentence in source.sentences:
                for index, word in enumerate(sentence.words):
                    found.setdefault(word.stem, []).append(Place(source, sentence, index))
        return found

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence of the sources."""
        return tuple(sentence for source in self.sources for sentence in source.sentences)

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Every token of the sources, function words included."""
        return frozenset(token for source in self.sources for sentence in source.sentences for token in sentence.tokens)

    @cached_property
    def text(self) -> str:
        """The sources' texts as runs of tokens."""
        return "".join(run for source in self.sources for run in source.runs)

    def of(self, word: Word) -> list[Place]:
        """Where the word is; where there is none of it, the words that may stand for it."""
        exact = self.places.get(word.stem, [])
        if word.hard or exact:
            return exact
        return [place for one in sorted(kin(word.stem)) for place in self.places.get(one, [])]

    def likeliest(self, sentence: Sentence, index: int) -> list[Place]:
        """The places of the word with most of the claim's neighbouring words around them."""
        places = self.of(sentence.words[index])
        if len(places) <= 1:
            return places
        wanted = context(sentence, index)
        marks = [len(place.around & wanted) for place in places]
        best = max(marks)
        return [place for place, mark in zip(places, marks, strict=True) if mark == best]

    def holds_run(self, words: Iterable[str]) -> bool:
        """Whether the tokens stand in a source one after the other."""
        run = " ".join(words)
        return bool(run) and f" {run} " in self.text

    def holds_token(self, token: str) -> bool:
        """Whether an identifier stands in a source as a whole: not as a piece of a longer one."""
        if token in self.tokens:
            return True
        return any(_whole_in(token, run) for run in self._runs)

    @cached_property
    def _runs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(run for source in self.sources for run in source.runs))


def _whole_in(token: str, run: str) -> bool:
    if token not in run:
        return False
    pattern = re.compile(rf"(?<!\w)(?<!\w[.:/\\@+-]){re.escape(token)}(?!\w|[.:/\\@+-]\w)")
    return pattern.search(run) is not None


def context(sentence: Sentence, index: int) -> frozenset[str]:
    """The stems around a word of a claim, with those that may stand for them."""
    words = sentence.words[max(0, index - _AROUND) : index + _AROUND + 1]
    own = sentence.words[index]
    return frozenset(one for word in words if word is not own for one in kin(word.stem))
