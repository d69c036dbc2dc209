"""One pass over a history: what can be learned from it, measured on its latest window, and learned again from all.

The measured models are fitted on what was known when the window began and meet its tickets as if live. The models that
are kept are fitted the same way on everything known at the end; they were not measured, the recipe was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np

from domain.asof import cut_after
from domain.learned import Target
from domain.policy.policy import Policy
from domain.ticket import Ticket
from learning.desk import Desk
from learning.drift import keep
from learning.features import KEYS, NUMBERS, Observation, observe
from learning.held_out import Judge, Listener, Window
from learning.manifest import NotLearned
from learning.measures import line_for
from learning.risk.model import RiskModel
from learning.risk.sampling import Sampler
from learning.routing.model import TeamModel
from learning.stream import happenings

CANDIDATE = "candidate"
SHORTEST = timedelta(days=5)
"""A history that spans less has no later window to measure on: one working week."""
PART_OF_HISTORY = 5
"""The window is a fifth of the history at most."""

Progress = Callable[[int], None]
Tell = Callable[[datetime | None], Iterable[Ticket]]
"""Tells the tickets that begin at or after a moment, in order of their first event; as often as it is asked."""


@dataclass(frozen=True)
class Plan:
    """What is to be learned from which window."""

    policy: Policy
    since: datetime
    """Tickets that begin earlier are not told."""
    until: datetime
    """Nothing later is known."""
    hold_out_from: datetime
    """The window begins here …"""
    hold_out_to: datetime
    """… and ends with the ticket that began last; what came of its tickets may be known later, by `until`."""
    seed: int
    share: float = 1.0
    """Of the window's tickets, those that are asked about."""
    kept: float = 1.0
    """Of all tickets, those whose look at creation is kept for the profile."""


@dataclass
class Lessons:
    """What came of it."""

    window: Window
    tickets: int = 0
    risks: dict[Target, RiskModel] = field(default_factory=dict)
    """The models to keep, each with its line."""
    lines: dict[Target, float] = field(default_factory=dict)
    measured: dict[Target, RiskModel] = field(default_factory=dict)
    teams: TeamModel | None = None
    not_learned: list[NotLearned] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    """Features that this history never has."""
    observed: list[Observation] = field(default_factory=list)
    """What a sample of the tickets looked like at creation, for later comparison."""


def plan_for(policy: Policy, first: datetime, last_begun: datetime, last: datetime, seed: int) -> Plan | str:
    """The windows of a history: its first event, when its last ticket began, its last event; or why there are none.

    A log of tickets ends with a long tail of a few that took months; the latest window is one in which tickets began.
    """
    rules = policy.learning
    since = max(first, last_begun - timedelta(days=rules.learn_from_days))
    span = last_begun - since
    if span < SHORTEST:
        days = max(1, round(span / timedelta(days=1)))
        return f"all tickets begin within {days} day{'s' if days > 1 else ''}: nothing later is left to measure on"
    held = min(timedelta(days=rules.hold_out_days), span / PART_OF_HISTORY)
    return Plan(policy, since, last, last_begun - held, last_begun, seed)


def learn(tell: Tell, plan: Plan, judges: Iterable[Judge] = (), progress: Progress | None = None) -> Lessons:
    """Learns every target of the policy that the history has labels for, and which team a ticket ends up with.

    `judges` are asked about the window as well. `progress`: called with 1 for each event of each telling.
    """
    measured = _teams(tell, plan, plan.hold_out_from, progress) if plan.policy.learning.routing else None
    speaks = measured if measured is not None and not measured.why_not else None
    lessons = _risks(tell(plan.since), plan, speaks, judges, progress)
    if measured is not None and speaks is None:
        lessons.not_learned.append(NotLearned(what="routing", why=measured.why_not))
    elif measured is not None:
        lessons.teams = _teams(tell, plan, plan.until, progress)
    return lessons


def _teams(tell: Tell, plan: Plan, until: datetime, progress: Progress | None) -> TeamModel:
    return TeamModel.fit(tell(plan.since), seed=plan.seed, until=until, progress=progress)


def _risks(
    tickets: Iterable[Ticket], plan: Plan, teams: TeamModel | None, judges: Iterable[Judge], progress: Progress | None
) -> Lessons:
    sampler, desk, presence = Sampler(plan.policy), Desk(), _Presence()
    lessons = Lessons(Window(plan.hold_out_from, plan.hold_out_to))
    listener: Listener | None = None
    for happening in happenings(tickets):
        if happening.at > plan.until:
            break
        if listener is None and happening.at >= plan.hold_out_from:
            lessons.absent = presence.absent
            lessons.measured = _fitted(sampler, plan, lessons, presence)
            asked = {target: model.opinion_on for target, model in lessons.measured.items()}
            listener = Listener(
                (Judge(CANDIDATE, asked, teams), *judges), plan.policy, plan.policy.learning.targets, lessons.window,
                plan.share,
            )  # fmt: skip
        desk.tell(happening)
        cut = cut_after(happening.ticket, happening.count)
        seen = observe(cut, happening.at, desk, plan.policy)
        presence.note(seen)
        if happening.count == 1 and keep(happening.ticket.id, plan.kept):
            lessons.observed.append(seen)
        sampler.see(happening, desk, _masked(seen, plan.policy.learning.leave_out))
        if listener is not None:
            listener.take(happening, cut, seen, desk)
        if progress is not None:
            progress(1)
    if listener is not None:
        lessons.window = listener.closed()
    lessons.tickets = sampler.tickets
    for target in lessons.measured:
        model = RiskModel.fit(sampler, target, seed=plan.seed)
        lessons.labels[target] = model.labelled
        lessons.lines[target] = _line(lessons.window, target, plan, len(lessons.measured))
        lessons.risks[target] = model.with_line(lessons.lines[target])
    return lessons


def _fitted(sampler: Sampler, plan: Plan, lessons: Lessons, presence: _Presence) -> dict[Target, RiskModel]:
    """The models that can be learned from what is known so far; why the others cannot goes into `lessons`."""
    found: dict[Target, RiskModel] = {}
    rules = plan.policy.learning
    missing = [name for name in rules.require if name in presence.absent]
    for target in rules.targets:
        if missing:
            lessons.not_learned.append(
                NotLearned(what=target, why=f"learning.yaml requires {missing[0]}, which this history never has")
            )
            continue
        model = RiskModel.fit(sampler, target, seed=plan.seed)
        lessons.labels[target] = model.labelled
        why = model.why_not or _too_few(model, rules.fewest_labels)
        if why:
            lessons.not_learned.append(NotLearned(what=target, why=why))
        else:
            found[target] = model
    return found


def _too_few(model: RiskModel, fewest: int) -> str:
    rarer = round(min(model.share, 1 - model.share) * model.labelled)
    if model.labelled < fewest:
        return f"{model.labelled} tickets with a known end before the held-out window; learning.yaml asks for {fewest}"
    if rarer < fewest // 10:
        return f"only {rarer} of {model.labelled} tickets are of the rarer kind; {fewest // 10} are needed"
    return ""


def _line(window: Window, target: Target, plan: Plan, targets: int) -> float:
    """`drawn_line` of the window for this target's part of the capacity."""
    rules = plan.policy.learning
    alerts = int(rules.alerts_per_technician_day * window.technician_days * _asked(window) / targets)
    asked = [one.said[CANDIDATE, target] for one in window.held if (CANDIDATE, target) in one.said]
    return drawn_line([one.peak for one in asked], alerts, rules.least_probability)


def _asked(window: Window) -> float:
    begun = len(window.held) + window.left_out
    return len(window.held) / begun if begun else 1.0


def drawn_line(peaks: Sequence[float], alerts: int, least: float) -> float:
    """The probability from which, had it been the line, so many alerts would have come at most, going by the highest
    probability of each ticket; never below `least`, and that where no capacity is known."""
    line = line_for(np.asarray(peaks, dtype=np.float64), alerts) if peaks and alerts > 0 else 0.0
    return min(1.0, max(line, least))


class _Presence:
    """Which features a history ever has."""

    def __init__(self) -> None:
        self._numbers = np.zeros(len(NUMBERS), dtype=bool)
        self._keys = [False] * len(KEYS)

    def note(self, seen: Observation) -> None:
        self._numbers |= ~np.isnan(np.asarray(seen.numbers))
        self._keys = [had or value is not None for had, value in zip(self._keys, seen.keys, strict=True)]

    @property
    def absent(self) -> tuple[str, ...]:
        numbers = [name for name, had in zip(NUMBERS, self._numbers, strict=True) if not had]
        return (*numbers, *(name for name, had in zip(KEYS, self._keys, strict=True) if not had))


def _masked(seen: Observation, left_out: tuple[str, ...]) -> Observation:
    """The observation without the features that policy leaves out; a model never sees them, so it cannot use them."""
    if not left_out:
        return seen
    return replace(
        seen,
        numbers=tuple(
            float("nan") if name in left_out else value for name, value in zip(NUMBERS, seen.numbers, strict=True)
        ),
        keys=tuple(None if _uses(name, left_out) else value for name, value in zip(KEYS, seen.keys, strict=True)),
    )


def _uses(name: str, left_out: tuple[str, ...]) -> bool:
    """A pair of keys goes with either of its two."""
    return name in left_out or any(part in left_out for part in name.split(" × "))


def features_used(models: Mapping[Target, RiskModel]) -> tuple[str, ...]:
    """The features that any of the models reads, by name."""
    tables = [table for model in models.values() for stage in model.stages.values() for table in stage.numbers]
    keys = [table for model in models.values() for stage in model.stages.values() for table in stage.keys]
    return tuple(sorted({one.feature for one in tables} | {one.feature for one in keys}))
