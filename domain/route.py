"""Who gets the ticket, and why not somebody else."""

from __future__ import annotations

from typing import Literal

from domain.base import Record


class Candidate(Record):
    """A technician the router considered. `score` is 0–1; more is better."""

    technician: str
    team: str
    score: float
    similar_resolved: int
    """How many of the similar past tickets this person resolved."""
    success: float
    """Share of this person's tickets of the kind that were resolved without reopening, adjusted for how hard they
    were and shrunken to the team's."""
    minutes: int | None = None
    """Usual working time to resolution on such tickets, adjusted and shrunken likewise."""
    team_chance: float | None = None
    """How likely the ticket belongs to this person's team, among the tier's teams; none when nothing learned says."""
    open_tickets: int = 0
    capacity: int = 0
    affinity: bool = False
    """Has solved a ticket of this requester before."""
    not_eligible: tuple[str, ...] = ()
    """Why this person cannot take it now: skill, shift, leave, tier, load. Empty means eligible."""


class Route(Record):
    """The router's choice. `nobody_eligible` hands the ticket to the tier's lead and says so."""

    result: Literal["technician", "nobody_eligible"]
    tier: str
    team: str
    technician: str
    confidence: float
    why: str
    """The winner against the runner-up, in one or two sentences."""
    candidates: tuple[Candidate, ...] = ()
    """Best first."""
    left_team: str | None = None
    """The team that had the ticket, when the route takes it away."""
