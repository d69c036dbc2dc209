"""What was learned from closed tickets, as an opinion on one ticket at one moment. Opinions; policy decides."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.base import Record

Target = Literal["escalation", "sla_breach"]
"""What a risk model foretells: that the ticket goes up a tier, or that it misses its SLA."""


class Contribution(Record):
    """What one observation adds to the risk, in log-odds; more than 0 speaks for the target."""

    feature: str
    """A name of the model's feature list."""
    text: str
    """The observation, as a person reads it."""
    log_odds: float
    event_id: str | None = None
    """The event that the observation comes from, when there is one."""


class LearnedRisk(Record):
    """One model's opinion. `base` and the contributions sum to the log-odds of `probability`."""

    target: Target
    model: str
    """The model's id."""
    probability: float = Field(ge=0, le=1)
    """Calibrated: of ten tickets with 0.3, three."""
    base: float
    """Log-odds before anything is seen."""
    contributions: tuple[Contribution, ...]
    """Largest first, by size."""
    line: float | None = Field(default=None, ge=0, le=1)
    """The probability from which alerts fit the capacity; none when no capacity was set."""
    abstained: bool = False
    why_abstained: str = ""
    hours: tuple[float, float, float] | None = None
    """10th, 50th and 90th percentile of the hours from now until it happens, if it does; none when no time is known."""


class TeamGuess(Record):
    """One team with the calibrated probability that it is the one that ends up with the ticket."""

    team: str
    probability: float = Field(ge=0, le=1)
    why: str = ""


class TeamOpinion(Record):
    """Which team a ticket belongs to: the likeliest first. `abstained`: too unsure to be followed."""

    model: str
    teams: tuple[TeamGuess, ...]
    abstained: bool = False
    why_abstained: str = ""
