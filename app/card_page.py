"""The model card as a page to look at."""

from __future__ import annotations

from collections.abc import Iterator

from app.card import CardView, Drift
from app.report.page import Part, Points, Section, Table, Text, page
from app.report.plots import CalibrationBin, bars, calibration, precision_recall
from learning.card import Alarms, Bin, Figure, RoutingCard, TargetCard

_SEGMENTS = ("property", "value", "tickets", "happened", "said", "AUC", "precision", "recall")
_WORDS = {"escalation": "Escalation", "sla_breach": "SLA breach"}


_Row = tuple[str, Figure | None, Figure, Figure | None, Alarms | None]


def card_page(card: CardView) -> str:
    """One HTML file; the same card gives the same bytes."""
    speaks = card.state == "promoted" and card.mode == "on"
    word = "speaks" if speaks else "stands beside the points table" if card.state == "promoted" else "is not promoted"
    lead = (
        f"Learned from {card.tickets:,} tickets up to {card.until:%Y-%m-%d}, policy {card.policy}. "
        f"It {word} (learning.yaml: mode {card.mode})."
    )
    return page(f"Model card {card.model}", lead, _sections(card))


def _sections(card: CardView) -> Iterator[Section]:
    yield Section("What was measured", tuple(_measured(card)))
    for target in card.targets:
        yield Section(_WORDS[target.target], tuple(_target(target)))
    if card.routing:
        yield Section("Team", tuple(_routing(one) for one in card.routing))
    yield Section("The guard", tuple(_guard(card)))
    if card.drift is not None:
        yield Section("Since training", tuple(_drift(card, card.drift)))
    yield Section("What it knows", tuple(_knows(card)))


def _measured(card: CardView) -> Iterator[Part]:
    if card.window is not None:
        start, end = card.window
        yield Text(
            f"Models fitted on what was known on {start:%Y-%m-%d} met the tickets that came in until {end:%Y-%m-%d} as "
            "if live. The stored models are fitted the same way on everything. Intervals are 95 %, over tickets."
        )
    for gap in card.not_learned:
        yield Text(f"Not learned: {gap.what}: {gap.why}. The points table answers there.", notice=True)
    if card.notes:
        yield Points(card.notes)


def _target(one: TargetCard) -> Iterator[Part]:
    yield Text(
        f"It happened to {one.happened:,} of {one.tickets:,} tickets ({one.base_rate:.1%}); before the window to "
        f"{one.usual_rate:.1%}. The end of {one.unknown:,} more was not known yet; they count among the alerts only."
    )
    rows: list[_Row] = [("the model", one.auc, one.average_precision, one.brier, one.alarms)]
    rows += [(base.name, base.auc, base.average_precision, base.brier, base.alarms) for base in one.baselines]
    yield Table(
        ("judge", "AUC", "average precision", "Brier", "alerts", "per technician-day", "precision", "recall"),
        [
            (
                name, _said(auc), _said(ap), _said(brier), str(alarms.alerts) if alarms else "–",
                _number(alarms.per_technician_day if alarms else None), _said(alarms.precision if alarms else None),
                _said(alarms.recall if alarms else None),
            )
            for name, auc, ap, brier, alarms in rows
        ],
        caption=f"Ranking at the first event, alerts over the whole life; capacity {one.capacity:g} a technician-day.",
    )  # fmt: skip
    yield calibration(f"calibration-{one.target}", "Calibration", {"the model": _bins(one.bins)})
    yield Text(f"Expected calibration error {one.ece}.")
    marks = {}
    for name, alarms in (("the model's line", one.alarms), *((base.name, base.alarms) for base in one.baselines)):
        if alarms is not None and alarms.precision is not None and alarms.recall is not None:
            marks[name] = [(alarms.recall.value, alarms.precision.value)]
    yield precision_recall(
        f"precision-recall-{one.target}", "Precision over recall", {"the model": list(one.curve)},
        base_rate=one.base_rate, marks=marks,
    )  # fmt: skip
    if one.lead_hours is not None:
        lead = one.lead_hours
        yield bars(
            f"lead-{one.target}", "Hours from the first alarm until it happened", "hours",
            {f"{lead.count} tickets": {"10 %": lead.low, "50 %": lead.middle, "90 %": lead.high}},
        )  # fmt: skip
    else:
        yield Text(one.lead_note)
    yield from _segments(one)
    reasons = "; ".join(f"{each.why} ({each.tickets})" for each in one.abstained_on)
    yield Text(
        f"It abstains on {one.abstained:.1%} of tickets at their first event{': ' + reasons if reasons else ''}."
    )


def _segments(one: TargetCard) -> Iterator[Part]:
    if one.segments:
        yield Table(
            _SEGMENTS,
            [
                (
                    each.property, each.value, f"{each.tickets:,}", f"{each.happened / each.tickets:.1%}",
                    f"{each.predicted:.1%}", _number(each.auc), _number(each.precision), _number(each.recall),
                )
                for each in one.segments
            ],
            caption="By property of the ticket; `said` is the mean probability, beside the share that came true.",
        )  # fmt: skip


def _routing(one: RoutingCard) -> Part:
    rows = [
        ("top 1", str(one.top_1)), ("top 3", str(one.top_3)), ("always the largest team", str(one.majority)),
        ("leaving it with its first team", _said(one.stays)), ("followed", f"{one.followed:.1%}"),
        ("right when followed", _said(one.right_when_followed)),
    ]  # fmt: skip
    return Table(("measure", "share"), rows, caption=f"Asked at {one.moment}, {one.tickets:,} tickets.")


def _guard(card: CardView) -> Iterator[Part]:
    verdict = card.verdict
    yield Text("Nothing stands against it." if verdict.ok else "It stays in shadow.", notice=not verdict.ok)
    yield Points(tuple(one.why for one in verdict.comparisons) or ("Nothing could be compared.",))


def _drift(card: CardView, drift: Drift) -> Iterator[Part]:
    yield Text(f"{drift.tickets:,} tickets from {drift.since:%Y-%m-%d} to {drift.until:%Y-%m-%d}. {drift.note}")
    yield Table(
        ("target", "tickets with a known end", "base rate", "at training", "calibration error", "Brier"),
        [
            (
                one.target, f"{one.tickets:,}", _share(one.base_rate), _share(one.base_rate_then), _number(one.ece),
                _number(one.brier),
            )
            for one in drift.targets
        ],
    )  # fmt: skip
    if drift.shifts:
        yield Table(
            ("feature", "PSI", "word"), [(one.feature, f"{one.psi:.3f}", one.word) for one in drift.shifts],
            caption="Population stability index; below 0.1 stable, above 0.25 changed.",
        )  # fmt: skip
    del card


def _knows(card: CardView) -> Iterator[Part]:
    yield Text(f"Features used: {', '.join(card.features) or 'none'}.")
    if card.absent:
        yield Text(f"Never in this history: {', '.join(card.absent)}.")
    if card.left_out:
        yield Text(f"Left out by learning.yaml: {', '.join(card.left_out)}.")
    labels = ", ".join(f"{target} {count:,}" for target, count in sorted(card.labels.items()))
    yield Text(f"Tickets with a known end: {labels or 'none'}.")


def _bins(those: tuple[Bin, ...]) -> list[CalibrationBin]:
    return [CalibrationBin(predicted=one.predicted, observed=one.observed, count=one.count) for one in those]


def _said(value: Figure | None) -> str:
    return "–" if value is None else str(value)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
