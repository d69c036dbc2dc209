"""Whether a model may take the place of what judges now: never worse on the latest window, never worse on the cases.

On the window, noise does not decide: worse means that the whole 95 % interval of the difference (paired by ticket) lies
below zero. On the locked cases it is a plain count: whoever repeats more of what people had to put right is worse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from domain.learned import Target
from learning.card import Comparison, Figure, Verdict
from learning.figures import Yes, average_precision, brier, interval, scored
from learning.held_out import TABLE, Window

ENOUGH = 50
ENOUGH_OF_EACH = 10
"""Tickets with a known end, and of each kind, below which a window tells nothing: one ticket would move a share of ten
by a tenth."""
ON_WINDOW = "the latest window"
ON_CASES = "the locked cases"


@dataclass(frozen=True)
class Present:
    """The promoted model, as a judge of the window."""

    name: str
    targets: tuple[Target, ...]
    seen_until: datetime
    """Tickets that began by then may have taught it."""


def judged(
    window: Window, candidate: str, learned: Mapping[Target, float], present: Present | None, failed: Mapping[str, int],
    cases: int, seed: int,
) -> Verdict:  # fmt: skip
    """The verdict on a candidate.

    `learned`: its targets with the usual rate of each. `failed`: cases that each judge (by name, the points table
    among them) would get wrong again, of `cases` that every one of them was asked about.
    """
    found: list[Comparison] = []
    for target, usual_rate in learned.items():
        found += _on_window(window, candidate, target, usual_rate, seed)
        if present is not None and target in present.targets:
            found.append(_against_present(window, candidate, present, target, seed))
    found += _routing(window, candidate, seed)
    for target in present.targets if present is not None else ():
        if target not in learned:
            found.append(_said(present.name if present else "", target, f"{target} would not be foretold any more"))
    if cases:
        found.append(_on_cases(candidate, present.name if present else TABLE, failed, cases))
    return Verdict(ok=all(one.ok for one in found) and bool(found), comparisons=tuple(found), cases=cases)


def _on_window(
    window: Window, candidate: str, target: Target, usual_rate: float, seed: int
) -> tuple[Comparison, ...]:  # fmt: skip
    mine, table = scored(window, candidate, target), scored(window, TABLE, target)
    if why := _too_little(mine.truth):
        return (_said(TABLE, target, f"{target}: {why}"),)
    ranking = _difference(
        lambda rows: average_precision(mine.probability[rows], mine.truth[rows])
        - average_precision(table.probability[rows], table.truth[rows]),
        len(mine.truth), seed,
    )  # fmt: skip
    usual = np.full(len(mine.truth), usual_rate)
    chance = _difference(
        lambda rows: brier(usual[rows], mine.truth[rows]) - brier(mine.probability[rows], mine.truth[rows]),
        len(mine.truth), seed,
    )  # fmt: skip
    return (
        _compared(TABLE, target, "average precision", ranking),
        _compared("the usual rate", target, "Brier score", chance),
    )


def _against_present(window: Window, candidate: str, present: Present, target: Target, seed: int) -> Comparison:
    """Only on tickets that neither has seen."""
    fresh = Window(window.since, window.until, [one for one in window.held if one.begun > present.seen_until])
    mine, its = scored(fresh, candidate, target), scored(fresh, present.name, target)
    if why := _too_little(mine.truth):
        return Comparison(
            against=present.name, on=ON_WINDOW, target=target, what="Brier score", difference=None, ok=True,
            why=f"{target}: not compared, since of the tickets that the present model has not seen, {why}",
        )  # fmt: skip
    better = _difference(
        lambda rows: brier(its.probability[rows], its.truth[rows]) - brier(mine.probability[rows], mine.truth[rows]),
        len(mine.truth), seed,
    )  # fmt: skip
    return _compared(present.name, target, "Brier score", better)


def _routing(window: Window, candidate: str, seed: int) -> list[Comparison]:
    """Where the learned team is followed at the first assignment: is it right more often than leaving the ticket?"""
    asked = [
        (one.teams[candidate, "first assignment"], one)
        for one in window.held
        if (candidate, "first assignment") in one.teams and one.final_team is not None
    ]
    followed = [(opinion.teams[0].team, one) for opinion, one in asked if not opinion.abstained and opinion.teams]
    if not asked or len(followed) < ENOUGH:
        return []
    right = np.array([team == one.final_team for team, one in followed], dtype=np.float64)
    stays = np.array([one.first_team == one.final_team for _, one in followed], dtype=np.float64)
    better = _difference(lambda rows: float((right[rows] - stays[rows]).mean()), len(right), seed)
    return [_compared("leaving it with its first team", "routing", "share that is right", better)]


def _on_cases(candidate: str, other: str, failed: Mapping[str, int], cases: int) -> Comparison:
    mine, its = failed.get(candidate, 0), failed.get(other, 0)
    return Comparison(
        against=other, on=ON_CASES, target="all", what="cases got wrong again",
        difference=Figure(value=float(its - mine), low=float(its - mine), high=float(its - mine)), ok=mine <= its,
        why=f"of {cases} cases that people had put right, it gets {mine} wrong again, {other} {its}",
    )  # fmt: skip


def _too_little(truth: Yes) -> str:
    yes = int(truth.sum())
    if len(truth) < ENOUGH or min(yes, len(truth) - yes) < ENOUGH_OF_EACH:
        return f"too little to tell: {len(truth)} with a known end, of which it happened to {yes}"
    return ""


def _difference(measure: Callable[[NDArray[np.int64]], float], size: int, seed: int) -> Figure:
    value = measure(np.arange(size, dtype=np.int64))
    low, high = interval(measure, size, seed)
    return Figure(value=value, low=low, high=high)


def _compared(against: str, target: str, what: str, difference: Figure) -> Comparison:
    ok = difference.high >= 0
    word = "not worse than" if ok else "worse than"
    return Comparison(
        against=against, on=ON_WINDOW, target=target, what=what, difference=difference, ok=ok,
        why=f"{target}: by {what} {word} {against}, difference {difference}",
    )  # fmt: skip


def _said(against: str, target: str, why: str) -> Comparison:
    return Comparison(against=against, on=ON_WINDOW, target=target, what="", difference=None, ok=False, why=why)
