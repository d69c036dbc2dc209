"""The model card: what to expect of a model, measured on tickets it had not seen."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.base import Moment, Record
from domain.learned import Target
from learning.manifest import NotLearned


class Figure(Record):
    """A value with its bootstrap 95 % interval over tickets."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Three digits, with the interval."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


class Bin(Record):
    """Tickets with nearly the same probability: the mean of it, and the share that it came true for."""

    predicted: float
    observed: float
    count: int


class Alarms(Record):
    """What alarms at a line came to, over the life of each ticket."""

    line: float | None
    """Of the probability, or of the risk / 100 for the points table; none where the judge has no line."""
    alerts: int
    """On all tickets of the window, also those whose end is not known yet."""
    per_technician_day: float | None
    """None where no technician is named in the history."""
    false_per_technician_day: float | None
    precision: Figure | None
    recall: Figure | None


class Quantiles(Record):
    """10th, 50th and 90th percentile."""

    low: float
    middle: float
    high: float
    count: int


class Segment(Record):
    """One value of one property of tickets, with what the model is worth there."""

    property: str
    value: str
    tickets: int
    happened: int
    auc: float | None
    predicted: float
    """Mean probability; against the share of `happened` it says whether the model is too high or low there."""
    precision: float | None
    recall: float | None


class Baseline(Record):
    """Another judge on the same tickets."""

    name: str
    auc: Figure | None
    average_precision: Figure
    brier: Figure | None
    """None for a judge that states no probability."""
    alarms: Alarms | None


class Abstained(Record):
    """A reason to abstain, and how often it was given."""

    why: str
    tickets: int


class TargetCard(Record):
    """One target. Ranking and calibration are of the probability at the first event, alarms of the whole life."""

    target: Target
    tickets: int
    """Of the window, with a known end."""
    unknown: int
    """Of the window, whose end was not known yet: left out of everything but the count of alerts. Those that end fast
    are over-represented among the known."""
    happened: int
    base_rate: float
    usual_rate: float
    """The share among the labelled tickets before the window: what a forecast without a model would say."""
    auc: Figure | None
    average_precision: Figure
    brier: Figure
    ece: Figure
    """Expected calibration error over ten equally full bins."""
    bins: tuple[Bin, ...]
    curve: tuple[tuple[float, float], ...]
    """(recall, precision) by falling probability, thinned."""
    capacity: float
    """Alerts per technician and working day that this target may take."""
    alarms: Alarms
    lead_hours: Quantiles | None
    """From the first alarm to the moment it happened."""
    lead_note: str = ""
    baselines: tuple[Baseline, ...]
    segments: tuple[Segment, ...]
    abstained: float
    """Share of tickets on which it abstained at their first event."""
    abstained_on: tuple[Abstained, ...]


class RoutingCard(Record):
    """Which team ended up with the ticket, asked at its creation and at its first assignment."""

    moment: Literal["creation", "first assignment"]
    tickets: int
    top_1: Figure
    top_3: Figure
    majority: Figure
    """Always the team with most tickets of the window."""
    stays: Figure | None
    """Leaving it with its first team; none at creation."""
    followed: float
    """Share of tickets on which it did not abstain."""
    right_when_followed: Figure | None
    abstained_on: tuple[Abstained, ...]


class Comparison(Record):
    """One question of the guard."""

    against: str
    """A model's id, or the points table."""
    on: str
    """The latest window, or the locked cases."""
    target: str
    what: str
    difference: Figure | None
    """Candidate minus the other; more is better. None where too little is there to compare."""
    ok: bool
    why: str


class Verdict(Record):
    """Whether a model may be promoted."""

    ok: bool
    comparisons: tuple[Comparison, ...]
    cases: int
    """Locked cases that it was asked about."""

    @property
    def why_not(self) -> tuple[str, ...]:
        """What stands against it."""
        return tuple(one.why for one in self.comparisons if not one.ok)


class ModelCard(Record):
    """What to expect of one model."""

    model: str | None
    """None when nothing was learned."""
    trained_at: Moment
    policy: str
    since: Moment | None
    until: Moment
    tickets: int
    labels: dict[str, int]
    window: tuple[Moment, Moment] | None
    """The latest window, which the measured models had not seen. The kept ones are the same recipe on everything."""
    technician_days: int
    targets: tuple[TargetCard, ...]
    routing: tuple[RoutingCard, ...]
    not_learned: tuple[NotLearned, ...]
    features: tuple[str, ...]
    absent: tuple[str, ...]
    """Features that the history never has."""
    left_out: tuple[str, ...]
    """Features that policy leaves out."""
    verdict: Verdict
    profile: tuple[Profile, ...] = ()
    """How features and probabilities were distributed, to tell drift later."""
    notes: tuple[str, ...] = Field(default=())


class Profile(Record):
    """Shares of tickets in the bins of one feature, or by value of it. `probability of …` is what the model said."""

    feature: str
    edges: tuple[float, ...] = ()
    values: tuple[str, ...] = ()
    shares: tuple[float, ...]
    """One for missing, one for each bin or value, one for every other value where there are values."""
    count: int


ModelCard.model_rebuild()
