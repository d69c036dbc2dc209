"""What a signature's own past leads one to expect in a window, and how far counts usually stray from that.

A signature's share of the desk's tickets has a Gamma prior around its parent's (Gamma–Poisson shrinkage; Gelman et al.,
Bayesian Data Analysis, 3rd ed., §2.6), once over the whole week and once more for the kind of hour it is. Expected
tickets are that share of the desk's season, times how busy the desk is right now apart from the signature itself: a
busy day explains itself. Counts follow a negative binomial whose size holds both what is not known about the share and
how much counts of that level have strayed so far.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from math import inf
from zoneinfo import ZoneInfo

from domain.bursts.season import HOUR, Season, Weights
from domain.bursts.signature import Signature, parent_of

PRIOR_TICKETS = 0.5
"""Weight of the parent's word about a signature, in tickets (Jeffreys' prior of a Poisson rate has this shape)."""
CLASS_TICKETS = 30.0
"""Tickets of the whole desk in one kind of hour by which the whole week's share is outweighed."""
BUSY_SIZE = 20.0
"""Tickets of the present hours that count as much as the season's word about how busy the desk is."""
LARGE = 30.0
"""A signature with so many recent tickets is watched hour by hour for how far its counts stray."""
STRAY_PRIOR = (0.2, 20.0)
"""Before anything is known: excess of squares over squares of means, so that the size is about 100."""
FORGOTTEN = 0.02
"""A signature with fewer recent tickets than this is forgotten."""


@dataclass(slots=True)
class _Past:
    """Weighted counts of one signature: in all, and by kind of hour."""

    total: float = 0.0
    by_class: dict[int, float] = field(default_factory=dict)
    children: int = 0
    this_hour: int = 0


class Baseline:
    """The past of one desk's signatures. Feed it in order of time; it knows only what it was fed."""

    def __init__(self, zone: ZoneInfo, is_rest: Callable[[date], bool]) -> None:
        self._weights = Weights()
        self.season = Season(zone, is_rest, self._weights)
        self._pasts: dict[Signature, _Past] = {(): _Past()}
        self._large: set[Signature] = set()
        self._stray: dict[tuple[str, ...], tuple[float, float]] = {}
        self._hour: int | None = None

    def pass_to(self, seconds: float) -> None:
        """The time is now this; hours that are over are learned from."""
        hour = int(seconds // HOUR)
        if self._hour is not None and hour > self._hour:
            self._learn_strays(self._hour)
            if hour // 168 > self._hour // 168:
                self._forget(seconds)
        self.season.pass_to(hour)
        self._hour = hour
        factor = self._weights.rebase(seconds)
        if factor is not None:
            self._scale(factor)

    def add(self, seconds: float, signatures: Iterable[Signature]) -> None:
        """Counts a ticket for those of its signatures that this requester is new to."""
        weight, kind = self._weights.at(seconds), self._class(seconds)
        self.season.add(seconds)
        for signature in ((), *signatures):
            past = self._pasts.get(signature)
            if past is None:
                past = self._pasts[signature] = _Past()
                if parent := self._pasts.get(parent_of(signature)):
                    parent.children += 1
            past.total += weight
            past.by_class[kind] = past.by_class.get(kind, 0.0) + weight
            past.this_hour += 1
            if past.total > LARGE * weight and signature not in self._large:
                self._large.add(signature)
                past.this_hour = 1

    def expected(self, signature: Signature, start: float, end: float, busy: float = 1.0) -> tuple[float, float]:
        """(mean, size) of the signature's count in [start, end) before anything of it was seen there."""
        weight = self._weights.at(end)
        mean = self.share(signature, end) * self.season.expected(start, end, weight) * busy
        past = self._pasts.get(signature)
        known = (past.total / weight if past else 0.0) + PRIOR_TICKETS
        return mean, 1.0 / (1.0 / known + 1.0 / self.size(signature))

    def busy(self, seen: int, start: float, end: float) -> float:
        """How much busier the desk is than its season says, from `seen` tickets besides the signature's own."""
        expected = self.season.expected(start, end, self._weights.at(end))
        return (BUSY_SIZE + seen) / (BUSY_SIZE + expected)

    def share(self, signature: Signature, seconds: float) -> float:
        """The signature's share of all tickets at this kind of hour."""
        everything = self._pasts[()]
        if not signature or everything.total <= 0.0:
            return 1.0
        weight, kind = self._weights.at(seconds), self._class(seconds)
        past = self._pasts.get(signature)
        base = self._base(signature, past, everything.total, weight)
        own = past.by_class.get(kind, 0.0) if past else 0.0
        drawn = CLASS_TICKETS * weight
        return (own + drawn * base) / (everything.by_class.get(kind, 0.0) + drawn)

    def size(self, signature: Signature) -> float:
        """Size of the negative binomial that counts of this level have shown; infinite if they stray no further."""
        excess, squares = self._stray.get(tuple(part for part, _ in signature), (0.0, 0.0))
        excess, squares = excess + STRAY_PRIOR[0], squares + STRAY_PRIOR[1]
        return squares / excess if excess > 0.0 else inf

    def _base(self, signature: Signature, past: _Past | None, everything: float, weight: float) -> float:
        parent = self._pasts.get(parent_of(signature))
        above = (parent.total / everything if parent and signature[:-1] else 1.0) / (
            (parent.children if parent else 0) + 1
        )
        prior = PRIOR_TICKETS * weight
        mean = max(above, 1e-6)
        return ((past.total if past else 0.0) + prior) / (everything + prior / mean)

    def _class(self, seconds: float) -> int:
        """Mondays, other working days and days of rest, each in six pieces of four hours."""
        at = self.season.bin_of(int(seconds // HOUR))
        day = at // 24
        return (0 if day == 0 else 1 if day < 5 else 2) * 6 + at % 24 // 4

    def _learn_strays(self, hour: int) -> None:
        """Squares of what the large signatures' counts of the hour were off by; one outbreak counts only so much."""
        start, end = hour * HOUR, (hour + 1) * HOUR
        for signature in self._large:
            past = self._pasts[signature]
            mean = self.share(signature, end) * self.season.expected(start, end, self._weights.at(end))
            if mean > 0.0:
                off = min((past.this_hour - mean) ** 2, 16.0 * (mean + mean * mean / 5.0))
                level = tuple(part for part, _ in signature)
                excess, squares = self._stray.get(level, (0.0, 0.0))
                self._stray[level] = (excess * 0.9999 + off - mean, squares * 0.9999 + mean * mean)
        for signature in self._large:
            self._pasts[signature].this_hour = 0

    def _forget(self, seconds: float) -> None:
        weight = self._weights.at(seconds)
        gone = [one for one, past in self._pasts.items() if one and past.total < FORGOTTEN * weight]
        for signature in gone:
            del self._pasts[signature]
            parent = self._pasts.get(parent_of(signature))
            if parent:
                parent.children = max(0, parent.children - 1)
        self._large = {one for one in self._large if one in self._pasts and self._pasts[one].total > LARGE * weight / 2}
        for past in self._pasts.values():
            past.this_hour = 0

    def _scale(self, factor: float) -> None:
        self.season.scale(factor)
        for past in self._pasts.values():
            past.total *= factor
            past.by_class = {kind: count * factor for kind, count in past.by_class.items()}
