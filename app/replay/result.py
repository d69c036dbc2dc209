"""What a replay comes to: figures of each side, their difference, and tickets where the sides differ."""

from __future__ import annotations

from datetime import date

from domain.base import Moment, Record
from domain.learned import Target


class Share(Record):
    """A share or a rate with its 95 % bootstrap interval over tickets. `of` is what it is out of."""

    value: float
    low: float
    high: float
    of: float

    def __str__(self) -> str:
        """'0.612 [0.590, 0.634]'"""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


class Quantiles(Record):
    """The 10th, 25th, 50th, 75th and 90th percentile of so many values."""

    count: int
    p10: float
    p25: float
    p50: float
    p75: float
    p90: float


class Point(Record):
    """Alerting on every ticket whose risk reaches `risk`."""

    risk: int
    recall: float
    precision: float


class Bin(Record):
    """Tickets whose first opinion lay near each other."""

    said: float
    came_true: float
    tickets: int


class TargetFigures(Record):
    """How a side did at foreseeing one target, over the tickets of which the history says whether it came true."""

    target: Target
    tickets: int
    came_true: int
    """Of these."""
    timed: int
    """Of those that came true, how many the history gives a moment for; without one no lead time is claimed."""
    alerted: int
    caught: int
    """Came true and were alerted before it did; where the moment is not known, before the ticket ended."""
    late: int
    """Came true and were alerted, but not before it did."""
    false_alarms: int
    precision: Share | None
    """Of what was alerted in time or for nothing, the share that came true."""
    recall: Share | None
    average_precision: float | None
    """Of ranking tickets by their highest risk before it came true: the sum of precision times gain in recall."""
    lead_hours: Quantiles | None
    """From the alert until it came true, of what was caught and timed."""
    false_alarms_per_technician_day: Share | None
    curve: tuple[Point, ...]
    calibration: tuple[Bin, ...]
    """Of the model's probability at the first look; of the risk as a share of 100 where no model spoke."""
    calibration_of: str
    ece: float | None
    """Mean distance between what was said and what came true, weighted by tickets."""


class NoticeFigures(Record):
    """The notifications that would have gone out."""

    planned: int
    sent: int
    critical: int
    gathered: int
    changed_in_place: int
    recipients: int
    per_recipient_day: float | None
    """On days on which somebody was told anything."""
    most_on_a_day: int
    held: dict[str, int]
    """Why → messages that did not go out at once."""
    over_budget: int
    """Messages that had to wait because the budget was used up."""
    by_occasion: dict[str, int]


class HopFigures(Record):
    """How often tickets change teams; see the assumption for what would be."""

    tickets: int
    """Escalated by this side, with a team in the history."""
    real: float
    """Hops for each of them, as it was."""
    would_be: float
    """The same had the side's team got it at the alert."""
    right_team: Share
    """Of those whose last team the policy knows, the share that the side gave to it."""


class RoutingValue(Record):
    """What the side's routes would have been worth, from what came of those that were taken (`learning.off_policy`).

    In shares of tickets that stay with the team they were given to.
    """

    tickets: int
    """Escalated by this side and given to a team, both by it and in the history."""
    logged: Share
    """What came of the routes that were taken."""
    value: Share
    """Of the side's own routes: doubly robust."""
    gain: Share
    """The second less the first, paired by ticket."""
    effective: float
    """Tickets that this rests on."""
    overlap: float
    """Share of the side's routes that the history takes often enough to learn from."""
    word: str
    """Whether the value can be read."""


class Bounds(Record):
    """SLA breaches that alerts could have avoided."""

    breaches: int
    alerted_before: int
    lower: int
    upper: int
    judged: int
    """Of those alerted, how many the upper bound could be worked out for."""


class SideFigures(Record):
    """One side of a replay."""

    name: str
    policy: str
    """The stamp."""
    model: str
    tickets: int
    looks: int
    alerts: int
    """Tickets that were escalated."""
    escalations: int
    """A ticket can go up again."""
    alerts_per_day: float | None
    alerts_per_technician_day: Share | None
    taken_down: int
    levels_passed: int
    nobody_eligible: int
    changes: int
    targets: tuple[TargetFigures, ...]
    notices: NoticeFigures
    hops: HopFigures | None
    """None when the policy knows no team of the history: no route could be right then."""
    routing_value: RoutingValue | None
    """None for the same reason, or when nothing was routed."""
    breaches: Bounds | None
    alerts_of_day: dict[date, int]


class Difference(Record):
    """The second side less the first, paired by ticket."""

    of: str
    target: Target | None
    difference: Share


class Told(Record):
    """What one side made of a ticket."""

    side: str
    alerted_at: Moment | None
    risk: int
    """At the alert, or the highest there was."""
    why: tuple[str, ...]
    reasons: tuple[str, ...]
    route: str | None


class Example(Record):
    """A ticket on which the sides differ, or a telling one of a single side."""

    ticket_id: str
    about: str
    kind: str
    opened_at: Moment
    came_true: tuple[str, ...]
    sides: tuple[Told, ...]


class HistoryFigures(Record):
    """What was streamed."""

    tickets: int
    judged: int
    events: int
    bad_lines: int
    first: Moment
    last: Moment
    technician_days: int
    days: int
    most_open: int
    """Judged tickets held at once: what the memory of a replay grows with."""


class Replay(Record):
    """A whole replay. The same history, policies, models and seed give the same bytes."""

    history: HistoryFigures
    seed: int
    sides: tuple[SideFigures, ...]
    differences: tuple[Difference, ...]
    examples: tuple[Example, ...]
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]
    """What to know before the figures are believed: names that a policy does not know, bad lines, too few tickets."""
