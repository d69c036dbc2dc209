"""Topics of requests: leader clustering of their vectors as they come (Hartigan 1975), deterministic and bounded.

A request joins the nearest topics whose centre is near enough, at most `TOPICS_OF_ONE`; one that is near none starts
its own. The topic unused for longest makes room for a new one.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from domain.base import derived_id
from domain.thresholds import TOPIC_COSINE, TOPICS_KEPT, TOPICS_OF_ONE
from retrieval.ports import Vector

_OLD = 200
"""A centre moves by its last so many tickets; older ones fade."""


class Topics:
    """The topics of one tenant. `changed` and `gone` say what has to be kept since they were last cleared."""

    def __init__(self, dimension: int, most: int = TOPICS_KEPT) -> None:
        self._most = most
        self._sums: NDArray[np.float64] = np.zeros((0, dimension))
        self.ids: list[str] = []
        self._tickets: list[int] = []
        self._used: list[datetime] = []
        self.changed: set[str] = set()
        self.gone: set[str] = set()

    def add(self, id: str, tickets: int, used_at: datetime, centre: list[float]) -> None:
        """A topic as it was kept."""
        self._sums = np.vstack([self._sums, np.asarray(centre, dtype=np.float64)])
        self.ids.append(id)
        self._tickets.append(tickets)
        self._used.append(used_at)

    def place(self, ticket_id: str, vector: Vector, at: datetime) -> tuple[str, ...]:
        """The topics of a request, nearest first; they move towards it."""
        near = self._near(vector)
        if not near:
            self._make_room()
            self.add(derived_id("topic", ticket_id), 0, at, [0.0] * len(vector))
            near = [len(self.ids) - 1]
        nearest = near[0]
        fading = 1.0 if self._tickets[nearest] < _OLD else 1.0 - 1.0 / _OLD
        self._sums[nearest] = self._sums[nearest] * fading + vector
        self._tickets[nearest] += 1
        for row in near:
            self._used[row] = max(self._used[row], at)
            self.changed.add(self.ids[row])
        return tuple(self.ids[row] for row in near)

    def kept(self, id: str) -> tuple[int, datetime, list[float]]:
        """(tickets, last use, centre) of a topic."""
        row = self.ids.index(id)
        return self._tickets[row], self._used[row], [float(value) for value in self._sums[row]]

    def _near(self, vector: Vector) -> list[int]:
        if not self.ids:
            return []
        lengths = np.linalg.norm(self._sums, axis=1)
        cosines = self._sums @ vector / np.where(lengths > 0.0, lengths, 1.0)
        order = sorted(range(len(self.ids)), key=lambda row: (-cosines[row], self.ids[row]))
        return [row for row in order[:TOPICS_OF_ONE] if cosines[row] >= TOPIC_COSINE]

    def _make_room(self) -> None:
        if len(self.ids) < self._most:
            return
        row = min(range(len(self.ids)), key=lambda one: (self._used[one], self.ids[one]))
        self.gone.add(self.ids[row])
        self.changed.discard(self.ids[row])
        self._sums = np.delete(self._sums, row, axis=0)
        for column in (self.ids, self._tickets, self._used):
            del column[row]
