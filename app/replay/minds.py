"""Models that go along with the stream: stored ones, and one that is learned anew as time passes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from domain.learned import LearnedRisk, Target, TeamOpinion
from domain.learned_points import LINE_WITHOUT_CAPACITY
from domain.policy.policy import Policy
from domain.ports import Judgement
from domain.ticket import ActorRole, Ticket
from learning.desk import Desk
from learning.features import observe
from learning.lessons import drawn_line
from learning.risk.model import RiskModel
from learning.risk.sampling import Sampler
from learning.stream import Happening

MORE = 1.01
"""It is learned anew only when a hundredth more tickets have begun since: a log ends with a long tail of a few."""
REFIT_AFTER = timedelta(days=14)
"""A model that walks along is learned anew after so many days of the stream."""


class Mind(Protocol):
    """A model that goes along with the stream."""

    def tell(self, happening: Happening) -> None:
        """Takes in one event; of the ticket only what is known after it may be read."""
        ...

    def judgement(self, at: datetime) -> Judgement | None:
        """What it can say at `at`; none as long as it has learned nothing."""
        ...

    def notes(self) -> tuple[str, ...]:
        """What to know about it, once the stream is over."""
        ...

    @property
    def taught_until(self) -> datetime | None:
        """Up to when anything was known that it was taught by before the stream began; none for what learns along."""
        ...


@dataclass(frozen=True)
class _Now:
    """Implements `domain.ports.Judgement` for one moment of the stream."""

    mind: WalkForward

    def risks(self, ticket: Ticket, at: datetime) -> tuple[LearnedRisk, ...]:
        """One opinion for each target that was learned so far."""
        return self.mind.risks(ticket, at)

    def teams(self, ticket: Ticket, at: datetime) -> TeamOpinion | None:
        """None: teams are not learned along the way."""
        del ticket, at
        return None


@dataclass
class WalkForward:
    """Learned every two weeks of the stream from what was known by then, and never from anything later.

    The line of a target is drawn at each learning as `tierwise train` draws it: so that, with it, the two weeks before
    would have brought as many alerts at most as the policy allows for (`alerts_per_technician_day`, shared by the
    targets), going by the highest probability that each ticket was given in them, and never below `least_probability`.
    Before there was a model to give any, the line is one half, or that least one.
    """

    policy: Policy
    seed: int
    every: timedelta = REFIT_AFTER
    fitted_at: list[datetime] = field(default_factory=list)
    why_not: dict[Target, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._desk = Desk()
        self._sampler = Sampler(self.policy)
        self._models: dict[Target, RiskModel] = {}
        self._highest: dict[Target, dict[str, float]] = {target: {} for target in self.policy.learning.targets}
        self._due: datetime | None = None
        self._people: set[tuple[date, str]] = set()
        self._taught_by = 0

    def tell(self, happening: Happening) -> None:
        """Takes in one event; learns anew first, when it is time."""
        if self._due is None:
            self._due = happening.at + self.every
        if happening.at >= self._due:
            if self._sampler.tickets >= MORE * self._taught_by:
                self._taught_by = self._sampler.tickets
                self._learn(happening.at)
            while self._due <= happening.at:
                self._due += self.every
        self._desk.tell(happening)
        self._sampler.see(happening, self._desk)
        event = happening.ticket.events[happening.count - 1]
        if event.role == ActorRole.TECHNICIAN and event.actor_id:
            self._people.add((event.at.astimezone(UTC).date(), event.actor_id))

    @property
    def taught_until(self) -> datetime | None:
        """None: nothing was known to it before the stream."""
        return None

    def judgement(self, at: datetime) -> Judgement | None:
        """None until something was learned."""
        self._desk.advance(at)
        return _Now(self) if self._models else None

    def risks(self, ticket: Ticket, at: datetime) -> tuple[LearnedRisk, ...]:
        """One opinion for each target that was learned so far, on a ticket as it stands now."""
        seen = observe(ticket, at, self._desk, self.policy)
        found = tuple(model.opinion_on(ticket, seen) for model in self._models.values())
        for one in found:
            if not one.abstained:
                highest = self._highest[one.target]
                highest[ticket.id] = max(one.probability, highest.get(ticket.id, 0.0))
        return found

    def notes(self) -> tuple[str, ...]:
        """When it was learned, and what was not."""
        days = self.every.days
        first = f", first at {self.fitted_at[0]:%Y-%m-%d}; the points table answered before" if self.fitted_at else ""
        times = f"the model was learned {len(self.fitted_at)} times, every {days} days of the stream{first}."
        return (times, *(f"{target} could not be learned: {why}." for target, why in sorted(self.why_not.items())))

    def _learn(self, at: datetime) -> None:
        models: dict[Target, RiskModel] = {}
        for target in self.policy.learning.targets:
            model = RiskModel.fit(
                self._sampler, target, seed=self.seed, model_id=f"walk-forward:{at.astimezone(UTC):%Y-%m-%d}"
            )
            if model.stages:
                models[target] = model.with_line(self._line(target))
                self.why_not.pop(target, None)
            else:
                self.why_not[target] = model.why_not
        if models:
            self.fitted_at.append(at)
        self._models = models
        self._people.clear()
        for highest in self._highest.values():
            highest.clear()

    def _line(self, target: Target) -> float:
        highest, rules = self._highest[target], self.policy.learning
        if not highest:
            return max(LINE_WITHOUT_CAPACITY, rules.least_probability)
        allowed = int(rules.alerts_per_technician_day * len(self._people) / len(rules.targets))
        return drawn_line(list(highest.values()), allowed, rules.least_probability)
