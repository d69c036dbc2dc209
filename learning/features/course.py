"""The course of one ticket so far: what happened, how often, how long ago. Reads the cut ticket alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import nan

from domain.climb import TIER_RANK
from domain.ticket import ActorRole, Event, EventKind, Ticket
from learning.tally import HOUR

NUMBERS = (
    "hours_open", "hours_quiet", "minutes_to_first", "hours_with_team", "hours_in_status", "events", "updates",
    "assignments", "teams", "technicians", "actors", "bounces", "reopens", "messages", "unanswered", "raised",
    "hours_to_resolution", "waiting",
)  # fmt: skip
_RAISED = (EventKind.PRIORITY, EventKind.IMPACT, EventKind.URGENCY)
_WAITS = ("wait", "pending", "hold")
"""Parts of the names that helpdesks give to states in which somebody else has to act."""


@dataclass(slots=True)
class Course:
    """The latest value of whatever events change, with counts. Moments are seconds since 1970."""

    opened: float
    first_at: float | None = None
    last_at: float = 0.0
    team: str | None = None
    team_at: float | None = None
    technician: str | None = None
    status: str = "new"
    status_at: float = 0.0
    priority: str | None = None
    category: str | None = None
    tier: str | None = None
    last_actor: str | None = None
    last_kind: str = ""
    first_team: str | None = None
    closed: bool = False
    resolved_at: float | None = None
    counts: dict[str, int] = field(default_factory=dict)
    teams: list[str] = field(default_factory=list)
    technicians: set[str] = field(default_factory=set)
    actors: set[str] = field(default_factory=set)
    bounces: int = 0
    unanswered: int = 0

    def numbers(self, at: float) -> list[float]:
        """The values of `NUMBERS` at a moment; not-a-number where there is none."""
        count = self.counts.get
        return [
            (at - self.opened) / HOUR,
            (at - self.last_at) / HOUR,
            nan if self.first_at is None else (self.first_at - self.opened) / 60.0,
            nan if self.team_at is None else (at - self.team_at) / HOUR,
            (at - self.status_at) / HOUR,
            float(sum(self.counts.values())),
            float(count("field", 0)),
            float(count("assignment", 0)),
            float(len(set(self.teams))),
            float(len(self.technicians)),
            float(len(self.actors)),
            float(self.bounces),
            float(count("reopened", 0)),
            float(count("comment", 0) + count("reply", 0)),
            float(self.unanswered),
            float(sum(count(kind.value, 0) for kind in _RAISED)),
            nan if self.resolved_at is None else (self.resolved_at - self.opened) / HOUR,
            float(any(word in self.status.casefold() for word in _WAITS)),
        ]


def course(ticket: Ticket) -> Course:
    """Folds the events of a (cut) ticket."""
    opened = (ticket.events[0].at if ticket.events else ticket.created_at).timestamp()
    now = Course(opened=opened, last_at=opened, status_at=opened, priority=ticket.priority, category=ticket.category)
    for position, event in enumerate(ticket.events):
        _take(now, event, position)
    return now


def _take(now: Course, event: Event, position: int) -> None:
    at = event.at.timestamp()
    if position == 1:
        now.first_at = at
    now.last_at = at
    now.last_kind = event.kind.value
    now.counts[event.kind.value] = now.counts.get(event.kind.value, 0) + 1
    if event.actor_id:
        now.last_actor = event.actor_id
        now.actors.add(event.actor_id)
    if event.tier in TIER_RANK:
        now.tier = event.tier
    _message(now, event)
    _change(now, event, at)


def _message(now: Course, event: Event) -> None:
    if event.is_message and not event.is_internal:
        if event.role == ActorRole.REQUESTER:
            now.unanswered += 1
        elif event.role == ActorRole.TECHNICIAN:
            now.unanswered = 0


def _change(now: Course, event: Event, at: float) -> None:
    kind, to = event.kind, event.to
    if kind == EventKind.ASSIGNMENT:
        _assigned(now, event, at)
    elif kind == EventKind.PRIORITY and to is not None:
        now.priority = str(to)
    elif kind == EventKind.CATEGORY and to is not None:
        now.category = str(to)
    elif kind == EventKind.TIER and to is not None and str(to) in TIER_RANK:
        now.tier = str(to)
    elif kind == EventKind.REOPENED:
        now.resolved_at, now.closed = None, False
    elif kind in (EventKind.RESOLVED, EventKind.CLOSED):
        now.closed = now.closed or kind == EventKind.CLOSED
        now.resolved_at = at if now.resolved_at is None else now.resolved_at
    if kind in (EventKind.STATUS, EventKind.RESOLVED, EventKind.REOPENED, EventKind.CLOSED):
        now.status, now.status_at = (kind.value if to is None else str(to)), at


def _assigned(now: Course, event: Event, at: float) -> None:
    team = event.team or now.team
    if team and team != now.team:
        now.bounces += team in now.teams
        now.teams.append(team)
        now.team, now.team_at = team, at
        now.first_team = now.first_team or team
    now.technician = event.technician
    if event.technician:
        now.technicians.add(event.technician)
