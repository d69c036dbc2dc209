"""The moments a team model is fitted on: each seen with what was known of other tickets just before it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from domain.asof import cut_after
from domain.ticket import EventKind
from learning.routing.linear import Read, read, words_of
from learning.routing.memory import FLOOR, RouteMemory
from learning.routing.seen import Seen, seen
from learning.stream import Happening

Features = NDArray[np.float32]

MOST_FLOATS = 40_000_000
"""Of features held at once, 160 MB; beyond, the oldest moments are let go."""


@dataclass(slots=True)
class Row:
    """One moment of one ticket. `team` is the one it has had last, as far as the history was told."""

    ticket_id: str
    at: datetime
    facts: Seen
    features: Features
    """(teams known then, columns)."""
    read: Read
    team: str | None = None
    ended: bool = False


class Rows:
    """Collects the rows while a history is told, oldest let go first."""

    def __init__(self, memory: RouteMemory) -> None:
        self.memory = memory
        self._rows: deque[Row] = deque()
        self._of_ticket: dict[str, list[Row]] = {}
        self._floats = 0

    def tell(self, happening: Happening) -> None:
        """One event: the row of its moment, if it is one, is made before the memory learns of it."""
        event = happening.ticket.events[happening.count - 1]
        if happening.count == 1 or event.kind == EventKind.ASSIGNMENT:
            self._add(happening)
        ended = event.kind in (EventKind.RESOLVED, EventKind.CLOSED)
        for row in self._of_ticket.get(happening.ticket.id, ()):
            row.ended = row.ended or ended
            if event.kind == EventKind.ASSIGNMENT and event.team:
                row.team = event.team
        self.memory.tell(happening)

    def settled(self) -> list[Row]:
        """The rows whose final team is known, in order of time; all with a team in a history where nothing ends."""
        ends = any(row.ended for row in self._rows)
        return [row for row in self._rows if row.team is not None and (row.ended or not ends)]

    def _add(self, happening: Happening) -> None:
        cut = cut_after(happening.ticket, happening.count)
        facts = seen(cut)
        own = self._of_ticket.setdefault(happening.ticket.id, [])
        if any(row.facts.stage == facts.stage for row in own):
            return
        features = self.memory.look(facts, happening.at).astype(np.float32)
        text = own[0].read.text if own else words_of(cut)
        row = Row(happening.ticket.id, happening.at, facts, features, read(facts, text))
        row.team = own[-1].team if own else None
        own.append(row)
        self._rows.append(row)
        self._floats += features.size
        while self._floats > MOST_FLOATS and len(self._rows) > 1:
            gone = self._rows.popleft()
            self._floats -= gone.features.size
            self._of_ticket[gone.ticket_id].remove(gone)


def stacked(rows: Iterable[Row], teams: int, columns: int) -> Features:
    """(rows, teams, columns): a team that was not known at a row's moment has the lowest share of every kind."""
    held = list(rows)
    found = np.full((len(held), teams, columns), np.log(FLOOR), dtype=np.float32)
    found[:, :, columns - 2] = 0.0
    for number, row in enumerate(held):
        found[number, : len(row.features)] = row.features
    return found
