"""A learned probability on the policy's scale of 0–100, and its contributions as points that sum to it. Pure.

The scale is piecewise linear: 0 stays 0, the model's line falls on `at_risk_from`, 1 becomes 100; so a ticket is at
risk exactly when its probability reaches the line. A contribution gets points in proportion to its log-odds; what is
lost by rounding goes to the largest remainders (Hamilton's method), so that the points sum to the risk exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from domain.assessment import LearnedOpinion, Reason
from domain.learned import Contribution, LearnedRisk, Target
from domain.policy.policy import Policy

USUAL = "usual"
"""The code of the base: what is expected before anything of the ticket is seen."""
OTHERS = "learned:others"
"""The code of everything too small for a point of its own, taken together."""
LINE_WITHOUT_CAPACITY = 0.5
"""The line of a model that was given no capacity: more likely than not."""

_WHAT: dict[Target, str] = {"escalation": "go up a tier", "sla_breach": "miss their SLA"}
_LEAST = 0.5
"""Points; a contribution that would round to none is told with the others."""
_REST = "other"
"""The name under which a model tells what is too small to be told alone."""
_CANCELLED = 1e-6
"""Log-odds; contributions that sum to less have no mean slope, so that the slope at the base is taken."""


def opinions_on(risks: Sequence[LearnedRisk], policy: Policy) -> tuple[LearnedOpinion, ...]:
    """The learned risks that policy wants to hear, in its order, on its scale; at most one of them speaks."""
    by_target = {one.target: one for one in risks}
    found = [
        learned_opinion(by_target[target], policy) for target in policy.learning.targets if target in by_target
    ]  # fmt: skip
    speaker = max((one for one in found if one.speaks), key=lambda one: one.risk, default=None)
    return tuple(
        one
        if not one.speaks or one is speaker or speaker is None
        else one.model_copy(update={"speaks": False, "why_silent": f"{speaker.target} is nearer to its line"})
        for one in found
    )


def learned_opinion(risk: LearnedRisk, policy: Policy) -> LearnedOpinion:
    """One learned risk on the policy's scale; it speaks when the mode is `on` and it does not abstain."""
    why = risk.why_abstained or "it abstains" if risk.abstained else ""
    if not why and policy.learning.mode != "on":
        why = f"learning.yaml says mode: {policy.learning.mode}"
    line = LINE_WITHOUT_CAPACITY if risk.line is None else risk.line
    points = scaled(risk.probability, line, policy.risk.at_risk_from)
    return LearnedOpinion(
        target=risk.target, model=risk.model, probability=risk.probability, line=line, risk=points,
        abstained=risk.abstained, speaks=not why, why_silent=why, hours=risk.hours,
        reasons=reasons_of(risk, points, line, policy.risk.at_risk_from),
    )  # fmt: skip


def scaled(probability: float, line: float, at_risk_from: int) -> int:
    """The risk of a probability, 0–100: at least `at_risk_from` exactly when the line is reached."""
    points = math.floor(_scale(probability, line, at_risk_from))
    return max(points, at_risk_from) if probability >= line else min(points, at_risk_from - 1)


def reasons_of(risk: LearnedRisk, points: int, line: float, at_risk_from: int) -> tuple[Reason, ...]:
    """The base and the contributions in points that sum to `points`; rows worth no points are left out."""
    start = _scale(_probability(risk.base), line, at_risk_from)
    slope = _slope(risk, start, line, at_risk_from)
    large = [one for one in risk.contributions if abs(one.log_odds * slope) >= _LEAST and one.feature != _REST]
    small = [one for one in risk.contributions if one not in large]
    rows = [_usual(risk), *(_row(one) for one in large)]
    exact = [start, *(one.log_odds * slope for one in large)]
    if small:
        rows.append(Reason(code=OTHERS, points=0, text="All smaller observations together."))
        exact.append(sum(one.log_odds * slope for one in small))
    shared = _shared(exact, points)
    return tuple(
        row.model_copy(update={"points": share}) for row, share in zip(rows, shared, strict=True) if share
    )  # fmt: skip


def _scale(probability: float, line: float, at_risk_from: int) -> float:
    if probability < line:
        return at_risk_from * probability / line
    if line >= 1:
        return float(at_risk_from)
    return at_risk_from + (100 - at_risk_from) * (probability - line) / (1 - line)


def _slope(risk: LearnedRisk, start: float, line: float, at_risk_from: int) -> float:
    """Points for one unit of log-odds, on the way from the base to the probability."""
    moved = sum(one.log_odds for one in risk.contributions)
    if abs(moved) >= _CANCELLED:
        end = _scale(_probability(risk.base + moved), line, at_risk_from)
        return (end - start) / moved
    nearby = _scale(_probability(risk.base + _CANCELLED), line, at_risk_from)
    return (nearby - start) / _CANCELLED


def _shared(exact: Sequence[float], total: int) -> list[int]:
    """Whole numbers near the exact ones that sum to `total`; what is left over goes to the largest remainders."""
    floors = [math.floor(one) for one in exact]
    left = total - sum(floors)
    order = sorted(range(len(exact)), key=lambda place: (floors[place] - exact[place], place))
    step = 1 if left > 0 else -1
    for turn in range(abs(left)):
        place = order[turn % len(order)] if left > 0 else order[-1 - turn % len(order)]
        floors[place] += step
    return floors


def _usual(risk: LearnedRisk) -> Reason:
    return Reason(
        code=USUAL, points=0, text=f"Usually {_probability(risk.base):.0%} of such tickets {_WHAT[risk.target]}."
    )


def _row(one: Contribution) -> Reason:
    return Reason(code=f"learned:{one.feature}", points=0, text=one.text, event_id=one.event_id)


def _probability(log_odds: float) -> float:
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))
