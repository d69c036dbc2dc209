"""Bursts of known truth, planted into a stream of tickets."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.base import Record
from domain.bursts.signature import SITE, TOPIC, Sighting, signatures_of

SIZES = (4, 6, 10, 20)
"""Different people who report it."""
MINUTES = (20, 60, 180)
"""How long the reports take to come in: sudden, usual, slow."""
EVERY = timedelta(hours=40)
"""One burst in so long, so that no two lie over each other."""
MONDAYS = 0.2
"""Share of bursts that start on a Monday at 9:00."""
TWO_SITES = 0.25
"""Share of bursts that hit two sites."""


class Planted(Record):
    """One planted outbreak."""

    id: str
    start: datetime
    end: datetime
    size: int
    minutes: int
    two_sites: bool
    monday: bool


def plant(
    stream: Sequence[Sighting], since: datetime, seed: int, zone_hour: float = 0.0
) -> tuple[list[Sighting], list[Planted]]:
    """The stream with bursts from `since` on, in order of time, and the truth.

    A burst has the signature of a random ticket of the stream, so common troubles break out more often than rare ones,
    and starts when a random ticket came in, so mostly in working hours. Its people write nothing else.
    """
    rng = random.Random(seed)
    late = [one for one in stream if one.at >= since]
    if not late:
        return list(stream), []
    added: list[Sighting] = []
    truth: list[Planted] = []
    at, last = since, late[-1].at
    while at + EVERY < last:
        window = [one for one in late if at <= one.at < at + EVERY / 2]
        if window:
            burst, reports = _burst(rng, rng.choice(window), rng.choice(late), len(truth), f"{seed}", zone_hour)
            truth.append(burst)
            added += reports
        at += EVERY
    return sorted([*stream, *added], key=lambda one: (one.at, one.ticket_id)), truth


def _burst(
    rng: random.Random, when: Sighting, what: Sighting, number: int, run: str, zone_hour: float
) -> tuple[Planted, list[Sighting]]:
    size, minutes = rng.choice(SIZES), rng.choice(MINUTES)
    start, monday = when.at, rng.random() < MONDAYS
    if monday:
        day = start - timedelta(days=start.weekday())
        start = day.replace(hour=9, minute=0, second=0) - timedelta(hours=zone_hour)
    parts = {name: value for signature in what.signatures for name, value in signature if name != TOPIC}
    two = SITE in parts and rng.random() < TWO_SITES
    moments = sorted(start + timedelta(minutes=minutes * rng.random()) for _ in range(size))
    reports = []
    for n, at in enumerate(moments):
        here = {**parts, SITE: f"{parts[SITE]} annex"} if two and n % 2 else parts
        id = f"planted-{run}-{number}-{n}"
        reports.append(Sighting(id, at, f"person {id}", signatures_of(here)))
    burst = Planted(
        id=f"planted-{run}-{number}", start=moments[0], end=moments[-1], size=size, minutes=minutes, two_sites=two,
        monday=monday,
    )  # fmt: skip
    return burst, reports
