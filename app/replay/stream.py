"""The stream of a replay: every event in the order of time to all sides, and the time between them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby

from app.replay.minds import Mind
from app.replay.past import Past
from app.replay.rows import Row, Truth, truth_of
from app.replay.side import Watcher
from domain.asof import cut_after, standing
from domain.ticket import ActorRole, Ticket
from learning.stream import Happening, begins, happenings

REPORT_EVERY = 500
"""Events between two words about the progress."""
COLLECT_AFTER = 100_000
"""New objects between two looks for garbage in cycles (Python's own: 700)."""


@dataclass(frozen=True)
class Window:
    """The tickets that are judged: opened in [start, end); without an end (a start), to the end (from the beginning).
    Those opened before are only learned from."""

    start: datetime | None = None
    end: datetime | None = None

    def holds(self, opened: datetime) -> bool:
        """Whether a ticket opened then is judged."""
        return (self.start is None or self.start <= opened) and (self.end is None or opened < self.end)


@dataclass
class Run:
    """What a run through the stream leaves."""

    truths: list[Truth] = field(default_factory=list)
    """Of every ticket judged, in the order in which they ended, then of those still open by id."""
    rows: tuple[list[Row], ...] = ()
    """Of each side, beside `truths`."""
    texts: dict[str, str] = field(default_factory=dict)
    """Ticket → its subject or kind, shortened, of those that some side would have escalated."""
    tickets: int = 0
    events: int = 0
    first: datetime | None = None
    last: datetime | None = None
    technician_days: int = 0
    """Technicians who did something on a UTC day, summed over the days from the first judged ticket on."""
    days: set[date] = field(default_factory=set)
    """UTC days from the first judged ticket on, on which anything happened."""
    most_open: int = 0
    names: dict[str, dict[str, int]] = field(default_factory=dict)
    """teams, priorities, categories → name → judged tickets with it."""


def run_through(
    tickets: Iterable[Ticket], sides: Sequence[Watcher], past: Past, minds: Sequence[Mind], window: Window,
    progress: Callable[[int], None] | None = None,
) -> Run:  # fmt: skip
    """Streams the tickets (in the order in which they begin) through all sides.

    `progress` is told of so many events more. Only tickets that are not over are held.
    """
    with _collecting_rarely():
        return _run(tickets, sides, past, minds, window, progress)


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Python looks for garbage in cycles less often: a replay leaves hardly any, and to look cost it a fifth."""
    usual = gc.get_threshold()
    gc.set_threshold(COLLECT_AFTER, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _run(
    tickets: Iterable[Ticket], sides: Sequence[Watcher], past: Past, minds: Sequence[Mind], window: Window,
    progress: Callable[[int], None] | None,
) -> Run:  # fmt: skip
    run = Run(rows=tuple([] for _ in sides))
    streaming = _Streaming(run, sides, window)
    told = 0
    for (at, _), group in groupby(happenings(_counted(tickets, run)), key=lambda one: (one.at, one.ticket.id)):
        for side in sides:
            side.pass_time(at)
        together = list(group)
        for happening in together:
            past.tell(happening.ticket, happening.count)
            for mind in minds:
                mind.tell(happening)
        streaming.happened(at, together)
        if progress is not None and run.events // REPORT_EVERY != told // REPORT_EVERY:
            progress(run.events - told)
            told = run.events
    if run.last is not None:
        for side in sides:
            side.pass_time(run.last, last=True)
    streaming.finish()
    if progress is not None:
        progress(run.events - told)
    return run


def _counted(tickets: Iterable[Ticket], run: Run) -> Iterator[Ticket]:
    for ticket in tickets:
        run.tickets += 1
        yield ticket


class _Streaming:
    """Cuts the tickets for the sides and takes down what came of them."""

    def __init__(self, run: Run, sides: Sequence[Watcher], window: Window) -> None:
        self._run = run
        self._sides = sides
        self._window = window
        self._open: dict[str, tuple[Ticket, list[Row]]] = {}
        self._day: date | None = None
        self._active: set[str] = set()

    def happened(self, at: datetime, together: list[Happening]) -> None:
        """Events of one ticket that share their moment."""
        last = together[-1]
        ticket, run = last.ticket, self._run
        run.events += len(together)
        run.first = run.first or at
        run.last = at
        judged = self._window.holds(begins(ticket))
        self._counts_people(at, together, judged)
        if not judged:
            return
        cut = cut_after(ticket, last.count)
        new = [one.ticket.events[one.count - 1] for one in together]
        rows = [side.happened(cut, at, new) for side in self._sides]
        self._open[ticket.id] = (ticket, rows)
        run.most_open = max(run.most_open, len(self._open))
        # Without events to come, and not open, nothing more can be decided about it.
        if last.count == len(ticket.events) and not standing(cut).open:
            self._over(ticket.id)

    def finish(self) -> None:
        """The history has ended; the tickets that are open stay so."""
        for ticket_id in sorted(self._open):
            self._over(ticket_id)
        self._close_day()

    def _over(self, ticket_id: str) -> None:
        ticket, rows = self._open.pop(ticket_id)
        run = self._run
        run.truths.append(truth_of(ticket))
        for kept, row in zip(run.rows, rows, strict=True):
            kept.append(row)
        for side in self._sides:
            side.over(ticket_id)
        if any(row.first is not None for row in rows):
            run.texts[ticket_id] = " ".join((ticket.subject or ticket.category or "").split())[:80]
        self._names(ticket)

    def _names(self, ticket: Ticket) -> None:
        found: Mapping[str, set[str]] = {
            "teams": {event.team for event in ticket.events if event.team},
            "priorities": {ticket.priority} if ticket.priority else set(),
            "categories": {ticket.category} if ticket.category else set(),
        }
        for kind, names in found.items():
            counts = self._run.names.setdefault(kind, {})
            for name in sorted(names):
                counts[name] = counts.get(name, 0) + 1

    def _counts_people(self, at: datetime, together: list[Happening], judged: bool) -> None:
        if not judged and not self._run.days:
            return
        day = at.astimezone(UTC).date()
        if day != self._day:
            self._close_day()
            self._day = day
            self._run.days.add(day)
        for one in together:
            event = one.ticket.events[one.count - 1]
            if event.role == ActorRole.TECHNICIAN and event.actor_id:
                self._active.add(event.actor_id)

    def _close_day(self) -> None:
        self._run.technician_days += len(self._active)
        self._active.clear()
