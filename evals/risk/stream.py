"""One pass over training and test tickets in the order of time: each prediction sees only what was known by then.

Test tickets that begin after the training tickets are judged walk-forward: the model is fitted when the first of them
comes, and again on a schedule, on what came by then of tickets of both files. Test tickets of which none ever ends were
cut off before their ends: followed, they would look like a desk that resolves nothing, so the model is fitted once and
the desk stays as it stood. Where the two files overlap in time the split is by ticket: the model is fitted once, on the
training tickets alone, whole, and the desk knows none but these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from domain.asof import cut_after
from domain.climb import climbs
from domain.learned import Target
from domain.policy.policy import Policy
from domain.ticket import EventKind, Ticket
from evals.risk.baselines import points_of
from learning.desk import Desk
from learning.features import KEYS, Observation, observe
from learning.risk import RiskModel, Sampler
from learning.risk.model import CERTAIN
from learning.risk.sampling import STAGES, moments_of
from learning.stream import Happening, begins, happenings, in_order
from learning.tally import DAY

Floats = NDArray[np.float64]
At = Literal["creation", "first-event", "all-events"]
Split = Literal["later", "cut_off", "by_ticket"]

REFIT = 3.5 * DAY
"""Seconds between fits: twice a week. On three forward splits of a drifting log the calibration error fell against fits
every two weeks (0.114 to 0.065, 0.037 to 0.036, 0.096 to 0.075, at creation); the AUC lost 0.012 on the first of them,
where the level moved most, and gained 0.002 and 0.003 on the others."""
OVERLAP = 0.05
"""Files follow each other when this share of the training tickets at most begins after this share of the test ones."""
_STAGES: dict[At, tuple[int, ...]] = {
    "creation": (0,), "first-event": (0, 1, 6), "all-events": tuple(range(len(STAGES)))
}  # fmt: skip
"""Stages of a ticket's life that are asked about."""
_ENDS = (EventKind.RESOLVED, EventKind.CLOSED)
_HELD = 4000
"""Observations judged at once."""


@dataclass(slots=True)
class Look:
    """One prediction."""

    ticket: int
    """Position of the ticket in the test file."""
    event: int
    """Position of the last event seen, from 1."""
    at: datetime
    hours_open: float
    resolved: bool
    happened: bool
    """It had happened before this moment: nothing is foretold."""
    points: float
    """The points table's risk, 0–1."""
    probability: float = 0.5
    abstained: bool = True
    raw: tuple[object, ...] = ()
    """The fields that the simple method reads."""


@dataclass(slots=True)
class Judged:
    """Everything that was predicted, and how."""

    split: Split
    looks: list[Look]
    fits: list[datetime] = field(default_factory=list)
    why_not: str = ""
    labelled: int = 0
    base_rate: float = 0.5
    """Share of labelled tickets in which it had happened, as known at the first fit."""
    known: dict[str, int] = field(default_factory=dict)
    """Training ticket → 1 or 0, where it was certain at the first fit."""
    raw: dict[str, tuple[object, ...]] = field(default_factory=dict)
    """Training ticket → the fields that the simple method reads, at the moment asked about."""
    clock: list[tuple[str, float, bool]] = field(default_factory=list)
    """Looks at training tickets: ticket, hours open, resolved."""
    technicians: float = 0.0


def split_of(train: Sequence[Ticket], test: Sequence[Ticket]) -> Split:
    """Whether the test tickets follow the training tickets in time (with their ends or without), or lie beside them."""
    first = np.quantile([begins(one).timestamp() for one in test], OVERLAP)
    last = np.quantile([begins(one).timestamp() for one in train], 1.0 - OVERLAP)
    if last > first:
        return "by_ticket"
    return "later" if any(event.kind in _ENDS for one in test for event in one.events) else "cut_off"


def judge(
    train: Sequence[Ticket], test: Sequence[Ticket], target: Target, at: At, seed: int, policy: Policy, *,
    progress: Callable[[int], None] | None = None,
) -> Judged:  # fmt: skip
    """Predictions for every asked moment of the test tickets, in the order of the test file."""
    walk = _Walk(train, test, target, at, seed, policy)
    for one in happenings(in_order([*train, *test])):
        walk.take(one)
        if progress is not None:
            progress(1)
    walk.finish()
    walk.judged.looks.sort(key=lambda look: (look.ticket, look.event))
    return walk.judged


class _Walk:
    def __init__(
        self, train: Sequence[Ticket], test: Sequence[Ticket], target: Target, at: At, seed: int, policy: Policy
    ) -> None:
        self.place = {one.id: number for number, one in enumerate(test)}
        self.train = train
        self.target: Target = target
        self.at, self.seed, self.policy = at, seed, policy
        self.desk, self.sampler = Desk(), Sampler(policy)
        self.judged = Judged(split=split_of(train, test), looks=[])
        self.model: RiskModel | None = None
        self.due = inf if self.judged.split == "by_ticket" else 0.0
        self.waiting: list[tuple[Look, Observation]] = []
        self.present: list[float] = []
        self.stands: datetime | None = None
        """Since when the desk is told nothing more."""

    def take(self, one: Happening) -> None:
        """Judges with what was learned before this event, then learns from it."""
        place = self.place.get(one.ticket.id)
        if self.judged.split == "cut_off" and place is not None and self.stands is None:
            self.stands = one.at
        learns = self.stands is None and (place is None or self.judged.split == "later")
        if self.stands is not None and place is None:
            return
        if learns:
            self.desk.tell(one)
        elif self.stands is None:
            # Told to the desk, a test ticket would show in what the training tickets' moments look like later on.
            self.desk.advance(one.at)
        if self.at != "all-events" and one.count > moments_of(one.ticket)[1]:
            # Nothing is asked this late; what comes of the ticket still has to be known.
            if learns:
                self.sampler.follow(one)
            return
        cut = cut_after(one.ticket, one.count)
        seen = observe(cut, one.at, self.desk, self.policy, desk_at=self.stands)
        if place is None and not self.judged.known:
            self._note(one, cut, seen)
        if place is not None and _asked(one, self.at):
            if one.at.timestamp() >= self.due:
                self._learn(one.at)
            self.present.append(self.desk.technicians())
            self.waiting.append((_look(place, one, cut, seen, self.target, self.policy), seen))
            if self.model is not None and len(self.waiting) >= _HELD:
                self._answer()
        if learns:
            self.sampler.see(one, self.desk, seen)

    def finish(self) -> None:
        """Judges what still waits."""
        if self.model is None or self.judged.split == "by_ticket":
            self._learn(None)
        self._answer()
        if self.present:
            self.judged.technicians = sum(self.present) / len(self.present)

    def _learn(self, at: datetime | None) -> None:
        if self.model is not None:
            self._answer()
        aged = self.judged.split != "by_ticket"
        self.model = RiskModel.fit(self.sampler, self.target, seed=self.seed, aged=aged, only=_STAGES[self.at])
        if not self.judged.known:
            ids = {one.id for one in self.train}
            self.judged.known = {id_: one for id_, one in self.sampler.certain(self.target).items() if id_ in ids}
            self.judged.base_rate = self.model.share
            self.judged.why_not, self.judged.labelled = self.model.why_not, self.model.labelled
        if at is not None:
            self.judged.fits.append(at)
            self.due = at.timestamp() + REFIT if self.judged.split == "later" else inf

    def _note(self, one: Happening, cut: Ticket, seen: Observation) -> None:
        """What the baselines learn from."""
        if self.at == "all-events":
            self.judged.clock.append((one.ticket.id, seen.hours_open, seen.resolved))
        elif _asked(one, self.at):
            self.judged.raw[one.ticket.id] = raw_fields(cut, seen)

    def _answer(self) -> None:
        if self.model is None:
            return
        told = self.model.probabilities([seen for _, seen in self.waiting])
        for (look, seen), probability in zip(self.waiting, told, strict=True):
            look.probability = CERTAIN if look.happened else float(probability)
            look.abstained = look.happened or bool(self.model.why_abstained(seen))
            self.judged.looks.append(look)
        self.waiting.clear()


def _asked(one: Happening, at: At) -> bool:
    creation, first = moments_of(one.ticket)
    return at == "all-events" or one.count == (creation if at == "creation" else first)


def _look(place: int, one: Happening, cut: Ticket, seen: Observation, target: Target, policy: Policy) -> Look:
    return Look(
        ticket=place, event=one.count, at=one.at, hours_open=seen.hours_open, resolved=seen.resolved,
        happened=target == "escalation" and bool(climbs(cut)), points=points_of(cut, policy, one.at),
        raw=raw_fields(cut, seen),
    )  # fmt: skip


def raw_fields(cut: Ticket, seen: Observation) -> tuple[object, ...]:
    """What the simple method reads: the fields of the record as they stand, hour and weekday."""
    site = cut.requester.site if cut.requester else None
    team, status, priority, category = (seen.keys[position] for position in _RAW_KEYS)
    return (
        category, cut.subcategory, cut.service, site, priority, cut.impact, cut.urgency, cut.channel, cut.type, team,
        status, seen.numbers[0], seen.numbers[1],
    )  # fmt: skip


_RAW_KEYS = tuple(KEYS.index(name) for name in ("team", "status", "priority", "category"))
