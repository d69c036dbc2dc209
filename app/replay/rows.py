"""What is kept of a replayed ticket: what really happened, and what each side would have done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from domain.climb import climbs
from domain.learned import Target
from domain.ticket import EventKind, Ticket

TARGETS: tuple[Target, ...] = ("escalation", "sla_breach")


@dataclass(frozen=True, slots=True)
class Truth:
    """What happened to a ticket, read when its events are over: nothing of it is seen by whatever decides."""

    id: str
    opened: datetime
    ended: datetime | None
    """When it was last resolved or closed; none when the history leaves it open."""
    happened: tuple[bool | None, bool | None]
    """Of each of `TARGETS`: whether it came true; none when the history does not say."""
    moments: tuple[datetime | None, datetime | None]
    """Of each of `TARGETS`: when; none when the history does not say."""
    teams: tuple[tuple[datetime, str], ...]
    """When it came to which team, without those that it had already."""

    @property
    def hops(self) -> int:
        """How often it went from a team to another one."""
        return max(0, len(self.teams) - 1)

    def of(self, target: Target) -> tuple[bool | None, datetime | None]:
        """Whether and when the target came true."""
        place = TARGETS.index(target)
        return self.happened[place], self.moments[place]


def truth_of(ticket: Ticket) -> Truth:
    """What happened to a (whole) ticket. Without a label, tiers in the events say whether it went up."""
    up = next(iter(climbs(ticket)), None)
    escalated, tiers = ticket.outcome.escalated, any(event.tier for event in ticket.events)
    if escalated is None and (tiers or up is not None):
        escalated = up is not None
    met = ticket.outcome.sla_met
    ends = [one.at for one in ticket.events if one.kind in (EventKind.RESOLVED, EventKind.CLOSED)]
    reopened = [one.at for one in ticket.events if one.kind == EventKind.REOPENED]
    first_end = [at for at in ends if not reopened or at >= reopened[-1]]
    teams: list[tuple[datetime, str]] = []
    for event in ticket.events:
        if event.team and (not teams or teams[-1][1] != event.team):
            teams.append((event.at, event.team))
    return Truth(
        id=ticket.id, opened=ticket.created_at, ended=first_end[0] if first_end else None,
        happened=(escalated, None if met is None else not met),
        moments=((ticket.outcome.escalated_at or up) if escalated else None, None),
        teams=tuple(teams),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alert:
    """The first time a side would have escalated a ticket, and why."""

    at: datetime
    risk: int
    why: tuple[str, ...]
    reasons: tuple[tuple[int, str, str], ...]
    """(points, code, text) of the assessment, heaviest first."""
    to_tier: str
    team: str
    technician: str
    nobody_eligible: bool
    left_minutes: float | None
    """Working minutes that the resolution clock had left; none without such a clock."""
    needs_minutes: float | None
    """What the team that had the ticket usually needed by then, assignment to resolution; none when not known."""


@dataclass(slots=True)
class Row:
    """What one side would have done with one ticket."""

    highs: list[tuple[datetime, int]] = field(default_factory=list)
    """Each time the risk was higher than ever before."""
    first: Alert | None = None
    alerts: int = 0
    taken_down: int = 0
    levels: int = 0
    looks: int = 0
    said: tuple[float | None, float | None] = (None, None)
    """Of each of `TARGETS`: the probability that a model said at the first look."""
    top: tuple[tuple[int, str, str], ...] = ()
    """The reasons of the highest risk, heaviest first."""

    def highest(self, before: datetime | None) -> int:
        """The highest risk (before a moment); 0 when nobody had looked."""
        return max((risk for at, risk in self.highs if before is None or at < before), default=0)
