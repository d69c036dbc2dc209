"""The burst watch: every ticket is looked at once, against the past of its signatures as known before it.

For each level of the ticket's signature and each window the number of *different requesters* is compared with what the
baseline expects. Given that a ticket arrives now, the others in the window are as many as ever (Slivnyak's theorem for
Poisson processes), so the chance of k requesters is that of k − 1 others. The smallest chance of all looks counts, and
an alarm is a look over the line that keeps the budget (`line`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.bursts.baseline import Baseline
from domain.bursts.episodes import Episode, Episodes, Look
from domain.bursts.line import LEAST, AlarmLine
from domain.bursts.season import HOUR
from domain.bursts.signature import TOPIC, Sighting, Signature
from domain.bursts.tail import surprise
from domain.bursts.windows import Seen, Windows, requesters
from domain.policy.outbreaks import OutbreaksFile
from domain.thresholds import BURST_PLAIN_WINDOW, BURST_WARM_UP

_LATE = timedelta(hours=1)


class BurstWatch:
    """The watch over one desk. Sightings come in order of time; one that is an hour late is left out."""

    def __init__(self, rules: OutbreaksFile, zone: ZoneInfo, is_rest: Callable[[date], bool]) -> None:
        self._rules = rules
        self._windows = tuple(sorted(minutes * 60.0 for minutes in rules.windows))
        self._baseline = Baseline(zone, is_rest)
        self._recent = Windows(self._windows[-1])
        self._line = AlarmLine(rules.false_alarms_per_week)
        self.episodes = Episodes(timedelta(seconds=self._windows[-1]), self._learn)
        self._first: datetime | None = None
        self._now: datetime | None = None
        self.real: set[str] = set()
        """Tickets of outbreaks that somebody confirmed: their bursts say nothing about false alarms."""

    def see(self, sighting: Sighting) -> Episode | None:
        """Takes a ticket in; the burst it belongs to, if that has gone over the line (`alarm` says when)."""
        if self._now is not None and sighting.at < self._now:
            if self._now - sighting.at > _LATE:
                return None
            # Deliveries overtake each other by seconds; that must not hide a ticket.
            sighting = replace(sighting, at=self._now)
        self.pass_to(sighting.at)
        seconds = sighting.at.timestamp()
        seen = Seen(seconds, sighting.who, sighting.ticket_id)
        fresh = self._recent.add(seen, sighting.signatures)
        look = self._look(sighting, seconds)
        self._baseline.add(seconds, fresh)
        self._line.see_ticket(seconds)
        episode = self.episodes.add(look) if look is not None else None
        if episode is not None and episode.alarm is not None and sighting.ticket_id in episode.members:
            return episode
        return self.episodes.join(sighting.ticket_id, sighting.signatures)

    def find(self, ticket_id: str) -> Episode | None:
        """The burst over the line that a ticket seen earlier belongs to, while it is under way."""
        return next((one for one in self.episodes.open if one.alarm and ticket_id in one.members), None)

    def pass_to(self, at: datetime) -> None:
        """It is now this moment: what is over is learned from."""
        if self._first is None:
            self._first = at
        hour_before = None if self._now is None else int(self._now.timestamp() // HOUR)
        self._now = at
        self._baseline.pass_to(at.timestamp())
        if hour_before != int(at.timestamp() // HOUR):
            self._recent.pass_to(at.timestamp())
        self.episodes.pass_to(at)

    def _look(self, sighting: Sighting, seconds: float) -> Look | None:
        best: Look | None = None
        warm = self._first is not None and sighting.at - self._first >= BURST_WARM_UP
        line = self._line.at(seconds) if warm else LEAST
        for signature in sighting.signatures:
            whole = self._recent.within(signature, seconds - self._windows[-1])
            if requesters(whole) < self._rules.least_requesters:
                continue
            looks = (
                self._looks(signature, whole, sighting.at, line) if warm else self._plain(signature, whole, sighting.at)
            )
            for look in looks:
                if look.surprise >= LEAST and (best is None or look.surprise > best.surprise):
                    best = look
        return best

    def _looks(self, signature: Signature, whole: list[Seen], at: datetime, line: float) -> Iterable[Look]:
        seconds = at.timestamp()
        longest = self._windows[-1]
        others = sum(one.seconds >= seconds - longest for one in self._recent.all) - len(whole)
        busy = self._baseline.busy(others, seconds - longest, seconds)
        for window in self._windows:
            inside = [one for one in whole if one.seconds >= seconds - window]
            people = requesters(inside)
            if people < self._rules.least_requesters:
                continue
            mean, size = self._baseline.expected(signature, seconds - window, seconds, busy)
            yield Look(
                signature=signature, at=at, window=timedelta(seconds=window), requesters=people, expected=mean,
                surprise=surprise(people - 1, mean, size), line=line, tickets=tuple(one.ticket_id for one in inside),
            )  # fmt: skip

    def _learn(self, episode: Episode) -> None:
        if self.real.isdisjoint(episode.members) and self.real.isdisjoint(episode.peak.tickets):
            self._line.add_peak(episode.peak.at.timestamp(), episode.peak.surprise)

    def _plain(self, signature: Signature, whole: list[Seen], at: datetime) -> Iterable[Look]:
        """Without a past: so many requesters within the hour that half of what comes in is about this."""
        since = at.timestamp() - BURST_PLAIN_WINDOW.total_seconds()
        inside = [one for one in whole if one.seconds >= since]
        people, everybody = requesters(inside), sum(one.seconds >= since for one in self._recent.all)
        precise = len(signature) > 1 or signature[0][0] == TOPIC
        if precise and people >= self._rules.requesters_without_past and 2 * len(inside) >= everybody:
            yield Look(
                signature=signature, at=at, window=BURST_PLAIN_WINDOW, requesters=people, expected=0.0, surprise=LEAST,
                line=LEAST, tickets=tuple(one.ticket_id for one in inside),
            )  # fmt: skip
