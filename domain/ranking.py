"""Figures of technicians and the score they make. Pure.

A technician with few tickets is judged mostly by their team: success and minutes are shrunken towards the team's mean
with the weight of `ROUTE_PRIOR_TICKETS` tickets (empirical Bayes with a fixed prior weight, as for a beta-binomial:
(good + k·p) / (resolved + k); minutes on the log scale). A team without tickets takes the mean of all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, log

from domain.ports import TrackRecord
from domain.thresholds import (
    ROUTE_AFFINITY,
    ROUTE_LOAD,
    ROUTE_PRIOR_TICKETS,
    ROUTE_SIMILAR,
    ROUTE_SPEED,
    ROUTE_SUCCESS,
)

_UNKNOWN_SUCCESS = 0.5


@dataclass(frozen=True)
class Figures:
    """How a technician did on tickets of the kind. `success` and `minutes` are shrunken to the team's."""

    resolved: int
    good: int
    success: float
    minutes: float | None


@dataclass(frozen=True)
class _Mean:
    success: float
    minutes: float | None


def shrunken(records: Iterable[TrackRecord], team_of: Mapping[str, str]) -> dict[str, Figures]:
    """The figures of every technician in `team_of` (technician → team), with or without a record."""
    by_technician = merged(records)
    everybody = _mean(by_technician.values(), _Mean(_UNKNOWN_SUCCESS, None))
    of_team: dict[str, list[TrackRecord]] = {}
    for technician, team in team_of.items():
        if technician in by_technician:
            of_team.setdefault(team, []).append(by_technician[technician])
    means = {team: _mean(those, everybody) for team, those in of_team.items()}
    return {
        technician: _shrink(by_technician.get(technician), means.get(team, everybody))
        for technician, team in team_of.items()
    }


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


def _mean(records: Iterable[TrackRecord], otherwise: _Mean) -> _Mean:
    those = [one for one in records if one.resolved]
    resolved = sum(one.resolved for one in those)
    if not resolved:
        return otherwise
    timed = [one for one in those if one.minutes]
    weight = sum(one.resolved for one in timed)
    minutes = exp(sum(one.resolved * log(one.minutes or 1) for one in timed) / weight) if weight else None
    return _Mean(sum(one.good for one in those) / resolved, minutes or otherwise.minutes)


def _shrink(record: TrackRecord | None, mean: _Mean) -> Figures:
    if record is None or not record.resolved:
        return Figures(0, 0, mean.success, mean.minutes)
    k, n = ROUTE_PRIOR_TICKETS, record.resolved
    minutes = record.minutes or mean.minutes
    if record.minutes and mean.minutes:
        minutes = exp((n * log(record.minutes) + k * log(mean.minutes)) / (n + k))
    return Figures(n, record.good, (record.good + k * mean.success) / (n + k), minutes)


def _sum(one: TrackRecord, other: TrackRecord) -> TrackRecord:
    resolved = one.resolved + other.resolved
    if one.minutes is None or other.minutes is None:
        minutes = one.minutes if other.minutes is None else other.minutes
    else:
        minutes = (one.minutes * one.resolved + other.minutes * other.resolved) / resolved if resolved else None
    return one.model_copy(update={"resolved": resolved, "good": one.good + other.good, "minutes": minutes})
