"""The burst watch and what others do instead, behind one door: a stream in, alarms out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from math import inf
from zoneinfo import ZoneInfo

from domain.base import Record
from domain.bursts.episodes import Episodes, Look
from domain.bursts.signature import Sighting, Signature, name_of
from domain.bursts.tail import surprise
from domain.bursts.watch import BurstWatch
from domain.bursts.windows import Seen, Windows, requesters
from domain.policy.outbreaks import OutbreaksFile
from domain.thresholds import BURST_WARM_UP

LONGEST = 240 * 60.0


class Alarm(Record):
    """One alarm with its evidence."""

    at: datetime
    signature: str
    minutes: int
    requesters: int
    expected: float
    surprise: float
    line: float
    tickets: tuple[str, ...]


def watch(
    stream: Iterable[Sighting], *, budget: float = 1.0, zone: str = "UTC",
    rest: Callable[[date], bool] = lambda _: False,
    confirmed: Iterable[str] = (),
) -> list[Alarm]:  # fmt: skip
    """Ours. Alarms on `confirmed` tickets are confirmed by a person, as the product has it done."""
    desk = BurstWatch(OutbreaksFile(false_alarms_per_week=budget), ZoneInfo(zone), rest)
    desk.real.update(confirmed)
    found: dict[tuple[datetime, Signature], Alarm] = {}
    for sighting in stream:
        episode = desk.see(sighting)
        if episode is not None and episode.alarm is not None:
            key = (episode.alarm.at, episode.alarm.signature)
            found.setdefault(key, _alarm(episode.alarm))
    return list(found.values())


def fixed_count(stream: Sequence[Sighting], threshold: int) -> list[Alarm]:
    """So many tickets of one fine signature within an hour, whatever is usual: what helpdesks offer."""

    def looks(seen: Windows, sighting: Sighting, signature: Signature) -> Iterator[Look]:
        if len(signature) > 1:
            inside = seen.within(signature, sighting.at.timestamp() - 3600.0)
            if len(inside) >= threshold:
                yield _look(sighting, signature, 3600.0, inside, 0.0, float(len(inside)), float(threshold))

    return _run(stream, looks, float(threshold))


class FlatPoisson:
    """A Poisson test of each signature's count against its own mean so far, without rhythm and without spread."""

    def __init__(self) -> None:
        self._counts: dict[Signature, int] = {}
        self._first: float | None = None

    def run(self, stream: Sequence[Sighting], line: float) -> list[Alarm]:
        """Alarms over a fixed line of −ln p."""
        self._counts, self._first = {}, None
        return _run(stream, lambda seen, sighting, signature: self._looks(seen, sighting, signature, line), line)

    def _looks(self, seen: Windows, sighting: Sighting, signature: Signature, line: float) -> Iterator[Look]:
        now = sighting.at.timestamp()
        self._first = now if self._first is None else self._first
        before = self._counts.get(signature, 0)
        self._counts[signature] = before + 1
        for seconds in (900.0, 1800.0, 3600.0, LONGEST):
            inside = seen.within(signature, now - seconds)
            people = requesters(inside)
            if people >= 3:
                mean = (before + 0.5) * seconds / max(now - self._first, seconds)
                how = surprise(people - 1, mean, inf)
                if how >= line:
                    yield _look(sighting, signature, seconds, inside, mean, how, line)


def _run(
    stream: Sequence[Sighting], looks: Callable[[Windows, Sighting, Signature], Iterator[Look]], line: float
) -> list[Alarm]:
    """Alarms after the same warm-up, and merged into bursts by the same rule, as the watch."""
    seen, episodes = Windows(LONGEST), Episodes(timedelta(seconds=LONGEST), lambda _: None)
    found: dict[tuple[datetime, Signature], Alarm] = {}
    hour = None
    for sighting in stream:
        now = sighting.at.timestamp()
        if int(now // 3600) != hour:
            hour = int(now // 3600)
            seen.pass_to(now)
        episodes.pass_to(sighting.at)
        seen.add(Seen(now, sighting.who, sighting.ticket_id), sighting.signatures)
        best = max(
            (look for signature in sighting.signatures for look in looks(seen, sighting, signature)),
            key=lambda one: one.surprise, default=None,
        )  # fmt: skip
        if best is not None and best.surprise >= line and sighting.at - stream[0].at >= BURST_WARM_UP:
            episode = episodes.add(best)
            if episode.alarm is not None:
                found.setdefault((episode.alarm.at, episode.alarm.signature), _alarm(episode.alarm))
    return list(found.values())


def _look(
    sighting: Sighting, signature: Signature, seconds: float, inside: Sequence[Seen], expected: float, how: float,
    line: float,
) -> Look:  # fmt: skip
    return Look(
        signature=signature, at=sighting.at, window=timedelta(seconds=seconds), requesters=requesters(inside),
        expected=expected, surprise=how, line=line, tickets=tuple(one.ticket_id for one in inside),
    )  # fmt: skip


def _alarm(look: Look) -> Alarm:
    return Alarm(
        at=look.at, signature=name_of(look.signature), minutes=round(look.window.total_seconds() / 60),
        requesters=look.requesters, expected=round(look.expected, 4), surprise=round(look.surprise, 3),
        line=round(look.line, 3), tickets=look.tickets,
    )  # fmt: skip
