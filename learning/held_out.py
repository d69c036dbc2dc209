"""What models say of tickets they have not seen: the latest window of a history, told as if it were live.

Every judge meets a ticket at each of its events while it is open, with the desk as it was then. What came of the ticket
is read only from what was known by the end of the window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol
from zlib import crc32

from domain.asof import outcome_known, standing
from domain.climb import climbs
from domain.learned import LearnedRisk, Target, TeamOpinion
from domain.policy.policy import Policy
from domain.surroundings import Surroundings
from domain.ticket import ActorRole, EventKind, Ticket
from domain.weighing import weigh
from learning.features import Observation
from learning.routing.memory import HasRoutes
from learning.stream import Happening

TABLE = "points table"
MOST = 4_000
"""Tickets of the window that are asked about; of more, a share that is drawn by the hash of their ids."""

AsksRisk = Callable[[Ticket, Observation], LearnedRisk]
"""A risk model, asked about a cut ticket that was observed already."""


class AsksTeam(Protocol):
    """A team model."""

    def opinion(self, ticket: Ticket, at: datetime, desk: HasRoutes | None = None) -> TeamOpinion:
        """Which team a cut ticket belongs to, with what is known of other tickets at `at`."""
        ...


@dataclass(frozen=True)
class Judge:
    """One model under test."""

    name: str
    risks: Mapping[Target, AsksRisk]
    teams: AsksTeam | None = None


@dataclass
class Said:
    """What one judge said of one ticket on one target. The table's probability is its risk / 100: a rank, no chance."""

    probability: float = 0.0
    """At the first event after creation, as soon as it was known (or at creation, where nothing followed)."""
    abstained: bool = False
    why: str = ""
    climb: list[tuple[datetime, float]] = field(default_factory=list)
    """The moments at which the probability was higher than ever before, while the judge did not abstain."""

    def alarm(self, line: float) -> datetime | None:
        """When it first reached a line; none when it never did."""
        return next((at for at, probability in self.climb if probability >= line), None)

    @property
    def peak(self) -> float:
        """The highest probability; −1 where the judge always abstained."""
        return self.climb[-1][1] if self.climb else -1.0

    def hear(self, probability: float, at: datetime, *, early: bool, abstained: bool = False, why: str = "") -> None:
        """Takes in one opinion; `early`: the ticket is at its first event at the latest."""
        if early:
            self.probability, self.abstained, self.why = probability, abstained, why
        if not abstained and probability > self.peak:
            self.climb.append((at, probability))


@dataclass
class Held:
    """One ticket of the window."""

    id: str
    begun: datetime
    said: dict[tuple[str, Target], Said] = field(default_factory=dict)
    teams: dict[tuple[str, str], TeamOpinion] = field(default_factory=dict)
    """(judge, "creation" or "first assignment") → opinion."""
    ended: bool = False
    """Closed by the end of the window."""
    tiered: bool = False
    """An event named the tier it was in, so that going up would have shown."""
    climbed_at: datetime | None = None
    breached: bool | None = None
    escalated: bool | None = None
    first_team: str | None = None
    final_team: str | None = None
    segments: dict[str, str] = field(default_factory=dict)

    def truth(self, target: Target) -> bool | None:
        """Whether it happened; none where that was not known by the end of the window."""
        if target == "sla_breach":
            return self.breached
        if self.climbed_at is not None:
            return True
        unsaid = self.escalated is None and not self.tiered
        return None if not self.ended or unsaid else bool(self.escalated)

    def happened_at(self, target: Target) -> datetime | None:
        """When it happened; none where nobody knows: a miss of an SLA is said at closing only."""
        return self.climbed_at if target == "escalation" else None


@dataclass
class Window:
    """Everything that was heard in a window."""

    since: datetime
    until: datetime
    """Tickets that begin between these two are meant; what came of them may be heard later."""
    held: list[Held] = field(default_factory=list)
    left_out: int = 0
    """Tickets that were not drawn."""
    technician_days: int = 0
    """Pairs of a UTC day and a technician who did something on it."""


class Listener:
    """Asks judges about a share of the tickets that begin in a window. The points table is always among them; it sees
    the ticket alone: no similar tickets, no outbreaks."""

    def __init__(
        self, judges: Iterable[Judge], policy: Policy, targets: Iterable[Target], window: Window, share: float = 1.0
    ) -> None:
        self._judges = tuple(judges)
        self._policy = policy
        self._targets = tuple(targets)
        self._window = window
        self._share = share
        self._held: dict[str, Held] = {}
        self._days: set[tuple[date, str]] = set()

    def take(self, happening: Happening, cut: Ticket, seen: Observation, desk: HasRoutes | None = None) -> None:
        """One event of the window: the ticket cut after it, what was observed of it, and the desk as it is then."""
        ticket, event = happening.ticket, cut.events[-1]
        if event.role == ActorRole.TECHNICIAN and event.actor_id and happening.at <= self._window.until:
            self._days.add((happening.at.astimezone(UTC).date(), event.actor_id))
        if happening.count == 1 and happening.at > self._window.until:
            return
        if happening.count == 1 and _drawn(ticket.id, self._share):
            self._held[ticket.id] = Held(id=ticket.id, begun=happening.at, segments=_segments(ticket))
        elif happening.count == 1:
            self._window.left_out += 1
        held = self._held.get(ticket.id)
        if held is not None:
            self._ask(held, cut, happening, seen, desk)
            _note(held, cut, ticket)

    def closed(self) -> Window:
        """The window, with its tickets in the order in which they began."""
        self._window.held = sorted(self._held.values(), key=lambda one: (one.begun, one.id))
        self._window.technician_days = len(self._days)
        return self._window

    def _ask(
        self, held: Held, cut: Ticket, happening: Happening, seen: Observation, desk: HasRoutes | None
    ) -> None:  # fmt: skip
        if not standing(cut).open:
            return
        early = happening.at <= _first_moment(happening.ticket)
        table = self._table_risk(cut, happening.at)
        for target in self._targets:
            if target == "escalation" and held.climbed_at is not None:
                continue
            held.said.setdefault((TABLE, target), Said()).hear(table, happening.at, early=early)
            for judge in self._judges:
                if target in judge.risks:
                    risk = judge.risks[target](cut, seen)
                    held.said.setdefault((judge.name, target), Said()).hear(
                        risk.probability, happening.at, early=early, abstained=risk.abstained, why=risk.why_abstained
                    )
        self._ask_teams(held, cut, happening, desk)

    def _table_risk(self, cut: Ticket, at: datetime) -> float:
        rows = weigh(cut, self._policy, at, Surroundings()).reasons
        return min(100, max(0, sum(row.points for row in rows))) / 100

    def _ask_teams(self, held: Held, cut: Ticket, happening: Happening, desk: HasRoutes | None) -> None:
        event = cut.events[-1]
        moment = "creation" if happening.count == 1 else ""
        if event.kind == EventKind.ASSIGNMENT and event.team and held.first_team is None:
            moment = moment or "first assignment"
        for judge in self._judges:
            if moment and judge.teams is not None:
                held.teams[judge.name, moment] = judge.teams.opinion(cut, happening.at, desk)


def _note(held: Held, cut: Ticket, whole: Ticket) -> None:
    event = cut.events[-1]
    if held.climbed_at is None and (event.tier or event.kind == EventKind.TIER):
        held.tiered = True
        held.climbed_at = min(climbs(cut), default=None)
    if event.kind == EventKind.ASSIGNMENT and event.team and held.first_team is None:
        held.first_team = event.team
    if event.kind in (EventKind.RESOLVED, EventKind.CLOSED):
        held.final_team = standing(cut).team
    held.ended = held.ended or event.kind == EventKind.CLOSED
    if (outcome := outcome_known(whole, len(cut.events))) is not None:
        held.escalated = outcome.escalated
        held.breached = None if outcome.sla_met is None else not outcome.sla_met


def _first_moment(ticket: Ticket) -> datetime:
    """Up to when only the first event after the creation, and what shares its time, has happened."""
    return ticket.events[min(1, len(ticket.events) - 1)].at


def _segments(ticket: Ticket) -> dict[str, str]:
    named = {"priority": ticket.priority, "category": ticket.category, "channel": ticket.channel}
    return {name: value for name, value in named.items() if value}


def _drawn(id: str, share: float) -> bool:
    return crc32(id.encode()) < share * 2**32
