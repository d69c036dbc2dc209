"""`tierwise eval risk`: predictions for every test ticket, their measures with intervals, and baselines of the call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC
from math import inf
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from adapters.history_file import read_history
from adapters.policy_folder import load_policy
from app.bootstrap import DEFAULT_POLICY
from domain.climb import climbs
from domain.errors import BadInput
from domain.learned import Target
from domain.ticket import EventKind, Ticket
from evals.predictions import Row, check_ending, write_rows
from evals.risk.baselines import clock_only, simple_method
from evals.risk.report import ByHours, Quality, RiskReport
from evals.risk.stream import At, Judged, Look, judge
from learning.measures import at_capacity, auc, average_precision, brier, calibration_bins, ece, interval, lead_time
from learning.tally import DAY

Floats = NDArray[np.float64]

HOURS = ((0.0, 1.0), (1.0, 4.0), (4.0, 24.0), (24.0, 72.0), (72.0, 168.0), (168.0, inf))
"""Hours open between which the measures by age are taken."""
PER_TECHNICIAN_DAY = 1.0
"""Alerts that a technician is thought to look into on a day, for precision and recall at capacity."""
COLUMNS = ("ticket_id", "at", "probability", "abstained")


def run_risk(
    train: Sequence[Path], test: Sequence[Path], target: Target, at: At, predictions: Path, seed: int, *,
    policy: Path | None = None, progress: Callable[[int], None] | None = None,
) -> RiskReport:  # fmt: skip
    """Writes a row for every asked moment of every test ticket. Raises `BadInput`, `BadPolicy`."""
    check_ending(predictions)
    rules = load_policy(policy or DEFAULT_POLICY)
    asked, bad_test = read_tickets(test)
    ids = {one.id for one in asked}
    known, bad_train = read_tickets(train)
    learned = [one for one in known if one.id not in ids]
    if not learned:
        raise BadInput("every training ticket is a test ticket too", mend="give other tickets with --train")
    judged = judge(learned, asked, target, at, seed, rules, progress=progress)
    write_rows(predictions, [_row(asked, judged, number) for number in range(len(judged.looks))], columns=COLUMNS)
    return _report(judged, asked, learned, target, at, seed, predictions, (bad_train, bad_test, len(known)))


def read_tickets(files: Sequence[Path]) -> tuple[list[Ticket], int]:
    """Every ticket that can be read, each id once, and how many lines could not. Raises `BadInput` without any."""
    found: dict[str, Ticket] = {}
    bad = 0
    for path in files:
        for line in read_history(path):
            if line.ticket is None or line.ticket.id in found or not line.ticket.events:
                bad += 1
            else:
                found[line.ticket.id] = line.ticket
    if not found:
        names = ", ".join(str(one) for one in files)
        raise BadInput(f"{names}: no ticket with events can be read", mend="give canonical history, one ticket a line")
    return list(found.values()), bad


def label(ticket: Ticket, target: Target) -> float:
    """What came of a whole ticket: 1, 0, or not-a-number where nothing says."""
    if target == "sla_breach":
        met = ticket.outcome.sla_met
        return np.nan if met is None else float(not met)
    said = ticket.outcome.escalated
    if said is None and not climbs(ticket):
        tiered = any(event.tier or event.kind == EventKind.TIER for event in ticket.events)
        closed = any(event.kind == EventKind.CLOSED for event in ticket.events)
        return 0.0 if closed and tiered else np.nan
    return float(bool(said) or bool(climbs(ticket)))


def happens_at(ticket: Ticket) -> float:
    """When it went up, in seconds since 1970; infinity when never, or nobody knows when."""
    first = ticket.outcome.escalated_at or next(iter(climbs(ticket)), None)
    return inf if first is None else first.timestamp()


def _row(asked: Sequence[Ticket], judged: Judged, number: int) -> Row:
    look = judged.looks[number]
    return {
        "ticket_id": asked[look.ticket].id, "at": look.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "probability": round(look.probability, 6), "abstained": look.abstained,
    }  # fmt: skip


def _report(
    judged: Judged, asked: Sequence[Ticket], learned: Sequence[Ticket], target: Target, at: At, seed: int,
    predictions: Path, counts: tuple[int, int, int],
) -> RiskReport:  # fmt: skip
    truth = np.array([label(one, target) for one in asked])
    looks = [one for one in judged.looks if not np.isnan(truth[one.ticket]) and not one.happened]
    y = np.array([truth[one.ticket] for one in looks])
    p = np.array([one.probability for one in looks])
    tickets = np.array([one.ticket for one in looks], dtype=np.int64)
    of_ticket = tickets if at == "all-events" else None
    rivals = _rivals(judged, looks, at, seed)
    days = max((max(one.at for one in looks) - min(one.at for one in looks)).total_seconds() / DAY, 1.0) if looks else 1
    alerts = round(PER_TECHNICIAN_DAY * judged.technicians * days)
    when = np.array([one.at.timestamp() for one in looks])
    happens = np.array([happens_at(asked[one]) for one in tickets])
    timed = target == "escalation" and len(looks) > 0
    return RiskReport(
        target=target, at=at, split=judged.split, train_tickets=len(learned), test_tickets=len(asked),
        left_out=counts[2] - len(learned), bad_lines=counts[0] + counts[1], labelled=judged.labelled,
        fits=tuple(judged.fits), rows=len(judged.looks), scored=len(looks),
        abstained=sum(one.abstained for one in looks), base_rate=float(y.mean()) if len(y) else 0.0,
        why_not=judged.why_not, learned=_quality(p, y, seed, of_ticket),
        baselines={name: _quality(values, y, seed, of_ticket) for name, values in rivals.items()},
        calibration=calibration_bins(p, y), capacity=at_capacity(p, y, alerts) if len(looks) else None,
        alerts_per_day=alerts / days, technicians=judged.technicians,
        lead=lead_time(p, y, tickets, when, happens) if timed else None,
        by_hours=_by_hours(looks, p, y, tickets, rivals, seed) if at == "all-events" else (),
        seed=seed, predictions=str(predictions),
    )  # fmt: skip


def _quality(p: Floats, y: Floats, seed: int, tickets: NDArray[np.int64] | None) -> Quality:
    return Quality(
        auc=interval(auc, p, y, seed=seed, tickets=tickets),
        ap=interval(average_precision, p, y, seed=seed, tickets=tickets),
        brier=interval(brier, p, y, seed=seed, tickets=tickets),
        ece=interval(ece, p, y, seed=seed, tickets=tickets),
        ece_15_width=ece(p, y, 15), ece_10_quantile=ece(p, y, 10, "quantile"),
        ece_15_quantile=ece(p, y, 15, "quantile"),
    )  # fmt: skip


def _rivals(judged: Judged, looks: Sequence[Look], at: At, seed: int) -> dict[str, Floats]:
    found = {
        "base_rate": np.full(len(looks), judged.base_rate),
        "points_table": np.array([one.points for one in looks]),
    }  # fmt: skip
    if at == "all-events":
        rows = [(hours, ended, judged.known[id_]) for id_, hours, ended in judged.clock if id_ in judged.known]
        hours, ended, happened = (np.array(part) for part in zip(*rows, strict=True)) if rows else (np.empty(0),) * 3
        found["clock_only"] = clock_only(
            hours.astype(float), ended.astype(bool), happened.astype(float),
            np.array([one.hours_open for one in looks]), np.array([one.resolved for one in looks]),
        )  # fmt: skip
        return found
    ids = [id_ for id_ in judged.raw if id_ in judged.known]
    simple = simple_method(
        [judged.raw[id_] for id_ in ids], [judged.known[id_] for id_ in ids], [one.raw for one in looks], seed
    )
    return found if simple is None else {**found, "simple_method": simple}


def _by_hours(
    looks: Sequence[Look], p: Floats, y: Floats, tickets: NDArray[np.int64], rivals: dict[str, Floats], seed: int
) -> tuple[ByHours, ...]:  # fmt: skip
    hours, resolved = np.array([one.hours_open for one in looks]), np.array([one.resolved for one in looks])
    found = []
    for low, high in HOURS:
        own = np.flatnonzero((hours >= low) & (hours < high) & ~resolved)
        if len(own) and 0 < y[own].sum() < len(own):
            found.append(
                ByHours(
                    low=low, high=None if high == inf else high, rows=len(own), happened=float(y[own].mean()),
                    auc=interval(auc, p[own], y[own], seed=seed, tickets=tickets[own], draws=200),
                    clock_only=auc(rivals["clock_only"][own], y[own]), ece=ece(p[own], y[own]),
                )
            )  # fmt: skip
    return tuple(found)
