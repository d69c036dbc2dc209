"""How tickets of a kind usually go, whoever takes them: what a technician's record has to be read against.

An additive model by backfitting (Breiman and Friedman 1985): a ticket's chance of a lasting fix, and the logarithm of
its minutes, are the mean of all plus what its category, priority, age and hand-overs at take-over add, plus what its
technician adds. The last is fitted and then left out of the expectation: otherwise whoever takes all the hard tickets
would set what is usual for hard tickets (indirect standardisation with provider effects, as in Kalbfleisch and Wolfe
2013).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import numpy as np

SHORTEST = 1.0
"""Minutes; below, logarithms would tell of clicks."""
SHRINK = 5.0
"""Weight, in tickets, that pulls each level's effect to nothing."""
ROUNDS = 12
"""Of backfitting."""
LEAST, MOST = 0.02, 0.98
"""Bounds of an expected chance: nothing is certain."""
_AGES = (15.0, 120.0, 480.0, 1440.0, 4320.0)
_HANDED = 3


@dataclass(frozen=True, slots=True)
class Case:
    """One resolution: who, how hard, how it went. `waited` and `minutes` are minutes."""

    technician: str
    category: str | None
    priority: str | None
    waited: float | None
    handed: int | None
    good: bool
    minutes: float | None


@dataclass(frozen=True, slots=True)
class Usual:
    """What such a ticket comes to with anybody."""

    good: float
    """Chance of a lasting fix."""
    minutes: float | None
    """Usual minutes; none where no ticket has any."""


def case_mix(cases: Sequence[Case]) -> list[Usual]:
    """What is usual for each of the cases, learned from all of them."""
    levels = [_levels(case) for case in cases]
    chances = _expected(levels, [float(case.good) for case in cases])
    timed = [place for place, case in enumerate(cases) if case.minutes is not None]
    logs = [log(max(cases[place].minutes or 0.0, SHORTEST)) for place in timed]
    usual = dict(zip(timed, _expected([levels[place] for place in timed], logs), strict=True))
    return [
        Usual(min(MOST, max(LEAST, chance)), exp(usual[place]) if place in usual else None)
        for place, chance in enumerate(chances)
    ]


def _expected(levels: Sequence[tuple[str, ...]], values: Sequence[float]) -> list[float]:
    """The fitted value of each row without the effect of its first factor, the technician."""
    if not values:
        return []
    given = np.asarray(values, dtype=np.float64)
    rest = given - given.mean()
    codes = [np.unique(column, return_inverse=True)[1] for column in zip(*levels, strict=True)]
    counts = [np.bincount(column) for column in codes]
    effects = [np.zeros(len(count)) for count in counts]
    for _ in range(ROUNDS):
        # The technician comes last in each round, so that what difficulty explains is not taken for skill.
        for factor in (*range(1, len(codes)), 0):
            sums = np.bincount(codes[factor], weights=rest) + counts[factor] * effects[factor]
            new = sums / (counts[factor] + SHRINK)
            rest -= (new - effects[factor])[codes[factor]]
            effects[factor] = new
    found = given.mean() + sum(effects[factor][codes[factor]] for factor in range(1, len(codes)))
    return [float(one) for one in found]


def _levels(case: Case) -> tuple[str, ...]:
    age = "" if case.waited is None else str(sum(case.waited >= edge for edge in _AGES))
    handed = "" if case.handed is None else str(min(case.handed, _HANDED))
    return (case.technician, (case.category or "").lower(), case.priority or "", age, handed)
