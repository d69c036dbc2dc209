"""What triage thinks of a ticket, and what policy makes of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from domain.base import Moment, Record
from domain.learned import Target
from domain.passed import LevelPassed


class Span(Record):
    """Characters `start` (included) to `end` (excluded) of the event's body."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Reason(Record):
    """Points for one observation; the points of an assessment's reasons sum to its risk."""

    code: str
    points: int
    text: str
    """The observation, as a person reads it."""
    event_id: str | None = None
    span: Span | None = None
    quote: str | None = None
    """The words at `span`, when the reason rests on words."""


class Counterfactual(Record):
    """One change that would bring the ticket below the line, and when that stops being true."""

    text: str
    without: tuple[str, ...]
    """The codes of the reasons that would go away."""
    risk_after: int = Field(ge=0, le=100)
    before: Moment | None = None


class Urgency(StrEnum):
    """How soon somebody has to act."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class PlaybookMatch(Record):
    """The playbook found for a ticket, and how."""

    id: str
    how: Literal["rule", "similarity"]
    score: float | None = None
    """Cosine to the nearest example phrase."""
    phrase: str | None = None


class LearnedOpinion(Record):
    """What a learned model says of the ticket, on the policy's scale. It makes up the risk only when it speaks."""

    target: Target
    model: str
    probability: float = Field(ge=0, le=1)
    line: float = Field(ge=0, le=1)
    """The probability that falls on `at_risk_from`."""
    risk: int = Field(ge=0, le=100)
    reasons: tuple[Reason, ...]
    """Their points sum to `risk`."""
    abstained: bool = False
    speaks: bool = False
    why_silent: str = ""
    hours: tuple[float, float, float] | None = None
    """10th, 50th and 90th percentile of the hours from now until it happens, if it does."""

    @model_validator(mode="after")
    def _adds_up(self) -> LearnedOpinion:
        total = sum(reason.points for reason in self.reasons)
        if total != self.risk:
            raise ValueError(f"reasons sum to {total}, not to the risk {self.risk}")
        return self


class QuotedWords(Record):
    """Words of an event, letter by letter."""

    event_id: str
    quote: str


class ModelReading(Record):
    """A language model's second opinion on a ticket whose category nothing else tells: for people, deciding nothing."""

    model: str
    category: str | None = None
    """A category id of the policy."""
    language: str | None = None
    """ISO 639-1 code."""
    pressing: tuple[QuotedWords, ...] = ()
    """What it took for urgent."""


class Assessment(Record):
    """Triage's opinion of one ticket at one moment. `risk` is 0–100 and the sum of its reasons' points."""

    ticket_id: str
    at: Moment
    risk: int = Field(ge=0, le=100)
    reasons: tuple[Reason, ...]
    counterfactual: Counterfactual | None
    category: str | None
    """A category id of the policy, when one fits."""
    category_why: str = ""
    urgency: Urgency
    tags: tuple[str, ...] = ()
    language: str | None = None
    """ISO 639-1 code of the requester's language, when it could be told."""
    declared: bool = False
    """The requester asked for an escalation in so many words."""
    suspicious: tuple[Reason, ...] = ()
    """Text that reads like instructions to software: flagged, never obeyed. Carries no points."""
    duplicate_of: str | None = None
    """An open ticket about the same thing, near enough to be linked."""
    playbook: PlaybookMatch | None = None
    source: str = "local"
    """Which opinion this is: `local`, or the model's name."""
    learned: tuple[LearnedOpinion, ...] = ()
    """What was learned from closed tickets says; at most one of them speaks."""
    reading: ModelReading | None = None
    """What a language model read, where one was asked."""
    observed: tuple[Reason, ...] = ()
    """The rows of the points table where a learned opinion speaks instead of it: seen, without weight."""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of everything that was observed, whether it weighs or not, each once."""
        return tuple(dict.fromkeys(one.code for one in (*self.reasons, *self.observed)))

    @property
    def speaker(self) -> LearnedOpinion | None:
        """The learned opinion that the risk is made of; none when the points table answered."""
        return next((one for one in self.learned if one.speaks), None)

    @model_validator(mode="after")
    def _adds_up(self) -> Assessment:
        total = sum(reason.points for reason in self.reasons)
        if total != self.risk:
            raise ValueError(f"reasons sum to {total}, not to the risk {self.risk}")
        return self


class Action(StrEnum):
    """What policy decides to do with an assessed ticket."""

    WATCH = "watch"
    ESCALATE = "escalate"
    LINK_DUPLICATE = "link_duplicate"


class RuleFailure(Record):
    """An expression of the policy that could not be evaluated on this ticket; it counted as not holding, or, where it
    asks for an approval, as holding."""

    file: str
    key: str
    """Where it stands in the file, for example `rules[2].when.if`."""
    error: str


class Decision(Record):
    """What policy made of an assessment. The same assessment and policy always give the same decision."""

    id: str
    ticket_id: str
    at: Moment
    action: Action
    risk: int
    threshold: int
    why: tuple[str, ...]
    to_tier: str | None = None
    priority: str | None = None
    """The priority the escalation sets; none leaves it."""
    status: str | None = None
    queue: str | None = None
    sla_target: str | None = None
    tags: tuple[str, ...] = ()
    rule: str | None = None
    """The escalation rule that spoke."""
    look_again_at: Moment | None = None
    causes: tuple[str, ...] = ()
    """The keys of everything that calls for an escalation; each leads to one once."""
    levels: tuple[LevelPassed, ...] = ()
    """Levels of the escalation matrix that were passed at this look."""
    rule_failures: tuple[RuleFailure, ...] = ()
    """Expressions that failed on this ticket; none of them held it up."""
    policy: str
    """The policy's stamp."""


def latest(*moments: datetime | None) -> datetime:
    """The latest of the given moments. Raises `ValueError` when all are missing."""
    return max(moment for moment in moments if moment is not None)
