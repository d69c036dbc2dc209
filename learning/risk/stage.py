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
    known: dict[str, tuple[float, float, float]]
    """Value → log-odds, share, tickets."""


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
        found = [
            Part(one.feature, one.values[_bin(seen.numbers[NUMBER_AT[one.feature]], one.edges)]) for one in self.numbers
        ]
        for table in self.keys:
            value = seen.keys[KEY_AT[table.feature]]
            if value is None:
                found.append(Part(table.feature, table.missing))
            elif (known := table.known.get(value)) is None:
                found.append(Part(table.feature, table.unseen))
            else:
                found.append(Part(table.feature, *known))
        return found

    def many(self, seen: Sequence[Observation]) -> Floats:
        """The log-odds of many observations at once."""
        matrix = np.array([one.numbers for one in seen], dtype=np.float64).reshape(len(seen), len(NUMBERS))
        total = np.full(len(seen), self.base)
        for one in self.numbers:
            column = matrix[:, NUMBER_AT[one.feature]]
            spot = np.where(np.isnan(column), 0, np.searchsorted(one.edges, column, side="left") + 1)
            total += np.asarray(one.values)[spot]
        for table in self.keys:
            position = KEY_AT[table.feature]
            total += np.array([_of_key(table, row.keys[position]) for row in seen])
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

    def stretched(self, slope: float, shift: float) -> Stage:
        """The same stage with log-odds slope × old + shift; the parts still sum."""
        return Stage(
            self.base * slope + shift,
            tuple(
                NumberTable(one.feature, one.edges, tuple(slope * value for value in one.values), one.low, one.high)
                for one in self.numbers
            ),
            tuple(
                KeyTable(
                    one.feature, slope * one.missing, slope * one.unseen,
                    {key: (slope * value, share, count) for key, (value, share, count) in one.known.items()},
                )
                for one in self.keys
            ),
            self.labelled, self.happened, self.hours,
        )  # fmt: skip


NUMBER_AT = {name: position for position, name in enumerate(NUMBERS)}
KEY_AT = {name: position for position, name in enumerate(KEYS)}


def _bin(value: float, edges: tuple[float, ...]) -> int:
    return 0 if isnan(value) else bisect_left(edges, value) + 1


def _of_key(table: KeyTable, value: str | None) -> float:
    if value is None:
        return table.missing
    known = table.known.get(value)
    return table.unseen if known is None else known[0]
