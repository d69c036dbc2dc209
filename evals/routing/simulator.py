"""A desk with known skills: technicians × topics, hard tickets that go to the best, shifts and load.

Every ticket has a topic and is easy or hard. A technician's chance of a lasting fix and usual minutes on it are known,
so that any way of routing can be held against the best possible one. Hardness shows in the record only as it would in
life: in priority, age and hand-overs at take-over, each of which can mislead.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from domain.base import Record
from learning.track_record import Resolution

START = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday."""
EASY_FIX, HARD_FIX = 0.85, 0.50
"""Chance of a lasting fix by somebody without special skill."""
EASY_MINUTES, HARD_MINUTES = 60.0, 240.0
FIX_BOUNDS = (0.05, 0.98)
MISLEADS = 0.15
"""Share of tickets on which a sign of hardness is wrong, each sign by itself."""
SPREAD = 0.5
"""Of minutes around the usual ones (standard deviation of the logarithm)."""


class Setting(Record):
    """What the simulated desk is like."""

    technicians: int = 12
    topics: int = 6
    capacity: int = 4
    past: int = 3000
    """Tickets of the log that is learned from."""
    asked: int = 600
    """Tickets that are routed."""
    minutes_between: float = 9.0
    hard: float = 0.4
    """Share of hard tickets."""
    to_best: float = 0.8
    """Share of hard tickets that the log gives to the best who is there; the others go to anybody."""
    skill: float = 0.12
    """Standard deviation of what a technician adds to the chance of a fix on a topic."""
    speed: float = 0.3
    """The same for the logarithm of minutes."""


@dataclass(frozen=True)
class Asked:
    """One ticket to route. `shown` is what the record shows of it: priority, minutes waited, hand-overs."""

    number: int
    at: datetime
    topic: int
    hard: bool
    shown: tuple[str, float, int]


class SimulatedDesk:
    """The truth of one desk. The same setting and seed give the same desk."""

    def __init__(self, setting: Setting, seed: int) -> None:
        self.setting = setting
        self._rng = np.random.default_rng(seed)
        shape = (setting.technicians, setting.topics)
        self._skill = self._rng.normal(0, setting.skill, shape)
        self._speed = self._rng.normal(0, setting.speed, shape)

    def chances(self, ticket: Asked) -> NDArray[np.float64]:
        """(technicians,): the chance of a lasting fix by each."""
        base = HARD_FIX if ticket.hard else EASY_FIX
        return np.asarray(np.clip(base + self._skill[:, ticket.topic], *FIX_BOUNDS))

    def minutes(self, ticket: Asked) -> NDArray[np.float64]:
        """(technicians,): the usual minutes of each."""
        base = HARD_MINUTES if ticket.hard else EASY_MINUTES
        return np.asarray(base * np.exp(self._speed[:, ticket.topic]))

    def there(self, at: datetime) -> list[int]:
        """Who is on shift: half of the technicians by day, the other half by night."""
        by_day = 6 <= at.hour < 18
        return [number for number in range(self.setting.technicians) if (number % 2 == 0) == by_day]

    def past(self) -> list[tuple[Asked, Resolution]]:
        """The log: who took each ticket, and what came of it, in order of time."""
        found = []
        for ticket in self.tickets(self.setting.past, START):
            there, chances = self.there(ticket.at), self.chances(ticket)
            if ticket.hard and self._rng.random() < self.setting.to_best:
                who = max(there, key=lambda one: chances[one])
            else:
                who = int(self._rng.choice(there))
            found.append((ticket, self._resolved(ticket, who, bool(self._rng.random() < chances[who]))))
        return found

    def tickets(self, count: int, start: datetime) -> list[Asked]:
        """Tickets in order of time."""
        found, at = [], start
        for number in range(count):
            at += timedelta(minutes=float(self._rng.exponential(self.setting.minutes_between)))
            hard = bool(self._rng.random() < self.setting.hard)
            signs = [hard != (self._rng.random() < MISLEADS) for _ in range(3)]
            shown = ("high" if signs[0] else "low", 700.0 if signs[1] else 5.0, 2 if signs[2] else 0)
            found.append(Asked(number, at, int(self._rng.integers(self.setting.topics)), hard, shown))
        return found

    def _resolved(self, ticket: Asked, who: int, good: bool) -> Resolution:
        took = float(self.minutes(ticket)[who] * self._rng.lognormal(0, SPREAD))
        at = ticket.at + timedelta(minutes=took)
        priority, waited, handed = ticket.shown
        return Resolution(
            ticket_id=f"S-{ticket.number:05}", at=at, category=topic(ticket.topic), technician=name(who), team="desk",
            minutes=took, minutes_open=waited + took, spoiled_at=None if good else at + timedelta(hours=1),
            priority=priority, waited=waited, handed=handed,
        )  # fmt: skip


def name(technician: int) -> str:
    """What a technician is called in records."""
    return f"t{technician:02}"


def topic(number: int) -> str:
    """What a topic is called in records."""
    return f"topic-{number}"
