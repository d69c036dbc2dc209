"""Where tickets of each kind ended up, remembered as they settle: decayed counts, told in order of time.

One memory serves training, evaluation, replay and live work. A ticket settles when it is resolved or closed, with the
team it has then. A history in which no ticket ever ends settles at each assignment: that is all there will ever be;
the first ending that is seen takes back what was learned in that way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from domain.asof import cut_after
from domain.ticket import EventKind
from learning.routing.seen import FIELDS, STAGES, Seen, Stage, seen
from learning.stored import Value, array, lines
from learning.stream import Happening

Floats = NDArray[np.float64]

HALF_LIFE_DAYS = 30.0
"""After so long a settled ticket counts half. Ten days did worse on splits by time; longer was not tried."""
PRIOR = 2.0
"""Weight of the wider kind in a narrower one's shares, in tickets of now (Dirichlet smoothing towards a backoff)."""
FLOOR = 1e-4
"""Added to a share before its logarithm."""
MOST_KINDS = 400_000
"""Kinds kept; beyond, the lighter half is forgotten."""
MOST_WAITING = 200_000
"""Tickets held that have not settled; beyond, the oldest is let go."""

_TEXT = (("subject",), ("opening",), ("requester", "opening"))
_WIDE = (
    ("service",), ("category",), ("subcategory",), ("service", "subcategory"), ("requester",), ("site",), ("opener",),
    ("opener", "service"), ("opener", "subcategory"), ("channel", "category"), ("site", "service"),
    ("requester", "service"), ("impact", "urgency"), ("type", "priority"), *_TEXT,
)  # fmt: skip
_OF_TEAM = (
    ("team",), ("technician",), ("assigner",), ("technician", "service"), ("technician", "assigner"),
    ("team", "service"), ("team", "subcategory"), ("team", "category"), ("team", "technician"),
    ("team", "assigner"), ("team", "requester"), ("team", "site"), ("team", "opener"), ("service", "subcategory"),
    ("requester",), ("team", "service", "subcategory"), ("team", "technician", "service"),
    ("team", "assigner", "service"), ("assigner", "service"), ("team", "opener", "service"),
    ("team", "site", "service"), ("team", "channel"), ("team", "impact", "urgency"), *_TEXT,
)  # fmt: skip
KINDS: Mapping[Stage, tuple[tuple[str, ...], ...]] = {
    "unassigned": _WIDE,
    "assigned": _OF_TEAM,
    "moved": (*_OF_TEAM, ("team", "previous")),
}
"""Stage → the combinations of facts by which tickets are alike; the first is the wider kind of all others with it."""


class HasRoutes(Protocol):
    """Whatever knows, at a moment, where tickets ended up."""

    @property
    def routes(self) -> RouteMemory:
        """The memory as of that moment."""
        ...


@dataclass(slots=True)
class _Waiting:
    team: str | None = None
    looks: dict[Stage, Seen] = field(default_factory=dict)
    learned: tuple[str, float] | None = None
    """Team and weight that were counted before the end."""


class RouteMemory:
    """Counts of teams by kind of ticket. `tell` everything in order of time; `look` is a matter of microseconds."""

    def __init__(self) -> None:
        self.teams: list[str] = []
        self._places: dict[str, int] = {}
        self._counts: dict[str, dict[int, float]] = {}
        self._of_all: list[float] = []
        self._since: datetime | None = None
        self._waiting: dict[str, _Waiting] = {}
        self._ends = False

    def settled(self, at: datetime) -> float:
        """The weight of everything remembered, in tickets that settle at `at`."""
        return sum(self._of_all) / self._weight(at) if self._of_all else 0.0

    @property
    def ended_with(self) -> list[str]:
        """The teams that tickets ended with; `teams` also has those that only seemed so for a while."""
        least = 1e-6 * max(self._of_all, default=0.0)
        return [team for team, weight in zip(self.teams, self._of_all, strict=True) if weight > least]

    def tell(self, happening: Happening) -> None:
        """Takes in one event. Reads only that event and the ticket cut after it."""
        event = happening.ticket.events[happening.count - 1]
        if happening.count == 1 or event.kind == EventKind.ASSIGNMENT:
            self._note(happening, assignment=event.kind == EventKind.ASSIGNMENT)
        elif event.kind in (EventKind.RESOLVED, EventKind.CLOSED):
            self._end(happening)

    def place(self, team: str) -> int | None:
        """The team's row in what `look` gives; none for a team that never had a ticket."""
        return self._places.get(team)

    def look(self, facts: Seen, at: datetime, teams: int | None = None) -> Floats:
        """(teams, kinds + 2): log share of each team among tickets of each kind, whether it has the ticket now,
        and its log share of all. `teams`: only the first so many."""
        size = len(self.teams) if teams is None else teams
        kinds = KINDS[facts.stage]
        found = np.zeros((size, len(kinds) + 2))
        if not size:
            return found
        now = self._weight(at)
        of_all = (np.asarray(self._of_all[:size]) + PRIOR * now / size) + 0.0
        of_all /= of_all.sum()
        wider = of_all
        for column, kind in enumerate(kinds):
            shares, whole = wider * (PRIOR * now), PRIOR * now
            for team, weight in self._counts.get(_key(facts, kind), {}).items():
                if team < size:
                    shares[team] += weight
                    whole += weight
            shares /= whole
            found[:, column] = np.log(shares + FLOOR)
            if column == 0 and facts.stage != "unassigned":
                wider = shares
        holder = self._places.get(facts.of("team") or "")
        if holder is not None and holder < size:
            found[holder, -2] = 1.0
        found[:, -1] = np.log(of_all + FLOOR)
        return found

    def support(self, facts: Seen, kind: tuple[str, ...], team: str, at: datetime) -> tuple[float, float]:
        """Of the tickets of a kind, in tickets of now: how many ended with the team, and how many there were."""
        counts = self._counts.get(_key(facts, kind), {})
        now, place = self._weight(at), self._places.get(team)
        return (counts.get(place, 0.0) if place is not None else 0.0) / now, sum(counts.values()) / now

    def learn(self, looks: Mapping[Stage, Seen], team: str, at: datetime) -> None:
        """Counts one settled ticket."""
        self._count(looks, team, self._weight(at))

    def copy(self) -> RouteMemory:
        """Another memory that knows the same; neither hears what the other is told from here on."""
        other = RouteMemory()
        other.teams, other._places = self.teams[:], self._places.copy()
        other._counts = {key: counts.copy() for key, counts in self._counts.items()}
        other._of_all, other._since, other._ends = self._of_all[:], self._since, self._ends
        other._waiting = {
            id_: _Waiting(one.team, one.looks.copy(), one.learned) for id_, one in self._waiting.items()
        }  # fmt: skip
        return other

    def dump(self) -> dict[str, Value]:
        """Counts as arrays; what waits for its end is not kept."""
        keys = list(self._counts)
        rows = [(number, team, weight) for number, key in enumerate(keys) for team, weight in self._counts[key].items()]
        return {
            "memory_teams": json.dumps(self.teams),
            "memory_keys": json.dumps(keys),
            "memory_rows": np.asarray([(row, team) for row, team, _ in rows], dtype=np.int32).reshape(-1, 2),
            "memory_weights": np.asarray([weight for _, _, weight in rows], dtype=np.float64),
            "memory_all": np.asarray(self._of_all, dtype=np.float64),
            "memory_since": self._since.isoformat() if self._since else "",
            "memory_ends": "yes" if self._ends else "no",
        }

    @classmethod
    def load(cls, values: Mapping[str, Value]) -> RouteMemory:
        """What `dump` gave. Raises `BadModel` when something is missing."""
        memory = cls()
        memory.teams = lines(values, "memory_teams")
        memory._places = {team: place for place, team in enumerate(memory.teams)}
        keys = lines(values, "memory_keys")
        for (row, team), weight in zip(
            array(values, "memory_rows").tolist(), array(values, "memory_weights").tolist(), strict=True
        ):
            memory._counts.setdefault(keys[row], {})[team] = weight
        memory._of_all = array(values, "memory_all").tolist()
        since = values.get("memory_since")
        memory._since = datetime.fromisoformat(since) if isinstance(since, str) and since else None
        memory._ends = values.get("memory_ends") == "yes"
        return memory

    def _note(self, happening: Happening, *, assignment: bool) -> None:
        if len(self._waiting) >= MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
        facts = seen(cut_after(happening.ticket, happening.count))
        waiting = self._waiting.setdefault(happening.ticket.id, _Waiting())
        if facts.stage == "moved" or facts.stage not in waiting.looks:
            waiting.looks[facts.stage] = facts
        waiting.team = facts.of("team") or waiting.team
        if assignment and not self._ends and waiting.team is not None:
            self._unlearn(waiting)
            weight = self._weight(happening.at)
            self._count(waiting.looks, waiting.team, weight)
            waiting.learned = (waiting.team, weight)

    def _end(self, happening: Happening) -> None:
        if not self._ends:
            self._ends = True
            for waiting in self._waiting.values():
                self._unlearn(waiting)
        ended = self._waiting.pop(happening.ticket.id, None)
        if ended is not None and ended.team is not None:
            self._count(ended.looks, ended.team, self._weight(happening.at))

    def _unlearn(self, waiting: _Waiting) -> None:
        if waiting.learned is not None:
            team, weight = waiting.learned
            self._count(waiting.looks, team, -weight)
            waiting.learned = None

    def _count(self, looks: Mapping[Stage, Seen], team: str, weight: float) -> None:
        place = self._places.setdefault(team, len(self.teams))
        if place == len(self.teams):
            self.teams.append(team)
            self._of_all.append(0.0)
        self._of_all[place] = max(0.0, self._of_all[place] + weight)
        for facts in looks.values():
            for kind in KINDS[facts.stage]:
                if any(facts.of(name) is not None for name in kind):
                    counts = self._counts.setdefault(_key(facts, kind), {})
                    counts[place] = max(0.0, counts.get(place, 0.0) + weight)
        if len(self._counts) > MOST_KINDS:
            self._forget()

    def _forget(self) -> None:
        heaviest = sorted(self._counts, key=lambda key: -sum(self._counts[key].values()))
        self._counts = {key: self._counts[key] for key in heaviest[: MOST_KINDS // 2]}

    def _weight(self, at: datetime) -> float:
        if self._since is None:
            self._since = at.astimezone(UTC)
        days = (at - self._since).total_seconds() / 86_400
        return float(2.0 ** min(900.0, max(-900.0, days / HALF_LIFE_DAYS)))


_STAGE_MARK = {stage: stage[0] for stage in STAGES}
_FIELD_MARK = {name: f"{place:x}" for place, name in enumerate(FIELDS)}


def _key(facts: Seen, kind: tuple[str, ...]) -> str:
    parts = [f"{_FIELD_MARK[name]}={facts.of(name)}" for name in kind]
    return f"{_STAGE_MARK[facts.stage]}|" + "|".join(parts)
