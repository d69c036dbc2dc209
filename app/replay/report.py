"""The HTML report of a replay, and the folder that it is written into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from app.replay.result import Example, Replay, Share, SideFigures, TargetFigures
from app.report import plots
from app.report.page import Part, Points, Section, Table, Text, page
from app.report.plots import CalibrationBin, Plot
from domain.errors import BadInput

TITLES = {"escalation": "Escalation: the ticket goes up a tier", "sla_breach": "SLA breach: the ticket misses its SLA"}
PAGE, DATA = "index.html", "replay.json"


def report(found: Replay) -> str:
    """The page; it holds its figures and loads nothing."""
    names = " against ".join(f"{one.name} ({_what(one)})" for one in found.sides)
    head = found.history
    lead = (
        f"{head.judged:,} of {head.tickets:,} tickets, {head.events:,} events, {head.first:%Y-%m-%d} to "
        f"{head.last:%Y-%m-%d}. Seed {found.seed}. Nothing was sent or changed."
    )
    sections = [
        Section("Before you believe it", tuple(_notes(found))),
        Section("At a glance", (_glance(found), *_versus(found))),
        *(Section(TITLES[target], tuple(_target(found, target))) for target in _targets(found)),
        Section("Alerts and notices", tuple(_alerts(found))), Section("Routing", tuple(_routing(found))),
        Section("Where they differ" if len(found.sides) > 1 else "Tickets to look at", tuple(_examples(found))),
        Section("What is assumed", (Points(found.assumptions),)),
    ]  # fmt: skip
    return page(f"Replay: {names}", lead, [one for one in sections if one.parts])


def figures(found: Replay) -> list[Plot]:
    """Every figure of the page, for those who want them as files."""
    parts = [part for target in _targets(found) for part in _target(found, target)] + list(_alerts(found))
    return [part for part in parts if isinstance(part, Plot)]


def write_report(found: Replay, folder: Path) -> list[Path]:
    """Writes the page, the figures and the JSON into a folder, which is made; what was written.

    Raises `BadInput` when it cannot be written into.
    """
    files = {
        PAGE: report(found).encode(),
        DATA: found.model_dump_json(indent=1).encode() + b"\n",
        **{f"{plot.name}.svg": plot.svg for plot in figures(found)},
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise BadInput(
            f"{folder}: the report cannot be written: {error.strerror or error}", mend="name a folder you can write to"
        ) from error
    return [folder / name for name in files]


def check_folder(folder: Path) -> None:
    """Raises `BadInput` when a report could not be written into the folder: better before the work than after it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".tierwise"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise BadInput(
            f"{folder}: the report cannot be written: {error.strerror or error}", mend="name a folder you can write to"
        ) from error


def _what(side: SideFigures) -> str:
    return side.policy if side.model == "none" else f"{side.policy}, model {side.model}"


def _targets(found: Replay) -> list[str]:
    return [one.target for one in found.sides[0].targets]


def _of(side: SideFigures, target: str) -> TargetFigures:
    return next(one for one in side.targets if one.target == target)


def _notes(found: Replay) -> Iterator[Part]:
    yield from (Text(note, notice=True) for note in found.notes)


def _glance(found: Replay) -> Table:
    rows: list[tuple[str, ...]] = [
        _row("policy", found, lambda one: one.policy), _row("model", found, lambda one: one.model),
        _row("tickets escalated", found, lambda one: f"{one.alerts:,}"),
        _row("alerts per technician-day", found, lambda one: _share(one.alerts_per_technician_day)),
    ]  # fmt: skip
    for target in _targets(found):
        rows += _target_rows(found, target)
    rows += [
        _row("notices sent", found, lambda one: f"{one.notices.sent:,}"),
        _row("most notices to one recipient on a day", found, lambda one: f"{one.notices.most_on_a_day:,}"),
        _row("breaches avoided, between", found, _bounds),
    ]
    return Table(("", *(one.name for one in found.sides)), rows)


def _target_rows(found: Replay, target: str) -> list[tuple[str, ...]]:
    def row(name: str, value: Callable[[TargetFigures], str]) -> tuple[str, ...]:
        return (f"{target}: {name}", *(value(_of(side, target)) for side in found.sides))

    return [
        row("came true", lambda one: f"{one.came_true:,}"), row("caught", lambda one: f"{one.caught:,}"),
        row("too late", lambda one: f"{one.late:,}"), row("precision", lambda one: _share(one.precision)),
        row("recall", lambda one: _share(one.recall)), row("lead time, median hours", _lead),
        row("false alarms per technician-day", lambda one: _share(one.false_alarms_per_technician_day)),
    ]  # fmt: skip


def _row(name: str, found: Replay, value: Callable[[SideFigures], str]) -> tuple[str, ...]:
    return (name, *(value(side) for side in found.sides))


def _versus(found: Replay) -> Iterator[Part]:
    if found.differences:
        rows = [(one.of, one.target or "", _share(one.difference)) for one in found.differences]
        one, two = (side.name for side in found.sides)
        yield Table(("of", "target", f"{two} less {one}"), rows, "Paired by ticket, with 95 % intervals.", text=True)


def _target(found: Replay, target: str) -> Iterator[Part]:
    sides = [(side.name, _of(side, target)) for side in found.sides]
    tickets, true = sides[0][1].tickets, sides[0][1].came_true
    if not true:
        yield Text(f"It came true for none of {tickets:,} tickets, so nothing could be caught.")
        return
    yield plots.precision_recall(
        f"{target}-precision-recall", f"{target}: alerting from each risk up",
        {name: [(0.0, one.curve[0].precision), *((p.recall, p.precision) for p in one.curve)] for name, one in sides},
        base_rate=true / tickets,
        marks={
            f"{name}, as it alerts": [(one.recall.value, one.precision.value)]
            for name, one in sides
            if one.recall is not None and one.precision is not None
        },
    )  # fmt: skip
    yield plots.calibration(
        f"{target}-calibration", f"{target}: what was said and what came true",
        {
            name: [CalibrationBin(predicted=b.said, observed=b.came_true, count=b.tickets) for b in one.calibration]
            for name, one in sides
        },
    )  # fmt: skip
    yield Points(tuple(f"{name}: {one.calibration_of}; mean error {one.ece}." for name, one in sides))
    lead = {name: one.lead_hours for name, one in sides if one.lead_hours is not None}
    if lead:
        yield plots.curves(
            f"{target}-lead-time", f"{target}: hours between the alert and the moment it came true",
            {
                name: [(q.p10, 0.1), (q.p25, 0.25), (q.p50, 0.5), (q.p75, 0.75), (q.p90, 0.9)]
                for name, q in lead.items()
            },
            x="hours", y="share of what was caught", limits=(0.0, 1.0),
        )  # fmt: skip
    elif not sides[0][1].timed:
        yield Text("The history does not say when it came true, so no lead time is claimed.")


def _alerts(found: Replay) -> Iterator[Part]:
    if any(one.alerts for one in found.sides):
        counts = {one.name: one.alerts_of_day for one in found.sides}
        yield plots.per_day("alerts-per-day", "Tickets escalated on each UTC day", "tickets", counts)
    rows = [
        _row("planned", found, lambda one: f"{one.notices.planned:,}"),
        _row("sent", found, lambda one: f"{one.notices.sent:,}"),
        _row("told as part of another", found, lambda one: f"{one.notices.gathered:,}"),
        _row("recipients", found, lambda one: f"{one.notices.recipients:,}"),
        _row("per recipient and day", found, lambda one: _number(one.notices.per_recipient_day)),
        _row("waited for their budget", found, lambda one: f"{one.notices.over_budget:,}"),
    ]
    reasons = sorted({why for one in found.sides for why in one.notices.held})
    rows += [(f"held: {why}", *(f"{one.notices.held.get(why, 0):,}" for one in found.sides)) for why in reasons]
    yield Table(("notices", *(one.name for one in found.sides)), rows)


def _routing(found: Replay) -> Iterator[Part]:
    if all(one.hops is None for one in found.sides):
        yield Text("The policies know no team of the history, so nothing can be said about routes.")
        return
    rows = [
        _row("hops of escalated tickets, as it was", found, lambda one: _number(one.hops.real if one.hops else None)),
        _row("as it would have been", found, lambda one: _number(one.hops.would_be if one.hops else None)),
        _row("given to the team that had it in the end", found, lambda one: _share(_right_team(one))),
        _row("stay with the team they were given to, as it was", found, lambda one: _share(_worth(one, "logged"))),
        _row("by this side's routes (estimate)", found, lambda one: _share(_worth(one, "value"))),
        _row("difference", found, lambda one: _share(_worth(one, "gain"))),
        _row("can that be read?", found, lambda one: one.routing_value.word if one.routing_value else "–"),
        _row("nobody eligible", found, lambda one: f"{one.nobody_eligible:,}"),
    ]
    yield Table(("", *(one.name for one in found.sides)), rows)


def _right_team(side: SideFigures) -> Share | None:
    return side.hops.right_team if side.hops else None


def _worth(side: SideFigures, name: Literal["logged", "value", "gain"]) -> Share | None:
    return getattr(side.routing_value, name) if side.routing_value else None


def _examples(found: Replay) -> Iterator[Part]:
    kinds = dict.fromkeys(one.kind for one in found.examples)
    for kind in kinds:
        rows = [row for one in found.examples if one.kind == kind for row in _example(one)]
        yield Table(("ticket", "what happened", "side", "alert", "why"), rows, kind.capitalize(), text=True)


def _example(one: Example) -> Iterator[tuple[str, ...]]:
    happened = ", ".join(one.came_true) or "did not come true"
    for side in one.sides:
        alert = f"{side.alerted_at:%Y-%m-%d %H:%M %Z}, {side.route}" if side.alerted_at else "none"
        yield (
            f"{one.ticket_id} {one.about}".strip(), happened, side.side, alert,
            " · ".join((*side.why, f"risk {side.risk}", *side.reasons)),
        )  # fmt: skip


def _bounds(side: SideFigures) -> str:
    one = side.breaches
    return "–" if one is None else f"{one.lower:,} and {one.upper:,} of {one.breaches:,}"


def _lead(one: TargetFigures) -> str:
    return "–" if one.lead_hours is None else f"{one.lead_hours.p50:.1f}"


def _share(share: Share | None) -> str:
    return "–" if share is None else str(share)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def text_of(found: Replay) -> Sequence[str]:
    """The figures at a glance, as lines of text."""
    table = _glance(found)
    wide = [max(len(row[place]) for row in (table.columns, *table.rows)) for place in range(len(table.columns))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)).rstrip()
        for row in (table.columns, *table.rows)
    ]
