"""Sums that fade with time, so that a desk's lately costs one small record for each key, however long it runs."""

from __future__ import annotations

from collections.abc import Sequence

HOUR = 3600.0
DAY = 24 * HOUR


class Tally:
    """Sums in which what was added `half_life` seconds ago counts half. All moments are seconds since 1970.

    Times may come late: what is added for a moment before the latest one counts as faded by the difference.
    """

    __slots__ = ("at", "sums")

    def __init__(self, size: int, at: float) -> None:
        self.at = at
        self.sums = [0.0] * size

    def add(self, at: float, amounts: Sequence[float], half_life: float) -> None:
        """Adds one amount to each sum."""
        if at > self.at:
            fade = 0.5 ** ((at - self.at) / half_life)
            self.sums = [one * fade for one in self.sums]
            self.at = at
            weight = 1.0
        else:
            weight = 0.5 ** ((self.at - at) / half_life)
        self.sums = [one + weight * amount for one, amount in zip(self.sums, amounts, strict=True)]

    def copy(self) -> Tally:
        """Another one with the same sums."""
        other = Tally(0, self.at)
        other.sums = self.sums[:]
        return other

    def faded(self, at: float, half_life: float) -> float:
        """The factor by which the sums have faded at `at`."""
        return 0.5 ** ((at - self.at) / half_life) if at > self.at else 1.0
