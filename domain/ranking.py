"""Figures of technicians and the score they make. Pure.

Success is read against difficulty: lasting fixes over those that anybody would have had with the same tickets
(`TrackRecord.expected_good`), times the mean of all, so that who takes hard tickets is not punished. A technician with
few tickets is judged mostly by their team (empirical Bayes, as for a gamma-Poisson ratio: (good + k·team) /
(expected + k)). The weight k comes from how much technicians really differ (method of moments, DerSimonian and Laird
1986), within bounds; with too few technicians to tell it is `ROUTE_PRIOR_TICKETS` tickets. Minutes likewise, on the
log scale, with a fixed weight. A team without tickets takes the mean of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from domain.ports import TrackRecord
from domain.thresholds import (
    ROUTE_AFFINITY,
    ROUTE_LOAD,
    ROUTE_PRIOR_BOUNDS,
    ROUTE_PRIOR_PEOPLE,
    ROUTE_PRIOR_TICKETS,
    ROUTE_SIMILAR,
    ROUTE_SPEED,
    ROUTE_SUCCESS,
)

_UNKNOWN_SUCCESS = 0.5


@dataclass(frozen=True)
class Figures:
    """How a technician did on tickets of the kind. `success` and `minutes` are adjusted and shrunken to the team's."""

    resolved: int
    good: int
    success: float
    minutes: float | None
    adjusted: bool = False
    """Whether it is known how hard the tickets were."""


@dataclass(frozen=True)
class _Mean:
    ratio: float
    """Good over expected."""
    minutes: float | None


def shrunken(records: Iterable[TrackRecord], team_of: Mapping[str, str]) -> dict[str, Figures]:
    """The figures of every technician in `team_of` (technician → team), with or without a record."""
    by_technician = merged(records)
    base = _share(by_technician.values())
    usual = _usual_minutes(by_technician.values())
    everybody = _mean(by_technician.values(), base, usual, _Mean(1.0, None))
    of_team: dict[str, list[TrackRecord]] = {}
    for technician, team in team_of.items():
        if technician in by_technician:
            of_team.setdefault(team, []).append(by_technician[technician])
    means = {team: _mean(those, base, usual, everybody) for team, those in of_team.items()}
    weight = prior_tickets(list(by_technician.values()), base) * base
    return {
        technician: _shrink(by_technician.get(technician), means.get(team, everybody), base, usual, weight)
        for technician, team in team_of.items()
    }


def prior_tickets(records: Sequence[TrackRecord], base: float) -> float:
    """The weight of the team's mean, in tickets: the less technicians differ beyond chance, the more."""
    held = [(one.good, _expected(one, base)) for one in records if one.resolved]
    whole = sum(expected for _, expected in held)
    if len(held) < ROUTE_PRIOR_PEOPLE or not whole or not 0 < base < 1:
        return ROUTE_PRIOR_TICKETS
    chance = 1 - base
    # Each ratio varies by chance/expected; what the sum of squares has above that is real difference.
    beyond = sum(expected * (good / expected - 1) ** 2 for good, expected in held if expected) - chance * (
        len(held) - 1
    )
    room = whole - sum(expected**2 for _, expected in held) / whole
    differ = beyond / room if room > 0 else 0.0
    low, high = ROUTE_PRIOR_BOUNDS
    return high if differ <= 0 else min(high, max(low, chance / (differ * base)))


def merged(records: Iterable[TrackRecord]) -> dict[str, TrackRecord]:
    """One record for each technician; minutes of several records are averaged by their number of tickets."""
    result: dict[str, TrackRecord] = {}
    for record in records:
        known = result.get(record.technician)
        result[record.technician] = record if known is None else _sum(known, record)
    return result


def typical_minutes(figures: Iterable[Figures]) -> float | None:
    """The geometric mean of the minutes; none when nobody has any."""
    minutes = [log(one.minutes) for one in figures if one.minutes]
    return exp(sum(minutes) / len(minutes)) if minutes else None


def score(
    figures: Figures, typical: float | None, similar_share: float, affinity: bool, load: int, capacity: int
) -> float:
    """0–1: success, speed against what is typical, share of similar tickets, affinity, and the room that is left."""
    speed = typical / (typical + figures.minutes) if typical and figures.minutes else 0.5
    room = max(0.0, 1 - load / capacity) if capacity else 0.0
    return (
        ROUTE_SUCCESS * figures.success
        + ROUTE_SPEED * speed
        + ROUTE_SIMILAR * similar_share
        + ROUTE_AFFINITY * affinity
        + ROUTE_LOAD * room
    )


def _share(records: Iterable[TrackRecord]) -> float:
    those = list(records)
    resolved = sum(one.resolved for one in those)
    return sum(one.good for one in those) / resolved if resolved else _UNKNOWN_SUCCESS


def _expected(record: TrackRecord, base: float) -> float:
    return record.resolved * base if record.expected_good is None else record.expected_good


def _usual_minutes(records: Iterable[TrackRecord]) -> float | None:
    timed = [(one.resolved, one.minutes) for one in records if one.resolved and one.minutes]
    weight = sum(resolved for resolved, _ in timed)
    return exp(sum(resolved * log(minutes) for resolved, minutes in timed) / weight) if weight else None


def _minutes(record: TrackRecord, usual: float | None) -> float | None:
    return usual * record.minutes_ratio if usual and record.minutes_ratio else record.minutes


def _mean(records: Iterable[TrackRecord], base: float, usual: float | None, otherwise: _Mean) -> _Mean:
    those = [one for one in records if one.resolved]
    expected = sum(_expected(one, base) for one in those)
    if not those:
        return otherwise
    timed = [(one.resolved, minutes) for one in those if (minutes := _minutes(one, usual))]
    weight = sum(resolved for resolved, _ in timed)
    minutes = exp(sum(resolved * log(each) for resolved, each in timed) / weight) if weight else None
    ratio = sum(one.good for one in those) / expected if expected else 1.0
    return _Mean(ratio, minutes or otherwise.minutes)


def _shrink(record: TrackRecord | None, mean: _Mean, base: float, usual: float | None, weight: float) -> Figures:
    if record is None or not record.resolved:
        return Figures(0, 0, min(1.0, base * mean.ratio), mean.minutes)
    expected, own = _expected(record, base), _minutes(record, usual)
    # With no success anywhere there is nothing to expect, and nothing to tell technicians apart by.
    ratio = (record.good + weight * mean.ratio) / (expected + weight) if expected + weight else 1.0
    minutes = own or mean.minutes
    if own and mean.minutes:
        k, n = ROUTE_PRIOR_TICKETS, record.resolved
        minutes = exp((n * log(own) + k * log(mean.minutes)) / (n + k))
    return Figures(record.resolved, record.good, min(1.0, base * ratio), minutes, record.expected_good is not None)


def _sum(one: TrackRecord, other: TrackRecord) -> TrackRecord:
    resolved = one.resolved + other.resolved
    changes: dict[str, float | None] = {
        "resolved": resolved, "good": one.good + other.good, "minutes": _both(one, other, one.minutes, other.minutes),
        "expected_good": None, "minutes_ratio": None,
    }  # fmt: skip
    if one.expected_good is not None and other.expected_good is not None:
        changes["expected_good"] = one.expected_good + other.expected_good
    if one.minutes_ratio and other.minutes_ratio:
        logs = _both(one, other, log(one.minutes_ratio), log(other.minutes_ratio))
        changes["minutes_ratio"] = None if logs is None else exp(logs)
    return one.model_copy(update=changes)


def _both(one: TrackRecord, other: TrackRecord, mine: float | None, theirs: float | None) -> float | None:
    """The mean of two figures, weighing by tickets; the one that is there when the other is not."""
    if mine is None or theirs is None:
        return mine if theirs is None else theirs
    resolved = one.resolved + other.resolved
    return (mine * one.resolved + theirs * other.resolved) / resolved if resolved else None
