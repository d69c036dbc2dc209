"""Tickets that show what the figures mean: where two sides differ, or what a single side got right and wrong."""

from __future__ import annotations

from collections.abc import Sequence

from app.replay.result import Example, Told
from app.replay.rows import Row, Truth
from app.replay.side import Watcher
from app.replay.stream import Run
from domain.base import content_hash
from domain.learned import Target

OF_A_KIND = 5
"""Examples of each kind."""


def examples(run: Run, sides: Sequence[Watcher], targets: Sequence[Target], seed: int) -> tuple[Example, ...]:
    """Up to five tickets of each kind, drawn by the seed. Kinds are named in words."""
    found: dict[str, list[int]] = {}
    for place, truth in enumerate(run.truths):
        rows = [side[place] for side in run.rows]
        kind = _kind(truth, rows, [side.name for side in sides], targets)
        if kind is not None:
            found.setdefault(kind, []).append(place)
    return tuple(
        _example(run, sides, targets, place, kind)
        for kind, places in sorted(found.items())
        for place in sorted(places, key=lambda one: content_hash([seed, run.truths[one].id]))[:OF_A_KIND]
    )


def _kind(truth: Truth, rows: Sequence[Row], names: Sequence[str], targets: Sequence[Target]) -> str | None:
    known = [target for target in targets if truth.of(target)[0] is not None]
    if not known:
        return None
    true = any(truth.of(target)[0] for target in known)
    if len(rows) == 1:
        return _of_one(truth, rows[0], known, true=true)
    one, two = (_in_time(truth, row, known) for row in rows)
    if one == two:
        return None
    what = "caught" if true else "false alarm"
    return f"{what} by {names[0 if one else 1]} alone"


def _of_one(truth: Truth, row: Row, known: Sequence[Target], *, true: bool) -> str | None:
    if row.first is None:
        return "missed" if true else None
    if not true:
        return "false alarm"
    return "caught" if _in_time(truth, row, known) else "alerted too late"


def _in_time(truth: Truth, row: Row, known: Sequence[Target]) -> bool:
    """Whether the ticket was alerted before anything that came true, or alerted at all where nothing did."""
    if row.first is None:
        return False
    moments = [truth.of(target)[1] for target in known if truth.of(target)[0]]
    return not moments or any(moment is None or row.first.at < moment for moment in moments)


def _example(run: Run, sides: Sequence[Watcher], targets: Sequence[Target], place: int, kind: str) -> Example:
    truth = run.truths[place]
    true = [target for target in targets if truth.of(target)[0]]
    moments = [(target, truth.of(target)[1]) for target in true]
    return Example(
        ticket_id=truth.id, about=run.texts.get(truth.id, ""), kind=kind, opened_at=truth.opened,
        came_true=tuple(f"{target} at {at.isoformat()}" if at else target for target, at in moments),
        sides=tuple(_told(side.name, rows[place]) for side, rows in zip(sides, run.rows, strict=True)),
    )  # fmt: skip


def _told(name: str, row: Row) -> Told:
    first = row.first
    reasons = row.top if first is None else first.reasons
    lines = tuple(f"{points:+d} {code}: {text}" for points, code, text in reasons)
    if first is None:
        return Told(side=name, alerted_at=None, risk=row.highest(None), why=(), reasons=lines, route=None)
    who = "nobody eligible, to the lead" if first.nobody_eligible else "to"
    return Told(
        side=name, alerted_at=first.at, risk=first.risk, why=first.why, reasons=lines,
        route=f"{who} {first.technician} of {first.team} ({first.to_tier})",
    )  # fmt: skip
