"""What came of each ticket, as known by a moment; and how likely a miss is where the end is not known yet.

Lately opened tickets that are closed already are the fast ones, so learning from closed tickets alone would flatter.
A ticket whose end is still open therefore counts by its chance, from a period life table (Chiang 1984): the hazard of
being resolved at each age as it was over the latest weeks, and the share of misses among tickets resolved at that age.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from domain.asof import outcome_known
from domain.climb import step
from domain.learned import Target
from domain.ticket import Event, EventKind, Ticket
from learning.tally import DAY, HOUR

Floats = NDArray[np.float64]

AGES = tuple(
    HOUR * one for one in (0, 0.25, 0.5, 1, 2, 4, 8, 16, 24, 36, 48, 72, 96, 120, 144, 168, 240, 336, 504, 720)
)
"""Lower edges of the ages of the life table, in seconds."""
PERIOD = 14 * DAY
"""The weeks over which hazards are counted: the latest that hold each weekday twice."""
FRESH = 5 * DAY
"""Half-life of the shares of misses by age, back from the latest closing: what a promise is changes with its terms."""
MIXED = 2.0
"""Tickets by which an age with few of them is drawn to the table over all times."""


@dataclass(slots=True)
class Fate:
    """A ticket from the events told so far. Moments are seconds since 1970; infinity: not so far."""

    opened: float
    resolved: float = inf
    closed: float = inf
    climbed: float = inf
    met: bool | None = None
    escalated: bool | None = None
    rank: int | None = None

    def take(self, ticket: Ticket, count: int) -> None:
        """Takes in the event at position `count` − 1; the outcome is read only as the ticket closes for good."""
        event = ticket.events[count - 1]
        at = event.at.timestamp()
        self._tier(event, at)
        if event.kind == EventKind.REOPENED:
            self.resolved = inf
        elif event.kind in (EventKind.RESOLVED, EventKind.CLOSED):
            self.resolved = min(self.resolved, at)
        if event.kind == EventKind.CLOSED:
            self.closed = min(self.closed, at)
        if (outcome := outcome_known(ticket, count)) is not None:
            self.met, self.escalated = outcome.sla_met, outcome.escalated

    def verdict(self, target: Target) -> bool | None:
        """Whether it happened, once that is certain. A ticket that names no tier does not say that it stayed."""
        if target == "sla_breach":
            return None if self.met is None else not self.met
        if self.climbed < inf:
            return True
        unsaid = self.escalated is None and self.rank is None
        return None if self.closed == inf or unsaid else bool(self.escalated)

    def _tier(self, event: Event, at: float) -> None:
        up, self.rank = step(self.rank, event)
        if up:
            self.climbed = min(self.climbed, at)


def chances(fates: Sequence[Fate], target: Target, now: float) -> Floats:
    """For each ticket 1 or 0 where it is certain at `now`, else the chance that it happens; not-a-number where
    nothing is known to tell (no certain ticket at all)."""
    known = np.array([_number(one.verdict(target)) for one in fates], dtype=np.float64)
    if not len(known) or np.isnan(known).all():
        return known
    opened = np.array([one.opened for one in fates])
    ended = np.array([min(one.resolved, one.climbed if target == "escalation" else inf) for one in fates])
    closed = np.array([min(one.closed, one.climbed) for one in fates])
    table = _Table(opened, ended, closed, known, now)
    unsure = np.isnan(known)
    done = unsure & np.isfinite(ended)
    known[done] = table.missed_at(ended[done] - opened[done])
    waiting = unsure & ~np.isfinite(ended)
    known[waiting] = table.missed_after(now - opened[waiting])
    return known


def _number(verdict: bool | None) -> float:
    return np.nan if verdict is None else float(verdict)


class _Table:
    """Age band → chance of a miss, for tickets that ended in it and for tickets that reached it."""

    def __init__(self, opened: Floats, ended: Floats, closed: Floats, known: Floats, now: float) -> None:
        edges = np.array([*AGES, np.inf])
        certain = ~np.isnan(known) & np.isfinite(ended)
        band = np.searchsorted(edges, ended - opened, side="right") - 1
        newest = float(closed[certain].max()) if certain.any() else now
        weight = 0.5 ** ((newest - closed[certain]) / FRESH)
        self._at = _rates(band[certain], known[certain], weight, len(AGES))
        ever = _hazards(edges, opened, ended, now, -np.inf, np.full(len(AGES), 0.5))
        lately = _hazards(edges, opened, ended, now, now - PERIOD, ever)
        after = np.empty(len(AGES))
        later = 1.0 if not certain.any() else max(self._at[-1], float(known[certain].mean()))
        for one in range(len(AGES) - 1, -1, -1):
            later = lately[one] * self._at[one] + (1.0 - lately[one]) * later
            after[one] = later
        self._after = after

    def missed_at(self, age: Floats) -> Floats:
        """The chance for tickets resolved at these ages (seconds)."""
        return np.interp(age, np.array(AGES), self._at)

    def missed_after(self, age: Floats) -> Floats:
        """The chance for tickets still open at these ages (seconds)."""
        return np.interp(age, np.array(AGES), self._after)


def _rates(band: NDArray[np.int64], known: Floats, weight: Floats, size: int) -> Floats:
    """The share of misses by age at the end; thin ages lean on the next younger one."""
    count = np.bincount(band, weights=weight, minlength=size)
    missed = np.bincount(band, weights=weight * known, minlength=size)
    found, before = np.empty(size), float(missed.sum() / count.sum()) if count.sum() else 0.5
    for one in range(size):
        before = found[one] = (missed[one] + MIXED * before) / (count[one] + MIXED)
    return found


def _hazards(edges: Floats, opened: Floats, ended: Floats, now: float, since: float, prior: Floats) -> Floats:
    """For each age band the share resolved within it, of the tickets passing through it between `since` and `now`.

    Central rates (events over exposure) turned into shares by 1 − exp(−rate × width).
    """
    found = np.empty(len(AGES))
    stop = np.minimum(ended, now)
    for one in range(len(AGES)):
        low, high = edges[one], edges[one + 1]
        start, end = np.maximum(opened + low, since), np.minimum(stop, opened + high)
        exposure = float(np.clip(end - start, 0.0, None).sum())
        age = ended - opened
        events = float(((age >= low) & (age < high) & (ended > since) & (ended <= now)).sum())
        width = (high - low) if np.isfinite(high) else 30 * DAY
        rate = (events + MIXED * -np.log1p(-min(prior[one], 0.999))) / (exposure / width + MIXED)
        found[one] = 1.0 - np.exp(-rate)
    return found
