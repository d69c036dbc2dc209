"""From what a run left to the figures of each side. Definitions are those of `app.replay.result`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from app.replay.board import BUDGET, Told
from app.replay.result import (
    Bin,
    Bounds,
    HopFigures,
    NoticeFigures,
    Point,
    Quantiles,
    SideFigures,
    TargetFigures,
)
from app.replay.rows import TARGETS, Row, Truth
from app.replay.shares import Column, Ratios
from app.replay.side import Watcher
from app.replay.stream import Run
from app.replay.worth import routing_value
from domain.learned import Target
from learning.measures import calibration_bins, ece

_HOUR = timedelta(hours=1)


class Sides:
    """Works the figures of all sides out of one run, from the same bootstrap draws."""

    def __init__(self, run: Run, sides: Sequence[Watcher], models: Sequence[str], seed: int) -> None:
        self._run = run
        self._sides = sides
        self._models = models
        self._seed = seed
        self.ratios = Ratios(len(run.truths), seed)
        for number in range(len(sides)):
            self._prepare(number)

    def targets(self) -> tuple[Target, ...]:
        """The targets that the history has labels for."""
        return tuple(
            target
            for place, target in enumerate(TARGETS)
            if any(truth.happened[place] is not None for truth in self._run.truths)
        )

    def figures(self, number: int) -> SideFigures:
        """Those of one side."""
        run, side, rows = self._run, self._sides[number], self._run.rows[number]
        firsts = [row.first for row in rows if row.first is not None]
        days = len(run.days)
        return SideFigures(
            name=side.name, policy=side.policy.stamp, model=self._models[number], tickets=len(rows),
            looks=sum(row.looks for row in rows), alerts=len(firsts), escalations=sum(row.alerts for row in rows),
            alerts_per_day=round(len(firsts) / days, 6) if days else None,
            alerts_per_technician_day=self.ratios.share(f"{number}:alerts"),
            taken_down=sum(row.taken_down for row in rows), levels_passed=sum(row.levels for row in rows),
            nobody_eligible=sum(one.nobody_eligible for one in firsts), changes=side.changes,
            targets=tuple(self._target(number, target) for target in self.targets()),
            notices=_notices(side.board.told), hops=self._hops(number), breaches=self._breaches(number),
            routing_value=routing_value(run.truths, rows, side.policy, self._seed),
            alerts_of_day=dict(sorted(Counter(one.at.astimezone(UTC).date() for one in firsts).items())),
        )  # fmt: skip

    def _prepare(self, number: int) -> None:
        run, rows = self._run, self._run.rows[number]
        days = float(run.technician_days)
        alerted = np.array([row.first is not None for row in rows], dtype=np.float64)
        self.ratios.add(f"{number}:alerts", alerted, None, days)
        for target in self.targets():
            caught, late, wrong = self._verdicts(number, target)
            true = np.array([truth.of(target)[0] is True for truth in run.truths], dtype=np.float64)
            self.ratios.add(f"{number}:{target}:precision", caught, caught + wrong)
            self.ratios.add(f"{number}:{target}:recall", caught, true)
            self.ratios.add(f"{number}:{target}:false", wrong, None, days)
            del late
        had, right = self._right_team(number)
        self.ratios.add(f"{number}:team", right, had)

    def _verdicts(self, number: int, target: Target) -> tuple[Column, Column, Column]:
        """For each ticket whether it was caught, alerted too late, or alerted for nothing."""
        found = np.zeros((3, len(self._run.truths)))
        for place, (truth, row) in enumerate(zip(self._run.truths, self._run.rows[number], strict=True)):
            true, moment = truth.of(target)
            if row.first is None or true is None:
                continue
            in_time = moment is None or row.first.at < moment
            found[2 if not true else 0 if in_time else 1, place] = 1.0
        return found[0], found[1], found[2]

    def _target(self, number: int, target: Target) -> TargetFigures:
        run, rows = self._run, self._run.rows[number]
        known = [(truth, row) for truth, row in zip(run.truths, rows, strict=True) if truth.of(target)[0] is not None]
        caught, late, wrong = self._verdicts(number, target)
        true = np.array([truth.of(target)[0] is True for truth, _ in known])
        highest = np.array([row.highest(truth.of(target)[1]) for truth, row in known])
        curve = _curve(highest, true)
        said, of = _said(known, target)
        bins = _bins(said, true) if len(said) == len(true) else ()
        name = f"{number}:{target}"
        return TargetFigures(
            target=target, tickets=len(known), came_true=int(true.sum()),
            timed=sum(truth.of(target)[1] is not None for truth, _ in known if truth.of(target)[0]),
            alerted=sum(row.first is not None for _, row in known), caught=int(caught.sum()), late=int(late.sum()),
            false_alarms=int(wrong.sum()), precision=self.ratios.share(f"{name}:precision"),
            recall=self.ratios.share(f"{name}:recall"), average_precision=_average_precision(curve),
            lead_hours=quantiles(
                [
                    (moment - row.first.at) / _HOUR
                    for truth, row in known
                    if row.first is not None and (moment := truth.of(target)[1]) is not None and row.first.at < moment
                ]
            ),
            false_alarms_per_technician_day=self.ratios.share(f"{name}:false"), curve=curve, calibration=bins,
            calibration_of=of,
            ece=round(ece(said, true.astype(np.float64)), 6) if bins else None,
        )  # fmt: skip

    def _right_team(self, number: int) -> tuple[Column, Column]:
        side, count = self._sides[number], len(self._run.truths)
        had, right = np.zeros(count), np.zeros(count)
        for place, (truth, row) in enumerate(zip(self._run.truths, self._run.rows[number], strict=True)):
            team = side.policy.team(truth.teams[-1][1]) if truth.teams else None
            if row.first is not None and team is not None:
                had[place], right[place] = 1.0, float(row.first.team == team.id)
        return had, right

    def _hops(self, number: int) -> HopFigures | None:
        policy = self._sides[number].policy
        real, would_be = [], []
        for truth, row in zip(self._run.truths, self._run.rows[number], strict=True):
            if row.first is None or not truth.teams:
                continue
            before = [name for at, name in truth.teams if at <= row.first.at]
            last, here = policy.team(truth.teams[-1][1]), policy.team(before[-1]) if before else None
            moved = int(bool(before) and (here is None or here.id != row.first.team))
            right = last is not None and last.id == row.first.team
            rest = 0 if right else truth.hops - max(0, len(before) - 1)
            real.append(truth.hops)
            would_be.append(max(0, len(before) - 1) + moved + rest)
        team = self.ratios.share(f"{number}:team")
        if not real or team is None:
            return None
        return HopFigures(
            tickets=len(real), real=round(float(np.mean(real)), 6), would_be=round(float(np.mean(would_be)), 6),
            right_team=team,
        )  # fmt: skip

    def _breaches(self, number: int) -> Bounds | None:
        if "sla_breach" not in self.targets():
            return None
        missed = [
            (truth, row)
            for truth, row in zip(self._run.truths, self._run.rows[number], strict=True)
            if truth.of("sla_breach")[0]
        ]
        alerted = [row.first for _, row in missed if row.first is not None]
        known = [one for one in alerted if one.left_minutes is not None and one.needs_minutes is not None]
        upper = sum((one.left_minutes or 0.0) >= (one.needs_minutes or 0.0) for one in known)
        return Bounds(
            breaches=len(missed), alerted_before=len(alerted), lower=0, upper=upper, judged=len(known)
        )  # fmt: skip


def quantiles(values: Sequence[float]) -> Quantiles | None:
    """The quantiles of some values, rounded; none without any."""
    if not values:
        return None
    p10, p25, p50, p75, p90 = (round(float(one), 4) for one in np.quantile(values, (0.1, 0.25, 0.5, 0.75, 0.9)))
    return Quantiles(count=len(values), p10=p10, p25=p25, p50=p50, p75=p75, p90=p90)


def _curve(highest: NDArray[np.int64], true: NDArray[np.bool_]) -> tuple[Point, ...]:
    """One point for each risk that occurs, highest first."""
    positives = int(true.sum())
    if not positives:
        return ()
    found = []
    for risk in sorted({int(one) for one in highest}, reverse=True):
        reached = highest >= risk
        hits = int((reached & true).sum())
        found.append(
            Point(risk=risk, recall=round(hits / positives, 6), precision=round(hits / int(reached.sum()), 6))
        )  # fmt: skip
    return tuple(found)


def _average_precision(curve: Sequence[Point]) -> float | None:
    """Sum of precision times gain in recall, from the highest risk down (no interpolation)."""
    if not curve:
        return None
    recalls = [0.0, *(one.recall for one in curve)]
    gains = [later - earlier for earlier, later in pairwise(recalls)]
    return round(sum(gain * one.precision for gain, one in zip(gains, curve, strict=True)), 6)


def _said(known: Sequence[tuple[Truth, Row]], target: Target) -> tuple[NDArray[np.float64], str]:
    place = TARGETS.index(target)
    probabilities = [row.said[place] for _, row in known]
    if known and all(one is not None for one in probabilities):
        return np.array(probabilities, dtype=np.float64), "the model's probability at the first look"
    risks = [row.highs[0][1] / 100 if row.highs else 0.0 for _, row in known]
    return np.array(
        risks, dtype=np.float64
    ), "the risk at the first look as a share of 100: points are no probabilities"


def _bins(said: NDArray[np.float64], true: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """Ten bins of equal width, those without tickets left out."""
    return tuple(
        Bin(said=round(one.foretold, 6), came_true=round(one.happened, 6), tickets=one.count)
        for one in calibration_bins(said, true.astype(np.float64))
    )


def _notices(told: Told) -> NoticeFigures:
    recipients = {whose for whose, _ in told.of_day}
    return NoticeFigures(
        planned=told.planned, sent=told.sent, critical=told.critical, gathered=told.gathered,
        changed_in_place=told.changed_in_place, recipients=len(recipients),
        per_recipient_day=round(sum(told.of_day.values()) / len(told.of_day), 6) if told.of_day else None,
        most_on_a_day=max(told.of_day.values(), default=0), held=dict(sorted(told.held.items())),
        over_budget=told.held[BUDGET], by_occasion=dict(sorted(told.by_occasion.items())),
    )  # fmt: skip
