"""Clocks. Only what starts something asks one; deciding code gets its moments as arguments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's time, in UTC."""

    def now(self) -> datetime:
        """The current moment."""
        return datetime.now(UTC)


class ShiftedClock:
    """The machine's time moved by a fixed amount: the demo organisation lives at its own moment."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        """The current moment, moved."""
        return datetime.now(UTC) + self._by


class SetClock:
    """A clock that stands where it is put; for tests and for scripted scenes."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The moment it was put at."""
        return self.at
