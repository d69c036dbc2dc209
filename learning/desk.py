"""What is known of all tickets together at a moment: who holds how much, how fast things go, what came of them lately.

A desk is fed event by event in the order of time and answers in constant time. It holds the open tickets, a queue of
tickets younger than five days, and a fading sum for each value it has met; a closed ticket lives on in the sums alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.asof import cut_after, outcome_known, standing
from domain.climb import TIER_RANK, climbs, step
from domain.ticket import ActorRole, Event, EventKind, Ticket
from learning.routing.memory import RouteMemory
from learning.stream import Happening
from learning.tally import DAY, Tally

HORIZONS = (1 * DAY, 5 * DAY)
"""Seconds after which each ticket is looked at once: resolved by then or not, gone up by then or not. A share of
tickets looked at after the same time is fair to slow and fast ones alike; a share of closed tickets is not, since the
fast ones close first."""
LATELY = 14 * DAY
"""Half-life of the shares: long enough for teams with a few tickets a week, short against a seasonal change."""
TODAY = 1 * DAY
"""Half-life of arrivals and resolutions, the flow of work."""
EVERYTHING = ("all", "")
KEYS_KEPT = 60_000
"""Values with a sum of their own; beyond that, those unused for longest go."""
_NOT_RECENT = 26 * 7 * DAY
_SIZE = 3 * len(HORIZONS) + 4

Key = tuple[str, str]
"""A dimension ("team", "category", …) and its value; `EVERYTHING` is the whole desk."""


@dataclass(frozen=True, slots=True)
class Lately:
    """Fading sums of one key, in tickets. Shares are for the reader to shrink."""

    seen: tuple[float, ...]
    """Tickets looked at, at each horizon."""
    slow: tuple[float, ...]
    """Of these, not resolved by then."""
    up: tuple[float, ...]
    """Of these, gone up a tier by then."""
    closed: float
    """Tickets closed with a word on their SLA."""
    breached: float
    ended: float
    """Tickets closed or gone up."""
    climbed: float


NOTHING = Lately((0.0,) * len(HORIZONS), (0.0,) * len(HORIZONS), (0.0,) * len(HORIZONS), 0.0, 0.0, 0.0, 0.0)


@dataclass(slots=True)
class _Held:
    """A ticket that the desk still follows."""

    opened: float
    keys: tuple[Key, ...]
    team: str | None = None
    technician: str | None = None
    rank: int | None = None
    climbed: bool = False
    is_open: bool = True
    first_team: bool = False


@dataclass(slots=True)
class _Counts:
    """Open tickets of each key."""

    of: dict[Key, int] = field(default_factory=dict)

    def change(self, key: Key, by: int) -> None:
        left = self.of.get(key, 0) + by
        if left > 0:
            self.of[key] = left
        else:
            self.of.pop(key, None)


def head_keys(ticket: Ticket) -> Iterator[Key]:
    """What is known of a ticket from its creation on, by dimension; values that are missing are left out."""
    opener = ticket.events[0].actor_id if ticket.events else None
    named = (
        ("category", ticket.category), ("subcategory", ticket.subcategory), ("service", ticket.service),
        ("requester", ticket.requester_id), ("opener", opener),
        ("site", ticket.requester.site if ticket.requester else None),
    )  # fmt: skip
    yield from ((dimension, value) for dimension, value in named if value)


class Desk:
    """The state of a helpdesk, fed in the order of time. Every question is answered from what was told so far."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._waiting: tuple[deque[tuple[float, _Held]], ...] = tuple(deque() for _ in HORIZONS)
        self._lately: dict[Key, Tally] = {}
        self._flow: dict[Key, Tally] = {}
        self._open = _Counts()
        self._at = 0.0
        self._day = -1
        self._active: set[str] = set()
        self._technicians = Tally(2, 0.0)
        self.routes = RouteMemory()
        """Where tickets of each kind ended up."""

    @property
    def told_until(self) -> float:
        """The moment of the last event or advance, in seconds since 1970."""
        return self._at

    def copy(self) -> Desk:
        """Another desk that knows the same; neither hears what the other is told from here on."""
        other = Desk()
        followed = (*self._held.values(), *(one for queue in self._waiting for _, one in queue))
        held = {id(one): replace(one) for one in followed}
        other._held = {id_: held[id(one)] for id_, one in self._held.items()}
        other._waiting = tuple(deque((due, held[id(one)]) for due, one in queue) for queue in self._waiting)
        other._lately = {key: one.copy() for key, one in self._lately.items()}
        other._flow = {key: one.copy() for key, one in self._flow.items()}
        other._open.of = self._open.of.copy()
        other._at, other._day, other._active = self._at, self._day, self._active.copy()
        other._technicians = self._technicians.copy()
        other.routes = self.routes.copy()
        return other

    def tell(self, happening: Happening) -> None:
        """Takes in one event. Of the ticket only its head and this event are read, its outcome only as it closes."""
        ticket, event = happening.ticket, happening.ticket.events[happening.count - 1]
        at = event.at.timestamp()
        self._advance(at)
        held = self._held.get(ticket.id)
        if held is None:
            held = self._opened(ticket, at) if happening.count == 1 else self._taken_up(ticket, happening.count)
        self._count_technician(event, at)
        if event.kind == EventKind.ASSIGNMENT:
            self._assigned(held, event, at)
        self._tiers(held, event, at)
        if event.kind in (EventKind.RESOLVED, EventKind.CLOSED) and held.is_open:
            self._ended(held, at)
        elif event.kind == EventKind.REOPENED and not held.is_open:
            self._again(held)
        if event.kind == EventKind.CLOSED:
            self._closed(happening, held, at)
        self.routes.tell(happening)

    def advance(self, at: datetime) -> None:
        """Lets time pass without an event, so that tickets come of the age at which they are looked at."""
        self._advance(at.timestamp())

    def follows(self, ticket_id: str) -> bool:
        """Whether the ticket was told of and is not closed."""
        return ticket_id in self._held

    def open_tickets(self, dimension: str = "all", value: str = "") -> int:
        """Open tickets with this value now: of "all", "team", "technician" or a dimension of the head."""
        return self._open.of.get((dimension, value), 0)

    def arrived(self, key: Key, at: float) -> float:
        """Tickets opened lately (fading by half a day after a day)."""
        return self._flowing(key, at)[0]

    def resolved(self, key: Key, at: float) -> float:
        """Tickets resolved lately, the same way."""
        return self._flowing(key, at)[1]

    def lately(self, key: Key, at: float) -> Lately:
        """What came of tickets with this key lately."""
        tally = self._lately.get(key)
        if tally is None:
            return NOTHING
        fade = tally.faded(at, LATELY)
        sums, n = [one * fade for one in tally.sums], len(HORIZONS)
        return Lately(
            tuple(sums[:n]), tuple(sums[n : 2 * n]), tuple(sums[2 * n : 3 * n]),
            sums[3 * n], sums[3 * n + 1], sums[3 * n + 2], sums[3 * n + 3],
        )  # fmt: skip

    def technicians(self) -> float:
        """Technicians who did something on a day with any work, averaged over the latest such days; 0 at first."""
        days, people = self._technicians.sums
        return (people + len(self._active)) / (days + 1.0) if days or self._active else 0.0

    def _advance(self, at: float) -> None:
        for number, waiting in enumerate(self._waiting):
            while waiting and waiting[0][0] <= at:
                due, held = waiting.popleft()
                self._looked_at(number, held, due)
        self._at = max(self._at, at)

    def _looked_at(self, number: int, held: _Held, due: float) -> None:
        n = len(HORIZONS)
        amounts = [0.0] * _SIZE
        amounts[number] = 1.0
        amounts[n + number] = float(held.is_open)
        amounts[2 * n + number] = float(held.climbed)
        self._add(held.keys, due, amounts)

    def _add(self, keys: tuple[Key, ...], at: float, amounts: list[float]) -> None:
        for key in keys:
            tally = self._lately.get(key)
            if tally is None:
                if len(self._lately) >= KEYS_KEPT:
                    self._forget(at)
                tally = self._lately[key] = Tally(_SIZE, at)
            tally.add(at, amounts, LATELY)

    def _forget(self, at: float) -> None:
        """Drops what was not touched for half a year, and the oldest half when that is not enough."""
        for sums in (self._lately, self._flow):
            for key in [key for key, one in sums.items() if at - one.at > _NOT_RECENT]:
                del sums[key]
            if len(sums) >= KEYS_KEPT:
                for key in sorted(sums, key=lambda key: (sums[key].at, key))[: KEYS_KEPT // 2]:
                    del sums[key]

    def _opened(self, ticket: Ticket, at: float) -> _Held:
        held = _Held(opened=at, keys=(EVERYTHING, *head_keys(ticket)))
        self._held[ticket.id] = held
        for key in held.keys:
            self._open.change(key, 1)
            self._flows(key, at, (1.0, 0.0))
        for horizon, waiting in zip(HORIZONS, self._waiting, strict=True):
            waiting.append((at + horizon, held))
        return held

    def _taken_up(self, ticket: Ticket, count: int) -> _Held:
        """A ticket that was closed and dropped, or that began before the desk did: it goes on from where it stands."""
        before = cut_after(ticket, count - 1)
        now = standing(before)
        team = (("team", now.team),) if now.team else ()
        held = _Held(
            opened=before.events[0].at.timestamp(), keys=(EVERYTHING, *head_keys(ticket), *team), team=now.team,
            technician=now.technician, rank=TIER_RANK.get(now.tier or ""), climbed=bool(climbs(before)),
            is_open=now.open, first_team=now.team is not None,
        )  # fmt: skip
        self._held[ticket.id] = held
        if held.is_open:
            self._again(held)
        return held

    def _assigned(self, held: _Held, event: Event, at: float) -> None:
        for key in self._places(held):
            self._open.change(key, -1)
        held.team, held.technician = event.team or held.team, event.technician
        if held.team and not held.first_team:
            held.first_team = True
            held.keys = (*held.keys, ("team", held.team))
        if held.team:
            self._flows(("team", held.team), at, (1.0, 0.0))
        for key in self._places(held):
            self._open.change(key, 1)

    def _places(self, held: _Held) -> list[Key]:
        if not held.is_open:
            return []
        found = [("team", held.team)] if held.team else []
        return [*found, ("technician", held.technician)] if held.technician else found

    def _tiers(self, held: _Held, event: Event, at: float) -> None:
        up, held.rank = step(held.rank, event)
        if up and not held.climbed:
            held.climbed = True
            self._add(held.keys, at, _one_more(ended=1.0, climbed=1.0))

    def _ended(self, held: _Held, at: float) -> None:
        for key in (*self._places(held), *_head(held)):
            self._open.change(key, -1)
        for key in (*self._places(held), *_head(held)):
            self._flows(key, at, (0.0, 1.0))
        held.is_open = False

    def _again(self, held: _Held) -> None:
        held.is_open = True
        for key in (*self._places(held), *_head(held)):
            self._open.change(key, 1)

    def _closed(self, happening: Happening, held: _Held, at: float) -> None:
        outcome = outcome_known(happening.ticket, happening.count)
        met = outcome.sla_met if outcome is not None else None
        ended = 0.0 if held.climbed else 1.0
        self._add(
            held.keys, at,
            _one_more(closed=float(met is not None), breached=float(met is False), ended=ended, climbed=0.0),
        )  # fmt: skip
        del self._held[happening.ticket.id]

    def _flows(self, key: Key, at: float, amounts: tuple[float, float]) -> None:
        tally = self._flow.get(key)
        if tally is None:
            if len(self._flow) >= KEYS_KEPT:
                self._forget(at)
            tally = self._flow[key] = Tally(2, at)
        tally.add(at, amounts, TODAY)

    def _flowing(self, key: Key, at: float) -> tuple[float, float]:
        tally = self._flow.get(key)
        if tally is None:
            return 0.0, 0.0
        fade = tally.faded(at, TODAY)
        return tally.sums[0] * fade, tally.sums[1] * fade

    def _count_technician(self, event: Event, at: float) -> None:
        day = int(at // DAY)
        if day != self._day:
            if self._active:
                self._technicians.add(self._day * DAY, (1.0, float(len(self._active))), LATELY)
            self._day, self._active = day, set()
        if event.role == ActorRole.TECHNICIAN and event.actor_id:
            self._active.add(event.actor_id)


def _head(held: _Held) -> tuple[Key, ...]:
    return tuple(key for key in held.keys if key[0] != "team")


def _one_more(*, closed: float = 0.0, breached: float = 0.0, ended: float = 0.0, climbed: float = 0.0) -> list[float]:
    return [*[0.0] * (3 * len(HORIZONS)), closed, breached, ended, climbed]
