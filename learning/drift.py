"""Drift: how far what comes in lies from what was learned from, feature by feature.

The population stability index (Siddiqi 2006) of two distributions over the same bins is the sum of
(new − old) × ln(new / old); below 0.1 is taken as stable, above 0.25 as a change that calls for training again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import isnan, log
from zlib import crc32

import numpy as np

from domain.base import Record
from learning.card import Profile
from learning.features import KEYS, NUMBERS, Observation

STABLE = 0.1
CHANGED = 0.25
FEWEST = 50
"""Tickets below which two distributions are not compared: with ten bins, empty ones would be mere chance."""
KEPT = 2_000
"""Observations that a profile is made of."""
PARTS = 10
VALUES = 12
_SMOOTH = 0.5
"""Added to every count, so that an empty bin is no infinite change."""


class Shift(Record):
    """One feature then and now."""

    feature: str
    psi: float
    word: str
    """`stable`, `moving` or `changed`."""


def profiles(seen: Sequence[Observation], features: Iterable[str]) -> tuple[Profile, ...]:
    """How the named features were distributed."""
    return tuple(_profile(seen, feature) for feature in features) if seen else ()


def shifts(then: Sequence[Profile], now: Sequence[Observation]) -> tuple[Shift, ...]:
    """How far each feature has moved, the farthest first; empty with too few tickets on either side."""
    if len(now) < FEWEST:
        return ()
    found = [_shift(one, now) for one in then if one.count >= FEWEST]
    return tuple(sorted(found, key=lambda one: (-one.psi, one.feature)))


def keep(id: str, share: float) -> bool:
    """Whether a ticket's observation is kept: a share of all, drawn by its id."""
    return crc32(f"profile\x1f{id}".encode()) < share * 2**32


def _profile(seen: Sequence[Observation], feature: str) -> Profile:
    if feature in NUMBERS:
        numbers = _numbers(seen, feature)
        there = np.array([one for one in numbers if not isnan(one)])
        edges = tuple(float(one) for one in np.unique(np.quantile(there, np.linspace(0, 1, PARTS + 1)[1:-1]))) if len(
            there
        ) else ()  # fmt: skip
        return Profile(feature=feature, edges=edges, shares=_shares(_in_bins(numbers, edges)), count=len(seen))
    values = _values(seen, feature)
    named = tuple(name for name, _ in Counter(one for one in values if one is not None).most_common(VALUES))
    return Profile(feature=feature, values=named, shares=_shares(_in_values(values, named)), count=len(seen))


def _shift(then: Profile, now: Sequence[Observation]) -> Shift:
    if then.feature in NUMBERS:
        counts = _in_bins(_numbers(now, then.feature), then.edges)
    else:
        counts = _in_values(_values(now, then.feature), then.values)
    old = _smoothed([one * then.count for one in then.shares])
    new = _smoothed(counts)
    psi = sum((fresh - before) * log(fresh / before) for fresh, before in zip(new, old, strict=True))
    word = "stable" if psi < STABLE else "moving" if psi < CHANGED else "changed"
    return Shift(feature=then.feature, psi=psi, word=word)


def _numbers(seen: Sequence[Observation], feature: str) -> list[float]:
    place = NUMBERS.index(feature)
    return [one.numbers[place] for one in seen]


def _values(seen: Sequence[Observation], feature: str) -> list[str | None]:
    place = KEYS.index(feature)
    return [one.keys[place] for one in seen]


def _in_bins(numbers: Sequence[float], edges: Sequence[float]) -> list[float]:
    counts = [0.0] * (len(edges) + 2)
    for one in numbers:
        counts[0 if isnan(one) else 1 + int(np.searchsorted(edges, one, side="left"))] += 1
    return counts


def _in_values(values: Sequence[str | None], named: Sequence[str]) -> list[float]:
    place = {name: number for number, name in enumerate(named, 1)}
    counts = [0.0] * (len(named) + 2)
    for one in values:
        counts[0 if one is None else place.get(one, len(named) + 1)] += 1
    return counts


def _shares(counts: Sequence[float]) -> tuple[float, ...]:
    total = sum(counts)
    return tuple(one / total for one in counts)


def _smoothed(counts: Sequence[float]) -> list[float]:
    total = sum(counts) + _SMOOTH * len(counts)
    return [(one + _SMOOTH) / total for one in counts]
