"""The moments that a model learns from, gathered while a history is told, in arrays and not in objects.

One row for each ticket and stage: the creation, the first event, and of each later stage one event drawn at random
(all events are equally likely, by a hash of ticket and position, so that the same history gives the same rows).
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from math import inf
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from domain.asof import cut_after
from domain.learned import Target
from domain.policy.policy import Policy
from domain.ticket import Ticket
from learning.desk import Desk
from learning.features import KEYS, NUMBERS, Observation, observe
from learning.features.words import asks_openly
from learning.risk.fates import Fate
from learning.stream import Happening

STAGES = ("creation", "first_event", "within_hours", "within_a_day", "within_days", "later", "resolved")
"""Where a ticket stands in its life; each has its own tables, since what tells early says little later."""
_LATER = ((4.0, 2), (24.0, 3), (120.0, 4), (inf, 5))
"""Hours open up to which a stage goes, and its number. As in landmarking (van Houwelingen 2007), rows of a stage are
tickets still open at it."""
TICKETS_KEPT = 60_000
"""Tickets whose moments are held; beyond that the oldest go. 60,000 tickets take about 150 MB."""


def stage_of(seen: Observation) -> int:
    """The number of the stage that an observation belongs to."""
    if seen.events <= 1:
        return 0
    if seen.resolved:
        return 6
    if seen.fresh:
        return 1
    return next(number for hours, number in _LATER if seen.hours_open < hours)


@dataclass(frozen=True, slots=True)
class Rows:
    """The moments of one stage."""

    numbers: NDArray[np.float32]
    keys: NDArray[np.int32]
    """Codes into the sampler's vocabulary of each column; −1 is missing."""
    tickets: NDArray[np.int64]
    """Numbers of tickets."""
    at: NDArray[np.float64]


class _Stage:
    """Growing arrays of one stage, with the row of each ticket."""

    def __init__(self) -> None:
        self.numbers = array("f")
        self.keys = array("i")
        self.tickets = array("q")
        self.at = array("d")
        self.draws: dict[int, tuple[int, int]] = {}

    def put(self, ticket: int, draw: int, at: float, numbers: tuple[float, ...], keys: list[int]) -> None:
        known = self.draws.get(ticket)
        if known is None:
            self.draws[ticket] = (len(self.tickets), draw)
            self.numbers.extend(numbers)
            self.keys.extend(keys)
            self.tickets.append(ticket)
            self.at.append(at)
        elif draw >= known[1]:
            row = known[0]
            self.draws[ticket] = (row, draw)
            self.numbers[row * len(NUMBERS) : (row + 1) * len(NUMBERS)] = array("f", numbers)
            self.keys[row * len(KEYS) : (row + 1) * len(KEYS)] = array("i", keys)
            self.at[row] = at

    def drop_before(self, oldest: int) -> None:
        """Lets go of the rows of tickets with lower numbers."""
        kept, fresh = [row for row, ticket in enumerate(self.tickets) if ticket >= oldest], _Stage()
        for row in kept:
            ticket = self.tickets[row]
            numbers = tuple(self.numbers[row * len(NUMBERS) : (row + 1) * len(NUMBERS)])
            keys = list(self.keys[row * len(KEYS) : (row + 1) * len(KEYS)])
            fresh.put(ticket, self.draws[ticket][1], self.at[row], numbers, keys)
        self.numbers, self.keys, self.tickets = fresh.numbers, fresh.keys, fresh.tickets
        self.at, self.draws = fresh.at, fresh.draws


class Sampler:
    """Follows a history beside a desk and keeps the moments to learn from, with what came of each ticket so far."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.fates: list[Fate] = []
        self.words: list[dict[str, int]] = [{} for _ in KEYS]
        self.policy = policy
        self._numbers: dict[str, int] = {}
        self._stages = tuple(_Stage() for _ in STAGES)
        self._now = 0.0
        self._declared: set[int] = set()
        self._trim_at = TICKETS_KEPT * 5 // 4

    @property
    def now(self) -> float:
        """The moment of the last event seen, in seconds since 1970."""
        return self._now

    @property
    def tickets(self) -> int:
        """Tickets seen."""
        return len(self.fates)

    def see(self, happening: Happening, desk: Desk, seen: Observation | None = None) -> Observation:
        """Takes in an event that the desk was told already, and gives back what was observed."""
        ticket = happening.ticket
        number = self.follow(happening)
        cut = cut_after(ticket, happening.count)
        seen = seen or observe(cut, happening.at, desk, self.policy)
        stage, fate = stage_of(seen), self.fates[number]
        if fate.closed == inf and number not in self._declared:
            if asks_openly(cut, self.policy):
                self._declared.add(number)
            else:
                draw = 0 if stage < 2 else crc32(f"{ticket.id}\x1f{happening.count}".encode())
                self._stages[stage].put(number, draw, happening.at.timestamp(), seen.numbers, self._codes(seen))
        return seen

    def follow(self, happening: Happening) -> int:
        """Takes in what came of a ticket alone; gives its number."""
        ticket = happening.ticket
        number = self._numbers.get(ticket.id)
        if number is None:
            number = self._numbers[ticket.id] = len(self.fates)
            self.fates.append(Fate(opened=happening.at.timestamp()))
            if number >= self._trim_at:
                self._trim(number - TICKETS_KEPT)
        self.fates[number].take(ticket, happening.count)
        self._now = happening.at.timestamp()
        return number

    def certain(self, target: Target) -> dict[str, int]:
        """Ticket id → 1 or 0, where what came of it is certain by now."""
        verdicts = ((id_, self.fates[number].verdict(target)) for id_, number in self._numbers.items())
        return {id_: int(verdict) for id_, verdict in verdicts if verdict is not None}

    def rows(self, stage: int) -> Rows:
        """The moments of a stage so far."""
        one = self._stages[stage]
        return Rows(
            np.array(one.numbers, dtype=np.float32).reshape(-1, len(NUMBERS)),
            np.array(one.keys, dtype=np.int32).reshape(-1, len(KEYS)),
            np.array(one.tickets, dtype=np.int64), np.array(one.at, dtype=np.float64),
        )  # fmt: skip

    def _trim(self, oldest: int) -> None:
        for stage in self._stages:
            stage.drop_before(oldest)
        self._numbers = {id_: number for id_, number in self._numbers.items() if number >= oldest}
        self._trim_at += TICKETS_KEPT // 4

    def _codes(self, seen: Observation) -> list[int]:
        return [
            -1 if value is None else words.setdefault(value, len(words))
            for words, value in zip(self.words, seen.keys, strict=True)
        ]


def moments_of(ticket: Ticket) -> tuple[int, int]:
    """How many events there are at the creation and at the first event (with all that share its time)."""
    if len(ticket.events) < 2:
        return len(ticket.events), len(ticket.events)
    first = ticket.events[1].at
    return 1, 1 + sum(1 for event in ticket.events[1:] if event.at == first)
