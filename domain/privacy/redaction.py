"""Masking with a way back: what is private becomes a numbered placeholder, and comes back when we are answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

from pydantic import JsonValue

from domain.privacy.addresses import emails, machines, phones
from domain.privacy.kinds import EVERYTHING, Found, Kind, apart
from domain.privacy.names import Names, names_of
from domain.privacy.numbers import accounts, cards, state_numbers
from domain.privacy.secrets import keys, passwords
from domain.text.fold import ZERO_WIDTH

_PLACEHOLDER = re.compile(rf"\[({'|'.join(Kind)})-(\d{{1,9}})\]", re.IGNORECASE)
_WIDE = dict(zip(range(0xFF01, 0xFF5F), range(0x21, 0x7F), strict=True))
_FINDERS: tuple[tuple[frozenset[Kind], Callable[[str], Iterator[Found]]], ...] = (
    (frozenset({Kind.KEY}), keys), (frozenset({Kind.PASSWORD}), passwords), (frozenset({Kind.CARD}), cards),
    (frozenset({Kind.IBAN}), accounts), (frozenset({Kind.NATIONAL_ID}), state_numbers),
    (frozenset({Kind.EMAIL}), emails), (frozenset({Kind.PHONE}), phones),
    (frozenset({Kind.IP, Kind.MAC}), machines),
)  # fmt: skip


def find(text: str, *, names: Names | None = None, kinds: Collection[Kind] = EVERYTHING) -> list[Found]:
    """The private pieces of a text, in order, none overlapping. Linear in the text's length.

    Characters without width cannot hide anything, nor can full-width ones.
    """
    plain, at = _plain(text)
    wanted = [
        one for of, finder in _FINDERS if of & frozenset(kinds) for one in finder(plain) if one.kind in kinds
    ]  # fmt: skip
    found = [Found(kind=one.kind, start=at(one.start), end=at(one.end - 1) + 1) for one in wanted]
    if names is not None:
        found += [one for one in names.find(text) if one.kind in kinds]
    return apart(found)


def mask(
    text: str, *, names: Names | None = None, kinds: Collection[Kind] = EVERYTHING,
    word: Callable[[Kind], str] = lambda kind: f"[{kind}]",
) -> str:  # fmt: skip
    """The text with every private piece replaced for good by `word` of its kind. Masking again changes nothing."""
    # What a mask leaves beside it may be of a shape that the whole was not: until nothing is found any more.
    for _ in range(_MOST_ROUNDS):
        found = [one for one in find(text, names=names, kinds=kinds) if not _is_mask(text[one.start : one.end])]
        if not found:
            return text
        parts, last = [], 0
        for one in found:
            parts += [text[last : one.start], word(one.kind)]
            last = one.end
        text = "".join(parts) + text[last:]
    return text


_MOST_ROUNDS = 4


class Redaction:
    """One conversation's placeholders: the same value has the same one, numbered in order of appearance by kind.

    `redact` puts text that looks like a placeholder aside first, so nobody can forge one, and `restore` of what
    `redact` gave is the text as it was.
    """

    def __init__(
        self, names: Iterable[str] = (), *, ids: Iterable[str] = (), kinds: Collection[Kind] = EVERYTHING
    ) -> None:
        self._names = names_of(tuple(sorted(set(names))), tuple(sorted(set(ids))))
        self._kinds = frozenset(kinds)
        self._placeholders: dict[tuple[Kind, str], str] = {}
        self._values: dict[str, str] = {}
        self._held: dict[Kind, list[str]] = {}

    @property
    def held(self) -> Mapping[Kind, tuple[str, ...]]:
        """What was found, by kind, in order of appearance; text put aside is not among it."""
        return MappingProxyType({kind: tuple(values) for kind, values in self._held.items() if kind != Kind.TEXT})

    def redact(self, text: str) -> str:
        """The text with a placeholder for everything private."""
        aside = [Found(kind=Kind.TEXT, start=one.start(), end=one.end()) for one in _PLACEHOLDER.finditer(text)]
        found = apart([*find(text, names=self._names, kinds=self._kinds), *aside])
        if not found:
            return text
        parts, last = [], 0
        for one in found:
            parts += [text[last : one.start], self._placeholder(one.kind, text[one.start : one.end])]
            last = one.end
        return "".join(parts) + text[last:]

    def redact_all(self, value: JsonValue) -> JsonValue:
        """Every text within, keys too; numbers and truths stay."""
        match value:
            case str():
                return self.redact(value)
            case list():
                return [self.redact_all(one) for one in value]
            case dict():
                return {self.redact(key): self.redact_all(one) for key, one in value.items()}
            case _:
                return value

    def restore(self, text: str) -> str:
        """The text with what stands behind each of our placeholders; one that we never gave stays as it is."""
        return _PLACEHOLDER.sub(lambda match: self._values.get(match.group().lower(), match.group()), text)

    def restore_all(self, value: JsonValue) -> JsonValue:
        """`restore` in every text within, keys too."""
        match value:
            case str():
                return self.restore(value)
            case list():
                return [self.restore_all(one) for one in value]
            case dict():
                return {self.restore(key): self.restore_all(one) for key, one in value.items()}
            case _:
                return value

    def _placeholder(self, kind: Kind, value: str) -> str:
        known = self._placeholders.get((kind, value))
        if known is not None:
            return known
        values = self._held.setdefault(kind, [])
        values.append(value)
        made = f"[{kind}-{len(values)}]"
        self._placeholders[kind, value] = made
        self._values[made] = value
        return made


def _is_mask(found: str) -> bool:
    return found.startswith("[") and found.endswith("]")


def _plain(text: str) -> tuple[str, Callable[[int], int]]:
    """The text without characters that take no room and with full-width ones made narrow; and the way back."""
    if text.isascii():
        return text, lambda place: place
    kept = [place for place, char in enumerate(text) if char not in ZERO_WIDTH]
    return "".join(text[place] for place in kept).translate(_WIDE), kept.__getitem__
