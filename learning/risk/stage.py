"""The tables of one stage of a ticket's life: observation in, log-odds with their parts out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np
from numpy.typing import NDArray

from learning.features import KEYS, NUMBERS, SINGLE, Observation

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NumberTable:
    """The effect of a number: `values[0]` where it is missing, then one for each bin; `edges` are upper edges."""

    feature: str
    edges: tuple[float, ...]
    values: tuple[float, ...]
    low: float
    high: float
    """The range in which it was seen."""


@dataclass(frozen=True, slots=True)
class KeyTable:
    """The effect of a key's value, with the share of misses and the tickets behind it."""

    feature: str
    missing: float
    unseen: float
    usual: float
    """The share taken for a value that was never seen."""
    edges: tuple[float, ...]
    """Upper edges of the bins of shares that pairs are read by."""
    known: dict[str, tuple[float, float, float]]
    """Value → log-odds, share, tickets."""


@dataclass(frozen=True, slots=True)
class PairTable:
    """What two features add beyond both alone, by their two bins; both have a table of their own."""

    one: str
    two: str
    values: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What one feature adds."""

    feature: str
    log_odds: float
    share: float | None = None
    """Of a key: the share of misses among tickets with its value …"""
    tickets: float | None = None
    """… and how many there were."""


@dataclass(frozen=True, slots=True)
class Stage:
    """All tables of one stage. `base` and the parts sum to the log-odds."""

    base: float
    numbers: tuple[NumberTable, ...]
    keys: tuple[KeyTable, ...]
    pairs: tuple[PairTable, ...]
    labelled: int
    happened: float
    """Weighted share of the rows learned from in which it happened."""
    hours: tuple[float, float, float] | None = None
    """10th, 50th and 90th percentile of the hours until it happened, where it did and the time is known."""

    def log_odds(self, seen: Observation) -> float:
        """The log-odds for one observation."""
        return self.base + sum(part.log_odds for part in self.parts(seen))

    def parts(self, seen: Observation) -> list[Part]:
        """What each feature adds, in the order of the tables."""
        found, bins = [], {}
        for one in self.numbers:
            spot = bins[one.feature] = _bin(seen.numbers[NUMBER_AT[one.feature]], one.edges)
            found.append(Part(one.feature, one.values[spot]))
        for table in self.keys:
            value = seen.keys[KEY_AT[table.feature]]
            bins[table.feature] = _key_bin(table, value)
            if value is None:
                found.append(Part(table.feature, table.missing))
            elif (known := table.known.get(value)) is None:
                found.append(Part(table.feature, table.unseen))
            else:
                found.append(Part(table.feature, *known))
        found += [Part(f"{one.one} + {one.two}", one.values[bins[one.one]][bins[one.two]]) for one in self.pairs]
        return found

    def many(self, seen: Sequence[Observation]) -> Floats:
        """The log-odds of many observations at once."""
        matrix = np.array([one.numbers for one in seen], dtype=np.float64).reshape(len(seen), len(NUMBERS))
        total = np.full(len(seen), self.base)
        bins: dict[str, NDArray[np.int64]] = {}
        for one in self.numbers:
            column = matrix[:, NUMBER_AT[one.feature]]
            spot = np.where(np.isnan(column), 0, np.searchsorted(one.edges, column, side="left") + 1)
            bins[one.feature] = spot.astype(np.int64)
            total += np.asarray(one.values)[spot]
        paired = {name for pair in self.pairs for name in (pair.one, pair.two)}
        for table in self.keys:
            position = KEY_AT[table.feature]
            total += np.array([_of_key(table, row.keys[position]) for row in seen])
            if table.feature in paired:
                bins[table.feature] = np.array([_key_bin(table, row.keys[position]) for row in seen], dtype=np.int64)
        for pair in self.pairs:
            total += np.asarray(pair.values)[bins[pair.one], bins[pair.two]]
        return total

    def known_share(self, seen: Observation) -> float:
        """Of the single keys that this ticket has a value for, the share whose value was seen before; 1 without any."""
        hits, all_ = 0, 0
        for table in self.keys:
            key = seen.keys[KEY_AT[table.feature]]
            if key is not None and table.feature in SINGLE:
                all_ += 1
                hits += key in table.known
        return hits / all_ if all_ else 1.0


NUMBER_AT = {name: position for position, name in enumerate(NUMBERS)}
KEY_AT = {name: position for position, name in enumerate(KEYS)}


def _bin(value: float, edges: tuple[float, ...]) -> int:
    return 0 if isnan(value) else bisect_left(edges, value) + 1


def _of_key(table: KeyTable, value: str | None) -> float:
    if value is None:
        return table.missing
    known = table.known.get(value)
    return table.unseen if known is None else known[0]


def _key_bin(table: KeyTable, value: str | None) -> int:
    if value is None:
        return 0
    known = table.known.get(value)
    return bisect_left(table.edges, table.usual if known is None else known[1]) + 1
