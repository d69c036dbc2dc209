"""Why a team: the observation that speaks for it most, in words."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from learning.routing.memory import KINDS, Floats, RouteMemory
from learning.routing.seen import Seen

_NAMES = {
    "opener": "opened by", "assigner": "assigned by", "previous": "coming from", "opening": "a subject beginning with",
    "subject": "the subject",
}  # fmt: skip
_LIKE = "its words and facts are those of its tickets"
_OTHERS = ("has it now", "gets many tickets", _LIKE, _LIKE)


def reason(
    facts: Seen, features: Floats, place: int, team: str, weights: Floats, memory: RouteMemory, at: datetime
) -> str:
    """One sentence: what lifts this team most above the mean of all teams; "" when nothing does."""
    lifts = (features[place] - features.mean(axis=0)) * weights
    kinds = KINDS[facts.stage]
    for column in np.argsort(-lifts):
        if lifts[column] <= 0:
            break
        if column >= len(kinds):
            return _OTHERS[column - len(kinds)]
        with_team, whole = memory.support(facts, kinds[column], team, at)
        named = [(name, facts.of(name)) for name in kinds[column] if facts.of(name) is not None]
        if whole >= 1 and with_team > 0 and named:
            alike = ", ".join(f"{_NAMES.get(name, name)} {value}" for name, value in named)
            return f"{with_team / whole:.0%} of recent tickets with {alike} ended there"
    return ""
