"""Who resolved what, how well and how fast: read once from the events, then asked as of any moment.

Each ticket is folded into a few dated facts (`resolutions`, `stints`, `climbed_at`); the questions are filters
over them, so asking at many moments costs no second reading of the events and can see nothing later.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp, log
from statistics import median

from domain.climb import climbs
from domain.ports import TrackRecord
from domain.ticket import ActorRole, Event, EventKind, Ticket
from learning.case_mix import SHORTEST, Case, Usual, case_mix

ENOUGH_FOR_USUAL = 10
"""Fewer resolved tickets than this do not tell what is usual."""


@dataclass(frozen=True)
class Resolution:
    """One resolution of one ticket. `spoiled_at` is when it was reopened or passed on to somebody else."""

    ticket_id: str
    at: datetime
    category: str | None
    technician: str | None
    team: str | None
    minutes: float | None
    """From the first assignment to this technician until the resolution; none without an assignment."""
    minutes_open: float
    """From the creation of the ticket until the resolution."""
    spoiled_at: datetime | None
    priority: str | None = None
    """When the technician took the ticket over."""
    waited: float | None = None
    """Minutes from its creation until then; none without an assignment."""
    handed: int | None = None
    """How many others had held it by then."""

    def good(self, at: datetime) -> bool:
        """Whether the resolution still held at `at`."""
        return self.spoiled_at is None or self.spoiled_at > at


@dataclass(frozen=True)
class _TakeOver:
    at: datetime
    priority: str | None
    handed: int


@dataclass(frozen=True)
class Stint:
    """An open ticket lay with a technician from `start` until, not including, `end`."""

    technician: str
    start: datetime
    end: datetime | None


def resolutions(ticket: Ticket) -> tuple[Resolution, ...]:
    """Every resolution of the (whole) ticket in order; a close without a resolution counts as one."""
    found: list[Resolution] = []
    taken: dict[str, _TakeOver] = {}
    category, priority, team, technician = ticket.category, ticket.priority, None, None
    resolved = False
    for index, event in enumerate(ticket.events):
        if event.kind == EventKind.CATEGORY and event.to is not None:
            category = str(event.to)
        elif event.kind == EventKind.PRIORITY and event.to is not None:
            priority = str(event.to)
        elif event.kind == EventKind.ASSIGNMENT:
            team, technician = event.team or team, event.technician
            if technician is not None:
                taken.setdefault(technician, _TakeOver(event.at, priority, len(taken)))
        elif event.kind == EventKind.REOPENED:
            resolved = False
        elif event.kind in (EventKind.RESOLVED, EventKind.CLOSED) and not resolved:
            resolved = True
            who = resolver(event, technician)
            start = taken.get(who) if who else None
            found.append(
                Resolution(
                    ticket_id=ticket.id, at=event.at, category=category, technician=who,
                    team=event.team or team, minutes=_minutes(start.at, event.at) if start else None,
                    minutes_open=_minutes(ticket.created_at, event.at),
                    spoiled_at=_spoiled_at(ticket.events[index + 1 :], who),
                    priority=start.priority if start else priority,
                    waited=_minutes(ticket.created_at, start.at) if start else None,
                    handed=start.handed if start else None,
                )
            )  # fmt: skip
    return tuple(found)


def stints(ticket: Ticket) -> tuple[Stint, ...]:
    """Who held the ticket while it was open, in order."""
    found: list[Stint] = []
    technician: str | None = None
    holding_since: datetime | None = None
    is_open = True
    for event in ticket.events:
        holder = event.technician if event.kind == EventKind.ASSIGNMENT else technician
        now_open = _still_open(is_open, event)
        if (holder, now_open) == (technician, is_open):
            continue
        if technician is not None and is_open and holding_since is not None:
            found.append(Stint(technician, holding_since, event.at))
        technician, is_open, holding_since = holder, now_open, event.at
    if technician is not None and is_open and holding_since is not None:
        found.append(Stint(technician, holding_since, None))
    return tuple(found)


def climbed_at(ticket: Ticket) -> datetime | None:
    """When the ticket first went up a tier; none when it never did, or no event says."""
    return next(iter(climbs(ticket)), None)


def track_records(known: Iterable[Resolution], category: str | None, at: datetime) -> list[TrackRecord]:
    """Every technician's record on tickets of a category (none: on all) that were resolved by `at`.

    Sorted by technician; the team is the one they most often resolved for.
    """
    held = [one for one in known if one.technician and one.at <= at and _same(category, one.category)]
    held.sort(key=lambda one: (one.at, one.ticket_id))
    of_technician: dict[str, list[tuple[Resolution, Usual]]] = defaultdict(list)
    for resolution, usual in zip(held, case_mix([_case(one, at) for one in held]), strict=True):
        of_technician[resolution.technician or ""].append((resolution, usual))
    records = []
    for technician, done in sorted(of_technician.items()):
        minutes = [one.minutes for one, _ in done if one.minutes is not None]
        records.append(
            TrackRecord(
                technician=technician,
                team=_most_frequent([one.team for one, _ in done if one.team]),
                category=category,
                resolved=len(done),
                good=sum(one.good(at) for one, _ in done),
                minutes=median(minutes) if minutes else None,
                expected_good=round(sum(usual.good for _, usual in done), 6),
                minutes_ratio=_ratio([(one.minutes, usual.minutes) for one, usual in done]),
            )
        )
    return records


def usual_minutes(known: Iterable[Resolution], category: str | None, at: datetime) -> float | None:
    """Median minutes from creation to the last resolution by `at`; none with fewer than ten tickets."""
    last: dict[str, Resolution] = {}
    for resolution in known:
        if resolution.at <= at and _same(category, resolution.category):
            earlier = last.get(resolution.ticket_id)
            if earlier is None or earlier.at <= resolution.at:
                last[resolution.ticket_id] = resolution
    minutes = [resolution.minutes_open for resolution in last.values() if resolution.good(at)]
    return median(minutes) if len(minutes) >= ENOUGH_FOR_USUAL else None


def open_load(known: Iterable[Stint], at: datetime) -> dict[str, int]:
    """Technician → open tickets that lay with them at `at`."""
    return dict(Counter(one.technician for one in known if one.start <= at and (one.end is None or at < one.end)))


def escalated_share(known: Iterable[Resolution], climbs: dict[str, datetime | None], at: datetime) -> float | None:
    """Share of the tickets resolved by `at` that had climbed a tier by then; none with fewer than ten."""
    ids = {resolution.ticket_id for resolution in known if resolution.at <= at}
    if len(ids) < ENOUGH_FOR_USUAL:
        return None
    climbed = sum(1 for one in ids if (moment := climbs.get(one)) is not None and moment <= at)
    return climbed / len(ids)


def _case(one: Resolution, at: datetime) -> Case:
    return Case(
        technician=one.technician or "", category=one.category, priority=one.priority, waited=one.waited,
        handed=one.handed, good=one.good(at), minutes=one.minutes,
    )  # fmt: skip


def _ratio(pairs: Sequence[tuple[float | None, float | None]]) -> float | None:
    logs = [log(max(took, SHORTEST) / usual) for took, usual in pairs if took is not None and usual is not None]
    return round(exp(sum(logs) / len(logs)), 6) if logs else None


def resolver(event: Event, technician: str | None) -> str | None:
    """Who resolved, by the event that resolves a ticket which lay with `technician`; none when nobody is named."""
    if event.technician:
        return event.technician
    if technician:
        return technician
    return event.actor_id if event.role == ActorRole.TECHNICIAN else None


def _spoiled_at(later: Sequence[Event], resolver: str | None) -> datetime | None:
    for event in later:
        if event.kind == EventKind.REOPENED:
            return event.at
        if event.kind == EventKind.ASSIGNMENT and event.technician not in (None, resolver):
            return event.at
    return None


def _still_open(is_open: bool, event: Event) -> bool:
    if event.kind in (EventKind.RESOLVED, EventKind.CLOSED):
        return False
    return True if event.kind == EventKind.REOPENED else is_open


def _same(wanted: str | None, category: str | None) -> bool:
    return wanted is None or (category is not None and category.lower() == wanted.lower())


def _most_frequent(names: Sequence[str]) -> str | None:
    if not names:
        return None
    counts = Counter(names)
    return min(counts, key=lambda name: (-counts[name], name))


def _minutes(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds() / 60)
