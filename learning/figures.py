"""Figures of a held-out window: from what judges said of its tickets to the numbers of a model card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from domain.learned import Target
from learning import measures
from learning.card import Abstained, Alarms, Baseline, Bin, Figure, Quantiles, RoutingCard, Segment, TargetCard
from learning.held_out import TABLE, Held, Window

Floats = NDArray[np.float64]
Yes = NDArray[np.bool_]

DRAWS = 300
"""Bootstrap draws; the ends of a 95 % interval then rest on some seven draws each."""
CURVE = 60
"""Points of a precision–recall curve that are kept."""
SEGMENT_LEAST = 30
"""Tickets of a segment that is shown."""
SEGMENTS = 12
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Scored:
    """Tickets with a known end, with what one judge said at their first event. Arrays of one length."""

    held: tuple[Held, ...]
    truth: Yes
    probability: Floats


def scored(window: Window, judge: str, target: Target) -> Scored:
    """The tickets of a window that the judge was asked about and whose end is known."""
    held = tuple(
        one for one in window.held if (judge, target) in one.said and one.truth(target) is not None
    )  # fmt: skip
    truth = np.array([bool(one.truth(target)) for one in held], dtype=bool)
    return Scored(held, truth, np.array([one.said[judge, target].probability for one in held], dtype=np.float64))


def auc(probability: Floats, truth: Yes) -> float:
    """`measures.auc`; not-a-number with one kind only, so that nothing is claimed."""
    if truth.all() or not truth.any():
        return float("nan")
    return measures.auc(probability, truth.astype(np.float64))


def average_precision(probability: Floats, truth: Yes) -> float:
    """`measures.average_precision`; not-a-number where it never happened."""
    return measures.average_precision(probability, truth.astype(np.float64)) if truth.any() else float("nan")


def curve(probability: Floats, truth: Yes) -> list[tuple[float, float]]:
    """(recall, precision) at each distinct probability, falling; empty where it never happened."""
    if not truth.any():
        return []
    order = np.argsort(-probability, kind="stable")
    hits = np.cumsum(truth[order])
    last = np.append(np.diff(probability[order]) != 0, True)
    places = np.flatnonzero(last)
    return [(float(hits[one] / truth.sum()), float(hits[one] / (one + 1))) for one in places]


def brier(probability: Floats, truth: Yes) -> float:
    """`measures.brier`; less is better."""
    return measures.brier(probability, truth.astype(np.float64))


def bins_of(probability: Floats, truth: Yes) -> tuple[Bin, ...]:
    """`measures.calibration_bins` of ten equally full bins; equal probabilities share one."""
    return tuple(
        Bin(predicted=one.foretold, observed=one.happened, count=one.count)
        for one in measures.calibration_bins(probability, truth.astype(np.float64), by="quantile")
    )


def ece(probability: Floats, truth: Yes) -> float:
    """`measures.ece` over the same bins."""
    return measures.ece(probability, truth.astype(np.float64), by="quantile")


def figure(measure: Callable[[Floats, Yes], float], probability: Floats, truth: Yes, seed: int) -> Figure | None:
    """A measure with its interval; none where it cannot be taken."""
    value = measure(probability, truth)
    if np.isnan(value):
        return None
    low, high = interval(lambda rows: measure(probability[rows], truth[rows]), len(truth), seed)
    return Figure(value=value, low=low, high=high)


def interval(measure: Callable[[NDArray[np.int64]], float], size: int, seed: int) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of a measure over tickets drawn with replacement."""
    draw = np.random.default_rng(seed)
    found = np.array([measure(draw.integers(0, size, size)) for _ in range(DRAWS)])
    found = found[~np.isnan(found)]
    return (float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975))) if len(found) else (0.0, 1.0)


def share(yes: Yes, seed: int) -> Figure | None:
    """A share with its interval; none of nothing."""
    if not len(yes):
        return None
    low, high = interval(lambda rows: float(yes[rows].mean()), len(yes), seed)
    return Figure(value=float(yes.mean()), low=low, high=high)


def alarms(window: Window, judge: str, target: Target, line: float | None, seed: int) -> Alarms:
    """What came of alarming at a line, over the whole life of the window's tickets."""
    asked = [one for one in window.held if (judge, target) in one.said]
    raised = [line is not None and one.said[judge, target].alarm(line) is not None for one in asked]
    known = [one.truth(target) is not None for one in asked]
    truth = np.array([bool(one.truth(target)) for one, had in zip(asked, known, strict=True) if had], dtype=bool)
    alarm = np.array([one for one, had in zip(raised, known, strict=True) if had], dtype=bool)
    # A share of the tickets was asked about, by the same technicians.
    begun = len(window.held) + window.left_out
    days = window.technician_days * (len(window.held) / begun if begun else 1.0)
    return Alarms(
        line=line, alerts=sum(raised), per_technician_day=sum(raised) / days if days else None,
        false_per_technician_day=float((alarm & ~truth).sum()) / days if days else None,
        precision=share(truth[alarm], seed), recall=share(alarm[truth], seed),
    )  # fmt: skip


def target_card(
    window: Window, judge: str, target: Target, *, line: float | None, table_line: float, usual_rate: float,
    capacity: float, seed: int, others: Sequence[tuple[str, float | None]] = (),
) -> TargetCard | None:  # fmt: skip
    """The figures of one judge on one target beside the majority, the points table and `others` (name, line).

    None where the end of no ticket of the window is known.
    """
    mine = scored(window, judge, target)
    if not len(mine.truth):
        return None
    asked = [one for one in window.held if (judge, target) in one.said]
    precision = figure(average_precision, mine.probability, mine.truth, seed)
    nothing = Figure(value=0.0, low=0.0, high=0.0)
    leads, note = _leads(mine, judge, target, line)
    said = [one.said[judge, target] for one in asked]
    return TargetCard(
        target=target, tickets=len(mine.truth), unknown=len(asked) - len(mine.truth), happened=int(mine.truth.sum()),
        base_rate=float(mine.truth.mean()), usual_rate=usual_rate,
        auc=figure(auc, mine.probability, mine.truth, seed), average_precision=precision or nothing,
        brier=figure(brier, mine.probability, mine.truth, seed) or nothing,
        ece=figure(ece, mine.probability, mine.truth, seed) or nothing,
        bins=bins_of(mine.probability, mine.truth), curve=_thinned(curve(mine.probability, mine.truth)),
        capacity=capacity, alarms=alarms(window, judge, target, line, seed), lead_hours=leads, lead_note=note,
        baselines=(
            _majority(mine, usual_rate, seed),
            *(_baseline(window, name, target, its, seed) for name, its in ((TABLE, table_line), *others)),
        ),
        segments=_segments(mine, judge, target, line),
        abstained=sum(one.abstained for one in said) / len(said) if said else 0.0,
        abstained_on=_reasons([one.why for one in said if one.abstained]),
    )  # fmt: skip


def routing_cards(window: Window, judge: str, seed: int) -> tuple[RoutingCard, ...]:
    """How often the learned team was the one that ended up with the ticket."""
    found = []
    for moment in ("creation", "first assignment"):
        asked = [
            one for one in window.held if one.final_team is not None and (judge, moment) in one.teams
        ]  # fmt: skip
        if asked:
            found.append(_routing(asked, judge, moment, seed))
    return tuple(found)


def _routing(asked: list[Held], judge: str, moment: str, seed: int) -> RoutingCard:
    teams = [one.teams[judge, moment] for one in asked]
    ranked = [[guess.team for guess in one.teams] for one in teams]
    final = [one.final_team for one in asked]
    right = np.array([names[:1] == [team] for names, team in zip(ranked, final, strict=True)], dtype=bool)
    near = np.array([team in names[:3] for names, team in zip(ranked, final, strict=True)], dtype=bool)
    followed = np.array([not one.abstained for one in teams], dtype=bool)
    most = Counter(final).most_common(1)[0][0]
    zero = Figure(value=0.0, low=0.0, high=0.0)
    stays = np.array([one.first_team == one.final_team for one in asked], dtype=bool)
    return RoutingCard.model_validate(
        {
            "moment": moment, "tickets": len(asked), "top_1": share(right, seed) or zero,
            "top_3": share(near, seed) or zero,
            "majority": share(np.array([team == most for team in final], dtype=bool), seed) or zero,
            "stays": share(stays, seed) if moment != "creation" else None, "followed": float(followed.mean()),
            "right_when_followed": share(right[followed], seed),
            "abstained_on": _reasons([one.why_abstained for one in teams if one.abstained]),
        }
    )  # fmt: skip


def _leads(mine: Scored, judge: str, target: Target, line: float | None) -> tuple[Quantiles | None, str]:
    if target == "sla_breach":
        return None, "No lead time is claimed: whether the SLA was kept is said at closing, not when it was missed."
    hours = []
    for one in mine.held:
        happened, alarm = one.happened_at(target), one.said[judge, target].alarm(line) if line is not None else None
        if happened is not None and alarm is not None and alarm < happened:
            hours.append((happened - alarm) / _HOUR)
    if not hours:
        return None, "No ticket of the window was alarmed before it happened."
    low, middle, high = np.quantile(np.array(hours), (0.1, 0.5, 0.9))
    return Quantiles(low=float(low), middle=float(middle), high=float(high), count=len(hours)), ""


def _majority(mine: Scored, usual_rate: float, seed: int) -> Baseline:
    constant = np.full(len(mine.truth), usual_rate)
    rate = float(mine.truth.mean())
    return Baseline(
        name="majority", auc=None, average_precision=Figure(value=rate, low=rate, high=rate),
        brier=figure(brier, constant, mine.truth, seed), alarms=None,
    )  # fmt: skip


def _baseline(window: Window, judge: str, target: Target, line: float | None, seed: int) -> Baseline:
    its = scored(window, judge, target)
    zero = Figure(value=0.0, low=0.0, high=0.0)
    return Baseline(
        name=judge, auc=figure(auc, its.probability, its.truth, seed),
        average_precision=figure(average_precision, its.probability, its.truth, seed) or zero,
        brier=None if judge == TABLE else figure(brier, its.probability, its.truth, seed),
        alarms=alarms(window, judge, target, line, seed),
    )  # fmt: skip


def _segments(mine: Scored, judge: str, target: Target, line: float | None) -> tuple[Segment, ...]:
    groups: dict[tuple[str, str], list[int]] = {}
    for place, one in enumerate(mine.held):
        for pair in one.segments.items():
            groups.setdefault(pair, []).append(place)
    large = sorted(
        (pair for pair, rows in groups.items() if len(rows) >= SEGMENT_LEAST),
        key=lambda pair: (pair[0], -len(groups[pair]), pair[1]),
    )
    per_property = Counter[str]()
    found = []
    for pair in large:
        per_property[pair[0]] += 1
        if per_property[pair[0]] <= SEGMENTS:
            found.append(_segment(mine, judge, target, line, pair, np.array(groups[pair])))
    return tuple(found)


def _segment(
    mine: Scored, judge: str, target: Target, line: float | None, pair: tuple[str, str], rows: NDArray[np.int64]
) -> Segment:
    truth, probability = mine.truth[rows], mine.probability[rows]
    alarm = np.array(
        [line is not None and mine.held[row].said[judge, target].alarm(line) is not None for row in rows], dtype=bool
    )
    ranked = auc(probability, truth)
    return Segment(
        property=pair[0], value=pair[1], tickets=len(rows), happened=int(truth.sum()),
        auc=None if np.isnan(ranked) else ranked, predicted=float(probability.mean()),
        precision=float(truth[alarm].mean()) if alarm.any() else None,
        recall=float(alarm[truth].mean()) if truth.any() else None,
    )  # fmt: skip


def _reasons(whys: Sequence[str]) -> tuple[Abstained, ...]:
    """The reasons with their figures taken out, so that alike ones count together; the five most frequent."""
    plain = Counter("".join("#" if char.isdigit() else char for char in why) for why in whys)
    told: dict[str, str] = {}
    for why in whys:
        told.setdefault("".join("#" if char.isdigit() else char for char in why), why)
    return tuple(Abstained(why=told[key], tickets=count) for key, count in plain.most_common(5))


def _thinned(points: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    if len(points) <= CURVE:
        return tuple(points)
    places = np.unique(np.linspace(0, len(points) - 1, CURVE).astype(int))
    return tuple(points[one] for one in places)
