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

SHORTEST = 1.0
"""Minutes; below, logarithms would tell of clicks."""
SHRINK = 5.0
"""Weight, in tickets, that pulls each level's effect to nothing."""
ROUNDS = 12
"""Of backfitting; effects have settled to three digits on real and made histories."""
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
    minutes = dict(
        zip(
            timed,
            _expected([levels[one] for one in timed], [log(max(cases[one].minutes or 0, SHORTEST)) for one in timed]),
            strict=True,
        )
    )
    return [
        Usual(min(MOST, max(LEAST, chance)), exp(minutes[place]) if place in minutes else None)
        for place, chance in enumerate(chances)
    ]


def _expected(levels: Sequence[tuple[str, ...]], values: Sequence[float]) -> list[float]:
    """The fitted value of each row without the effect of its first factor, the technician."""
    if not values:
        return []
    mean = sum(values) / len(values)
    factors = len(levels[0])
    effects: list[dict[str, float]] = [{} for _ in range(factors)]
    rest = [value - mean for value in values]
    for _ in range(ROUNDS):
        # The technician comes last in each round, so that what difficulty explains is not taken for skill.
        for factor in (*range(1, factors), 0):
            rest, effects[factor] = _refit(levels, rest, factor, effects[factor])
    return [mean + sum(effects[factor].get(row[factor], 0.0) for factor in range(1, factors)) for row in levels]


def _refit(
    levels: Sequence[tuple[str, ...]], rest: list[float], factor: int, old: dict[str, float]
) -> tuple[list[float], dict[str, float]]:
    sums: dict[str, float] = {}
    counts: dict[str, int] = {}
    for row, left in zip(levels, rest, strict=True):
        level = row[factor]
        sums[level] = sums.get(level, 0.0) + left + old.get(level, 0.0)
        counts[level] = counts.get(level, 0) + 1
    new = {level: total / (counts[level] + SHRINK) for level, total in sums.items()}
    moved = {level: new[level] - old.get(level, 0.0) for level in new}
    return [left - moved[row[factor]] for row, left in zip(levels, rest, strict=True)], new


def _levels(case: Case) -> tuple[str, ...]:
    age = "" if case.waited is None else str(sum(case.waited >= edge for edge in _AGES))
    handed = "" if case.handed is None else str(min(case.handed, _HANDED))
    return (case.technician, (case.category or "").lower(), case.priority or "", age, handed)
