"""The suite: a history replayed for its alarms, and detectors compared on planted bursts at equal other alarms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from adapters.history_file import read_history
from domain.base import Record
from domain.bursts.signature import Sighting, sighting_of
from domain.errors import BadInput
from domain.thresholds import BURST_WARM_UP
from evals.outbreaks.detectors import Alarm, FlatPoisson, fixed_count, watch
from evals.outbreaks.planting import plant
from evals.outbreaks.scoring import Score, late, score, smallest_line
from evals.outbreaks.simulator import HOLIDAYS, Desk, simulate
from evals.predictions import Row, check_ending, write_rows

RUNS = 1
"""Streams with planted bursts, each with others."""
SETTLED = timedelta(weeks=4)
"""Bursts are planted, and alarms counted, from so long after the beginning on."""
_POISSON_LINES = tuple(float(line) for line in range(6, 134, 2))
_COUNTS = tuple(float(count) for count in range(4, 68))


class OutbreakReport(Record):
    """What the suite found."""

    source: str
    tickets: int
    unreadable: int
    weeks: float
    seed: int
    budget_per_week: float
    alarms: int
    """Alarms of the watch on the stream as it is, from the warm-up on."""
    alarms_per_week: float
    alarms_by_weekday: dict[str, int]
    tickets_by_weekday: dict[str, float]
    """Share of all tickets."""
    scores: tuple[Score, ...]


def run_history(
    history: Path, predictions: Path | None, seed: int, *, budget: float = 1.0, zone: str = "UTC", runs: int = RUNS
) -> OutbreakReport:
    """Replays a history in order of time; nothing is sent. Raises `BadInput` for an unreadable file."""
    if predictions is not None:
        check_ending(predictions)
    stream, bad = _read(history)
    return _report(str(history.name), stream, predictions, seed, budget, zone, runs, bad, lambda _: False)


def run_simulation(
    predictions: Path | None, seed: int, *, budget: float = 1.0, desk: Desk | None = None, runs: int = RUNS
) -> OutbreakReport:
    """The same on a simulated desk."""
    if predictions is not None:
        check_ending(predictions)
    stream = simulate(desk or Desk(), seed)
    return _report("simulated desk", stream, predictions, seed, budget, "UTC", runs, 0, lambda day: day in HOLIDAYS)


def _read(history: Path) -> tuple[list[Sighting], int]:
    stream, bad = [], 0
    for line in read_history(history):
        if line.ticket is None:
            bad += 1
        else:
            stream.append(sighting_of(line.ticket))
    if not stream:
        raise BadInput(f"{history}: there is no ticket in it", mend="give a canonical history")
    return sorted(stream, key=lambda one: (one.at, one.ticket_id)), bad


def _report(
    source: str, stream: Sequence[Sighting], predictions: Path | None, seed: int, budget: float, zone: str, runs: int,
    bad: int, rest: Callable[[date], bool],
) -> OutbreakReport:  # fmt: skip
    start, end = stream[0].at, stream[-1].at
    plain = late(watch(stream, budget=budget, zone=zone, rest=rest), start + BURST_WARM_UP)
    if predictions is not None:
        write_rows(predictions, [_row(one) for one in plain])
    weeks = max((end - start - BURST_WARM_UP) / timedelta(weeks=1), 0.1)
    days = Counter(f"{one.at:%a}" for one in stream)
    return OutbreakReport(
        source=source, tickets=len(stream), unreadable=bad, seed=seed,
        weeks=round((end - start) / timedelta(weeks=1), 2),
        budget_per_week=budget, alarms=len(plain), alarms_per_week=round(len(plain) / weeks, 3),
        alarms_by_weekday=dict(Counter(f"{one.at:%a}" for one in plain)),
        tickets_by_weekday={day: round(count / len(stream), 3) for day, count in days.items()},
        scores=_scores(stream, seed, budget, zone, runs, rest) if runs else (),
    )  # fmt: skip


def _scores(
    stream: Sequence[Sighting], seed: int, budget: float, zone: str, runs: int, rest: Callable[[date], bool]
) -> tuple[Score, ...]:
    """Ours with the line it draws itself; the others with the line that gives them as many other alarms as ours."""
    since = stream[0].at + SETTLED
    weeks = (stream[-1].at - since) / timedelta(weeks=1)
    if weeks < 1.0:
        raise BadInput("the history is shorter than five weeks", mend="give a longer one, or pass --plant 0")
    planted = [plant(stream, since, seed + run) for run in range(runs)]
    own = [
        (truth, watch(mixed, budget=budget, zone=zone, rest=rest, confirmed=_ids(mixed))) for mixed, truth in planted
    ]
    others = late(watch(stream, budget=budget, zone=zone, rest=rest), since)
    flat = FlatPoisson()
    count = smallest_line(_COUNTS, lambda n: _late(fixed_count(stream, int(n)), since), len(others))
    height = smallest_line(_POISSON_LINES, lambda x: _late(flat.run(stream, x), since), len(others))
    rivals: list[tuple[str, str, Callable[[Sequence[Sighting]], list[Alarm]]]] = [
        ("five tickets in an hour", "5", lambda s: fixed_count(s, 5)),
        (
            "fixed count in an hour",
            f"{count:.0f}: no more other alarms",
            lambda s: fixed_count(s, int(count)),
        ),
        ("Poisson without seasons", f"−ln p ≥ {height:.0f}: no more other alarms", lambda s: flat.run(s, height)),
    ]
    found = [score("burst watch", f"{budget:g} a week", own, [others], since, weeks, seed)]
    for name, line, detect in rivals:
        ran = [(truth, detect(mixed)) for mixed, truth in planted]
        found.append(score(name, line, ran, [late(detect(stream), since)], since, weeks, seed))
    return tuple(found)


def _late(alarms: Sequence[Alarm], since: datetime) -> int:
    return len(late(alarms, since))


def _ids(mixed: Sequence[Sighting]) -> list[str]:
    return [one.ticket_id for one in mixed if one.ticket_id.startswith("planted-")]


def _row(alarm: Alarm) -> Row:
    row = alarm.model_dump(mode="json")
    return {"at": row["at"], "signature": row["signature"], **row}


def render(report: OutbreakReport) -> str:
    """For people."""
    lines = [
        f"{report.source}: {report.tickets:,} tickets in {report.weeks:g} weeks"
        + (f", {report.unreadable} lines unreadable" if report.unreadable else ""),
        f"{report.alarms} alarms, {report.alarms_per_week:g} a week (budget {report.budget_per_week:g})",
        "by weekday: " + ", ".join(f"{day} {count}" for day, count in sorted(report.alarms_by_weekday.items())),
    ]
    for one in report.scores:
        middle = "–" if one.median_minutes is None else f"{one.median_minutes:.0f}/{one.p90_minutes:.0f} min"
        sizes = ", ".join(f"{size}: {share:.0%}" for size, share in one.detected_by_size.items())
        lines += [
            f"{one.name} (line: {one.line})",
            f"  detected {one.detected} of {one.planted} planted ({sizes} by people)",
            f"  median/p90 time to detect {middle}; other alarms a week {one.other_alarms_per_week}",
        ]
    return "\n".join(lines)
