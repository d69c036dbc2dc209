"""What was known of all tickets at a moment of the stream: what is usual, who holds what, who solved what.

Fed event by event, so that every answer is about the past by construction and costs no second look at old tickets. The
answers are those of `domain.ports.TicketHistory` asked at that moment (a test compares the two), but for the adjustment
of track records to how hard the tickets were: that is worked out over all tickets at once, and left out here. What
is kept of a ticket whose events are over are a few numbers: its minutes in the sums it counts in.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.climb import climbs
from domain.ports import TrackRecord
from domain.ticket import Event, EventKind, Ticket
from learning.track_record import ENOUGH_FOR_USUAL, resolver

REQUESTERS_TICKETS = 20
"""Of a requester's tickets, so many of the latest count for who has helped them before, as in live work."""
_MINUTE = 60.0


class _Median:
    """The middle of some numbers that come and go."""

    def __init__(self) -> None:
        self._sorted: list[float] = []

    def __len__(self) -> int:
        return len(self._sorted)

    def add(self, value: float) -> None:
        insort(self._sorted, value)

    def drop(self, value: float) -> None:
        del self._sorted[bisect_left(self._sorted, value)]

    @property
    def value(self) -> float:
        middle = len(self._sorted) // 2
        if len(self._sorted) % 2:
            return self._sorted[middle]
        return (self._sorted[middle - 1] + self._sorted[middle]) / 2


@dataclass
class _Doing:
    """How one technician did on tickets of one category."""

    resolved: int = 0
    good: int = 0
    minutes: _Median = field(default_factory=_Median)
    teams: Counter[str] = field(default_factory=Counter)
    record: TrackRecord | None = None
    """As it was last told; none when something has changed since."""

    def told(self, technician: str, category: str | None) -> TrackRecord:
        if self.record is None:
            team = min(self.teams, key=lambda name: (-self.teams[name], name)) if self.teams else None
            self.record = TrackRecord(
                technician=technician, team=team, category=category, resolved=self.resolved, good=self.good,
                minutes=self.minutes.value if len(self.minutes) else None,
            )  # fmt: skip
        return self.record


@dataclass
class _Held:
    """One ticket whose events are not over."""

    category: str | None
    requester: str | None
    created: datetime
    open: bool = True
    """Neither resolved nor closed."""
    resolved_once: bool = False
    climbed: bool = False
    team: str | None = None
    technician: str | None = None
    assigned: dict[str, datetime] = field(default_factory=dict)
    """When each technician first got it."""
    fixed_by: str | None = None
    lasting: tuple[float, tuple[str | None, ...]] | None = None
    """Minutes from creation to the resolution that still holds, and the categories it counts in."""


class Past:
    """Fed with `tell` in the order of time."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._usual: dict[str | None, _Median] = {}
        self._doing: dict[str | None, dict[str, _Doing]] = {}
        self._load: Counter[str] = Counter()
        self._solvers: dict[str, deque[tuple[str, str | None]]] = {}
        self._team_minutes: dict[str, _Median] = {}
        self._resolved = self._climbed = 0

    def tell(self, ticket: Ticket, count: int) -> None:
        """Takes in the event at position `count` − 1; of the ticket only its head and this event are read."""
        event = ticket.events[count - 1]
        held = self._held.get(ticket.id)
        if held is None:
            held = self._held[ticket.id] = _Held(ticket.category, ticket.requester_id, ticket.created_at)
        if event.kind == EventKind.CATEGORY and event.to is not None:
            held.category = str(event.to)
        elif event.kind == EventKind.ASSIGNMENT:
            self._assigned(held, event)
        elif event.kind == EventKind.REOPENED:
            self._reopened(held)
        elif event.kind in (EventKind.RESOLVED, EventKind.CLOSED) and held.open:
            self._resolved_now(ticket.id, held, event)
        if (event.tier or event.kind == EventKind.TIER) and not held.climbed:
            held.climbed = bool(climbs(ticket.model_copy(update={"events": ticket.events[:count]})))
            self._climbed += held.climbed and held.resolved_once
        if count == len(ticket.events):
            del self._held[ticket.id]

    def usual_minutes(self, category: str | None) -> float | None:
        """Median minutes from creation to a resolution that holds; none with fewer than ten."""
        known = self._usual.get(_key(category))
        return known.value if known is not None and len(known) >= ENOUGH_FOR_USUAL else None

    def escalated_share(self) -> float | None:
        """Share of the tickets that were resolved and had climbed a tier; none with fewer than ten."""
        return self._climbed / self._resolved if self._resolved >= ENOUGH_FOR_USUAL else None

    @property
    def load(self) -> Counter[str]:
        """Technician → open tickets that lie with them."""
        return self._load

    def track_records(self, category: str | None) -> list[TrackRecord]:
        """Every technician's record on tickets of a category (none: on all)."""
        known = self._doing.get(_key(category), {})
        return [known[technician].told(technician, category) for technician in sorted(known)]

    def solvers(self, requester: str | None, but: str) -> frozenset[str]:
        """Who resolved one of the requester's latest tickets, the ticket `but` left out."""
        known = self._solvers.get(requester or "", ())
        return frozenset(who for ticket_id, who in known if who and ticket_id != but)

    def team_minutes(self, team: str | None) -> float | None:
        """Median minutes from assignment to resolution in a team; none with fewer than ten."""
        known = self._team_minutes.get(team or "")
        return known.value if known is not None and len(known) >= ENOUGH_FOR_USUAL else None

    def _assigned(self, held: _Held, event: Event) -> None:
        if held.open:
            self._carries(held, -1)
        held.team, held.technician = event.team or held.team, event.technician
        if held.technician is not None:
            held.assigned.setdefault(held.technician, event.at)
        if held.open:
            self._carries(held, 1)
        if held.lasting is not None and held.technician not in (None, held.fixed_by):
            self._spoilt(held)

    def _carries(self, held: _Held, change: int) -> None:
        if held.technician is None:
            return
        self._load[held.technician] += change
        if not self._load[held.technician]:
            del self._load[held.technician]

    def _reopened(self, held: _Held) -> None:
        if not held.open:
            held.open = True
            self._carries(held, 1)
        if held.lasting is not None:
            self._spoilt(held)

    def _resolved_now(self, ticket_id: str, held: _Held, event: Event) -> None:
        self._carries(held, -1)
        held.open = False
        who, team = resolver(event, held.technician), event.team or held.team
        start = held.assigned.get(who) if who else None
        minutes = None if start is None else max(0.0, (event.at - start).total_seconds() / _MINUTE)
        took = max(0.0, (event.at - held.created).total_seconds() / _MINUTE)
        categories = tuple(dict.fromkeys((None, _key(held.category))))
        held.fixed_by, held.lasting = who, (took, categories)
        for category in categories:
            self._usual.setdefault(category, _Median()).add(took)
            if who is not None:
                self._did(category, who, team, minutes)
        if team is not None and minutes is not None:
            self._team_minutes.setdefault(team, _Median()).add(minutes)
        if not held.resolved_once:
            held.resolved_once = True
            self._resolved += 1
            self._climbed += held.climbed
        if held.requester is not None:
            known = self._solvers.setdefault(held.requester, deque(maxlen=REQUESTERS_TICKETS))
            known.append((ticket_id, who))

    def _did(self, category: str | None, who: str, team: str | None, minutes: float | None) -> None:
        doing = self._doing.setdefault(category, {}).setdefault(who, _Doing())
        doing.resolved, doing.good, doing.record = doing.resolved + 1, doing.good + 1, None
        if minutes is not None:
            doing.minutes.add(minutes)
        if team is not None:
            doing.teams[team] += 1

    def _spoilt(self, held: _Held) -> None:
        """The resolution did not hold: it tells nothing of what is usual, and was no lasting fix."""
        if held.lasting is None:
            return
        took, categories = held.lasting
        for category in categories:
            self._usual[category].drop(took)
            if held.fixed_by is not None:
                doing = self._doing[category][held.fixed_by]
                doing.good, doing.record = doing.good - 1, None
        held.lasting = None


def records_of_kind(past: Past, names: Sequence[str]) -> tuple[TrackRecord, ...]:
    """Records on a category under each of its names; on all tickets when there are none of the kind."""
    found = [record for name in names for record in past.track_records(name)]
    return tuple(found or past.track_records(None))


def _key(category: str | None) -> str | None:
    return category.lower() if category is not None else None
