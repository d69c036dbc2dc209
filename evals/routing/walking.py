"""The model asked about every test ticket: frozen as trained, and walking forward through time.

Walking forward, an answer may use what was known of other tickets by its moment, earlier test tickets included: where
each ended, once it had. The pool keeps its weights; the memory goes on with each event, and the linear model is learned
anew after every tenth of the test tickets.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import merge

from domain.asof import cut_after
from domain.learned import TeamOpinion
from domain.ticket import EventKind, Ticket
from evals.routing.reading import At, Split, count_at, moment, view
from learning.routing.linear import Read, read, words_of
from learning.routing.memory import RouteMemory
from learning.routing.model import TeamModel
from learning.routing.seen import Stage, final_team, seen
from learning.stream import Happening, happenings, in_order

RELEARN = 10
"""Times that the linear model is learned anew while the test tickets pass."""

Opinions = dict[str, TeamOpinion]


def frozen(model: TeamModel, split: Split, at: At) -> Opinions:
    """Each test ticket judged by the model as it was trained."""
    return {ticket.id: model.opinion(view(ticket, at), moment(ticket, at)) for ticket in split.test}


def forward(
    model: TeamModel, split: Split, at: At, seed: int, progress: Callable[[int], None] | None = None
) -> Opinions:
    """Each test ticket judged with what was known by its moment."""
    asked = {ticket.id: count_at(ticket, at) for ticket in split.test}
    desk = _Walk(copy.deepcopy(model.memory), _Told(split, at))
    step = max(100, len(split.test) // RELEARN)
    found: Opinions = {}
    for happening in _stream(split):
        ticket, count = happening.ticket, happening.count
        if asked.get(ticket.id) == count:
            found[ticket.id] = model.opinion(cut_after(ticket, count), happening.at, desk)
            if len(found) % step == 0:
                stage: Stage = "unassigned" if at == "creation" else "assigned"
                model = model.with_linear(*desk.told.usable(), stage, seed)
            if progress is not None:
                progress(1)
        desk.routes.tell(happening)
        desk.told.tell(happening)
    rest = [ticket for ticket in split.test if ticket.id not in found]
    return found | {ticket.id: model.opinion(view(ticket, at), moment(ticket, at), desk) for ticket in rest}


def _stream(split: Split) -> Iterator[Happening]:
    """What happens after training, in order of time."""
    test = happenings(in_order(split.test))
    if split.until is None:
        return test
    later = (one for one in happenings(split.train) if split.until is not None and one.at >= split.until)
    return merge(later, test, key=lambda one: (one.at, one.ticket.id, one.count))


@dataclass
class _Walk:
    routes: RouteMemory
    told: _Told


@dataclass
class _Known:
    read: Read
    team: str | None = None
    ended: bool = False


@dataclass
class _Told:
    """Tickets as they were asked about, and their teams as far as they are known."""

    split: Split
    at: At
    known: dict[str, _Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for ticket in self.split.train:
            self.known[ticket.id] = self._of(ticket)

    def tell(self, happening: Happening) -> None:
        """One event of a training or test ticket."""
        event = happening.ticket.events[happening.count - 1]
        ticket = happening.ticket
        if ticket.id not in self.known or count_at(ticket, self.at) == happening.count:
            cut = cut_after(ticket, happening.count)
            self.known[ticket.id] = _Known(read(seen(cut), words_of(cut)))
        one = self.known[ticket.id]
        if event.kind == EventKind.ASSIGNMENT:
            one.team = event.team or one.team
        one.ended = one.ended or event.kind in (EventKind.RESOLVED, EventKind.CLOSED)

    def usable(self) -> tuple[list[Read], list[str]]:
        """What the linear model may be learned from now."""
        ends = any(one.ended for one in self.known.values())
        usable = [one for one in self.known.values() if one.team and (one.ended or not ends)]
        return [one.read for one in usable], [one.team or "" for one in usable]

    def _of(self, ticket: Ticket) -> _Known:
        until = self.split.until
        told = ticket if until is None else cut_after(ticket, sum(event.at <= until for event in ticket.events))
        asked = cut_after(told, count_at(told, self.at))
        ended = any(event.kind in (EventKind.RESOLVED, EventKind.CLOSED) for event in told.events)
        return _Known(read(seen(asked), words_of(asked)), final_team(told), ended)
