"""Bursts as they grow: surprising looks that share tickets are one burst, whatever level they were seen at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from domain.bursts.signature import Signature


@dataclass(frozen=True, slots=True)
class Look:
    """One ticket's most surprising window."""

    signature: Signature
    at: datetime
    window: timedelta
    requesters: int
    expected: float
    """Requesters that the signature's own past leads one to expect in the window."""
    surprise: float
    """−ln of the chance of so many or more."""
    line: float
    """What the surprise had to reach at that moment."""
    tickets: tuple[str, ...]
    """Those of the window, oldest first, this one last."""

    @property
    def over(self) -> bool:
        """Whether it is an alarm."""
        return self.surprise >= self.line


@dataclass(slots=True)
class Episode:
    """One burst from its first surprising look until its rate is back."""

    last: Look
    peak: Look
    alarm: Look | None = None
    """The look that first went over the line."""
    members: dict[str, None] = field(default_factory=dict)
    """Once there is an alarm: its tickets, and every later one with its signature."""


class Episodes:
    """Bursts under way. `over` is told of each that ends."""

    def __init__(self, quiet_after: timedelta, over: Callable[[Episode], None]) -> None:
        self._quiet_after = quiet_after
        self._over = over
        self.open: list[Episode] = []

    def pass_to(self, at: datetime) -> None:
        """Ends those that have been quiet for long enough."""
        ended = [one for one in self.open if at - one.last.at > self._quiet_after]
        if ended:
            self.open = [one for one in self.open if at - one.last.at <= self._quiet_after]
            for one in ended:
                self._over(one)

    def add(self, look: Look) -> Episode:
        """The burst that the look belongs to: one it shares half its tickets with, else a new one."""
        same = [one for one in self.open if _overlap(look, one)]
        if not same:
            self.open.append(Episode(look, look))
            same = self.open[-1:]
        episode = min(same, key=_seniority)
        for other in same:
            if other is not episode:
                episode.peak = max(episode.peak, other.peak, key=lambda one: one.surprise)
                episode.members.update(other.members)
                self.open.remove(other)
        episode.last = look
        if look.surprise > episode.peak.surprise:
            episode.peak = look
        if episode.alarm is None and look.over:
            episode.alarm = look
        if episode.alarm is not None and look.signature[: len(episode.alarm.signature)] == episode.alarm.signature:
            episode.members.update(dict.fromkeys(look.tickets))
        return episode

    def join(self, ticket_id: str, signatures: Iterable[Signature]) -> Episode | None:
        """The burst with an alarm whose signature the ticket has, the earliest first; the ticket is one of its now."""
        mine = set(signatures)
        for one in self.open:
            if one.alarm is not None and one.alarm.signature in mine:
                one.members[ticket_id] = None
                return one
        return None


def _seniority(episode: Episode) -> tuple[bool, datetime]:
    return episode.alarm is None, episode.alarm.at if episode.alarm else episode.last.at


def _overlap(look: Look, episode: Episode) -> bool:
    """Whether the look and the burst, at its last or its peak, share at least half of the smaller one's tickets."""
    mine = set(look.tickets)
    return any(
        2 * sum(ticket in mine for ticket in other.tickets) >= min(len(mine), len(other.tickets))
        for other in {id(one): one for one in (episode.last, episode.peak, episode.alarm) if one is not None}.values()
    )
