"""What a side's routes would have been worth, estimated from what came of the routes that were really taken.

The unit is a ticket that the side would have escalated. What the log chose is the team that it came to next, or that
kept it; the reward is 1 when it went to no other team after that. Of what decided the log's choice, only the team that
had the ticket at the alert is known here, so nothing else is corrected for. The estimators are those of
`learning.off_policy`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from app.replay.result import RoutingValue, Share
from app.replay.rows import Row, Truth
from domain.policy.policy import Policy
from learning.off_policy import Interval, expected_rewards, policy_value, propensities

AT_MOST = 5_000
"""Tickets that are valued; of more, so many are drawn by the seed: the intervals hold one number for each ticket and
draw in memory."""


class _Routed(NamedTuple):
    kind: str
    taken: str
    stayed: bool
    """With the team that was taken, to the end."""
    wanted: str


def routing_value(truths: Sequence[Truth], rows: Sequence[Row], policy: Policy, seed: int) -> RoutingValue | None:
    """None when no ticket was routed, or the policy knows none of the teams: no choice could be the log's then."""
    routed = [one for truth, row in zip(truths, rows, strict=True) for one in _routed(truth, row, policy)]
    if not any(policy.team(one.taken) for one in routed):
        return None
    if len(routed) > AT_MOST:
        drawn = np.random.default_rng(seed).choice(len(routed), AT_MOST, replace=False)
        routed = [routed[place] for place in sorted(drawn.tolist())]
    names = sorted({name for one in routed for name in (one.taken, one.wanted)})
    place_of = {name: place for place, name in enumerate(names)}
    kinds = [one.kind for one in routed]
    taken = np.array([place_of[one.taken] for one in routed], dtype=np.int64)
    reward = np.array([float(one.stayed) for one in routed])
    target = np.zeros((len(routed), len(names)))
    target[np.arange(len(routed)), [place_of[one.wanted] for one in routed]] = 1.0
    found = policy_value(
        taken, reward, propensities(kinds, taken, len(names)), target,
        expected_rewards(kinds, taken, reward, len(names)), seed=seed,
    )  # fmt: skip
    return RoutingValue(
        tickets=found.tickets, logged=_share(found.logged, found.tickets),
        value=_share(found.doubly_robust, found.tickets), gain=_share(found.gain, found.tickets),
        effective=round(found.effective, 6), overlap=round(found.overlap, 6), word=found.word,
    )  # fmt: skip


def _routed(truth: Truth, row: Row, policy: Policy) -> Iterator[_Routed]:
    """The choice at the ticket's alert; nothing when the side found nobody or the ticket never had a team."""
    alert = row.first
    if alert is None or alert.nobody_eligible or not alert.team or not truth.teams:
        return
    before = [name for at, name in truth.teams if at <= alert.at]
    after = [name for at, name in truth.teams if at > alert.at]
    taken = _named(after[0] if after else before[-1], policy)
    kind = _named(before[-1], policy) if before else ""
    yield _Routed(kind, taken, len(after) <= 1, alert.team)


def _named(name: str, policy: Policy) -> str:
    team = policy.team(name)
    return team.id if team is not None else name


def _share(found: Interval, tickets: int) -> Share:
    return Share(value=round(found.mean, 6), low=round(found.low, 6), high=round(found.high, 6), of=float(tickets))
