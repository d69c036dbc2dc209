"""What `tierwise eval risk` says: as one JSON document and for people."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from domain.base import Record
from domain.learned import Target
from evals.risk.stream import At, Split
from learning.measures import AtCapacity, CalibrationBin, Interval, LeadTime


class Quality(Record):
    """How good one set of probabilities is, with bootstrap 95 % intervals (whole tickets are drawn)."""

    auc: Interval
    ap: Interval
    """Average precision."""
    brier: Interval
    ece: Interval
    """Expected calibration error over ten bins of equal width; beside it the same over other bins."""
    ece_15_width: float
    ece_10_quantile: float
    ece_15_quantile: float


class ByHours(Record):
    """Looks at tickets that were open so long and not resolved."""

    low: float
    high: float | None
    rows: int
    happened: float
    auc: Interval
    clock_only: float
    """The AUC that hours open alone give among these looks."""
    ece: float


class RiskReport(Record):
    """What the suite measured. Rows whose ticket says nothing of the target, or to which it had happened already, are
    predicted and not scored."""

    suite: Literal["risk"] = "risk"
    target: Target
    at: At
    split: Split
    """`later`: judged walk-forward, learning from what was known by each fit; `cut_off`: the test tickets never end, so
    fitted once before them; `by_ticket`: fitted once on the training tickets, whole."""
    train_tickets: int
    test_tickets: int
    left_out: int
    """Training tickets that are test tickets too: never learned from."""
    bad_lines: int
    labelled: int
    """Tickets with a certain label at the first fit."""
    fits: tuple[datetime, ...]
    rows: int
    scored: int
    abstained: int
    """Of the scored rows."""
    base_rate: float
    """Share of the scored rows in which it happened."""
    why_not: str
    """Why nothing was learned; empty when it was."""
    learned: Quality
    baselines: dict[str, Quality]
    calibration: tuple[CalibrationBin, ...]
    capacity: AtCapacity | None
    """At one alert for each technician and day."""
    alerts_per_day: float
    technicians: float
    """Active on a day, on average over the looks."""
    lead: LeadTime | None
    """At 80 % precision; none where the log does not say when it happened."""
    by_hours: tuple[ByHours, ...]
    seed: int
    predictions: str


def render(report: RiskReport) -> str:
    """The report for people."""
    how = {
        "later": f"walk-forward, {len(report.fits)} fits, each on what was known by then",
        "cut_off": "the test tickets are cut off before their ends, so fitted once, on what was known before them",
        "by_ticket": "split by ticket: training tickets are used whole, whatever their time",
    }[report.split]
    lines = [
        f"{report.target} at {report.at}: {report.train_tickets:,} training and {report.test_tickets:,} test tickets;"
        f" {how}",
        f"{report.scored:,} of {report.rows:,} rows scored, {report.base_rate:.1%} of them happened,"
        f" {report.abstained:,} abstained",
        f"{'':<16}{'AUC':>22}{'AP':>22}{'Brier':>22}{'ECE, 10 wide':>22}{'15 wide':>9}{'10 even':>9}{'15 even':>9}",
    ]
    if not report.scored:
        lines = [lines[0], f"{report.rows:,} rows predicted; no test ticket says what came of it, so none is scored"]
    for name, one in {"learned": report.learned, **report.baselines}.items() if report.scored else ():
        lines.append(
            f"{name.replace('_', ' '):<16}{one.auc!s:>22}{one.ap!s:>22}{one.brier!s:>22}{one.ece!s:>22}"
            f"{one.ece_15_width:>9.3f}{one.ece_10_quantile:>9.3f}{one.ece_15_quantile:>9.3f}"
        )
    if report.why_not:
        lines.append(f"nothing was learned: {report.why_not}; the base rate and the points table answer")
    lines += [_hours(one) for one in report.by_hours]
    lines += [*_capacity(report), *_lead(report)]
    if report.left_out:
        lines.append(f"{report.left_out} training tickets are test tickets too and were not learned from")
    if report.bad_lines:
        lines.append(f"{report.bad_lines} lines set aside: unreadable, without events, or an id that was there already")
    return "\n".join([*lines, f"predictions in {report.predictions}"])


def _hours(one: ByHours) -> str:
    upto = "" if one.high is None else f"–{one.high:g}"
    return (
        f"open {one.low:g}{upto} h: {one.rows:,} looks, {one.happened:.1%} happened, AUC {one.auc!s}"
        f" (clock only {one.clock_only:.3f}), ECE {one.ece:.3f}"
    )


def _capacity(report: RiskReport) -> list[str]:
    one = report.capacity
    if one is None or report.technicians == 0:
        return []
    return [
        f"at one alert per technician-day ({report.technicians:.1f} technicians): line {one.line:.3f},"
        f" {one.alerts} alerts, precision {one.precision:.3f}, recall {one.recall:.3f}"
    ]


def _lead(report: RiskReport) -> list[str]:
    if not report.scored:
        return []
    if report.target == "sla_breach":
        return ["no lead time: the log says that an SLA was missed, not when"]
    if report.lead is None:
        return ["no line reaches 80 % precision"]
    low, middle, high = report.lead.hours
    return [
        f"lead time at {report.lead.precision:.0%} precision (line {report.lead.line:.3f}): {report.lead.alerts}"
        f" alerts, recall {report.lead.recall:.3f}, hours won {low:.2f} / {middle:.2f} / {high:.1f}"
        " (10th, 50th, 90th percentile)"
    ]
