"""eval routing --simulate: ways of choosing a technician on a desk with known skills, against the best possible one.

Every way routes the same tickets on a desk of its own, where those it has given out take up capacity until they are
done. Regret is what the best possible choice got more, ticket by ticket: in the true chance of a lasting fix, and in
the true usual minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np

from domain.base import Record
from domain.ports import TrackRecord
from domain.ranking import Figures, score, shrunken, typical_minutes
from evals.metrics import Estimate, bootstrap
from evals.predictions import Row, check_ending, write_rows
from evals.routing.simulator import START, Asked, Setting, SimulatedDesk, name, topic
from learning.track_record import Resolution, track_records

RUNS = 6
SIMILAR = 10
"""Most similar past tickets that vote: the latest of the topic that look alike."""
Choice = Literal["best possible", "ours", "ours without adjustment", "success rate", "similar tickets' vote", "in turn"]
CHOICES: tuple[Choice, ...] = (
    "best possible", "ours", "ours without adjustment", "success rate", "similar tickets' vote", "in turn",
)  # fmt: skip


class ChoiceResult(Record):
    """One way of choosing, over all tickets of all desks."""

    success: Estimate
    """True chance of a lasting fix."""
    success_lost: Estimate
    """Against the best possible choice."""
    minutes: Estimate
    minutes_lost: Estimate
    nobody: float
    """Share of tickets for which nobody had room; the fullest desk took them."""
    busiest: float
    """Share of the tickets that the technician with the most got."""


class SimulationReport(Record):
    """What the simulation measured, with bootstrap 95 % intervals over tickets."""

    suite: Literal["routing-simulation"] = "routing-simulation"
    setting: Setting
    desks: int
    tickets: int
    choices: dict[Choice, ChoiceResult]
    best_first: dict[Literal["adjusted", "raw"], float]
    """Share of the topics in which the truly best technician comes first by each figure."""
    seed: int
    predictions: str | None


@dataclass
class _Known:
    """What the log tells of technicians on a topic."""

    adjusted: Mapping[str, Figures]
    raw: Mapping[str, Figures]
    records: Mapping[str, TrackRecord]
    past: Sequence[tuple[Asked, Resolution]]


@dataclass
class _Floor:
    """One way's own desk while it routes."""

    setting: Setting
    busy: dict[int, list[datetime]] = field(default_factory=dict)
    turn: int = 0

    def load(self, who: int, at: datetime) -> int:
        self.busy[who] = [until for until in self.busy.get(who, []) if until > at]
        return len(self.busy[who])


@dataclass(frozen=True)
class _Question:
    """Who of `free` gets the ticket?"""

    desk: SimulatedDesk
    ticket: Asked
    known: _Known
    free: Sequence[int]
    loads: Mapping[int, int]
    floor: _Floor


def run_simulation(
    seed: int, predictions: Path | None = None, *, setting: Setting | None = None, runs: int = RUNS
) -> SimulationReport:
    """Routes tickets on `runs` desks. Raises `BadInput` when the rows cannot be written."""
    if predictions is not None:
        check_ending(predictions)
    chosen = setting or Setting()
    rows: list[Row] = []
    firsts: list[tuple[bool, bool]] = []
    for run in range(runs):
        desk = SimulatedDesk(chosen, seed * 1000 + run)
        known = _learned(desk, desk.past())
        firsts += [_best_first(desk, number, of) for number, of in known.items()]
        asked = desk.tickets(chosen.asked, START + timedelta(days=90))
        for way in CHOICES:
            rows += [{"desk": run, "way": way, **row} for row in _routed(desk, asked, known, way)]
    if predictions is not None:
        write_rows(predictions, rows)
    return SimulationReport(
        setting=chosen, desks=runs, tickets=runs * chosen.asked,
        choices={way: _result(rows, way, seed) for way in CHOICES},
        best_first={
            "adjusted": float(np.mean([one for one, _ in firsts])), "raw": float(np.mean([one for _, one in firsts])),
        },
        seed=seed, predictions=str(predictions) if predictions else None,
    )  # fmt: skip


def render(report: SimulationReport) -> str:
    """The report for people."""
    lines = [
        f"{report.tickets} tickets on {report.desks} simulated desks of {report.setting.technicians} technicians with"
        f" known skills; learned from {report.setting.past} tickets each, the hard ones given mostly to the best",
        f"{'':<26}{'lasting fixes':>24}{'lost':>24}{'minutes':>26}{'lost':>26}{'busiest':>9}",
    ]
    for way, one in report.choices.items():
        minutes, lost = (
            f"{each.mean:.1f} [{each.low:.1f}, {each.high:.1f}]" for each in (one.minutes, one.minutes_lost)
        )
        lines.append(f"{way:<26}{one.success!s:>24}{one.success_lost!s:>24}{minutes:>26}{lost:>26}{one.busiest:>9.0%}")
    lines.append(
        f"the best technician of a topic comes first by adjusted figures in {report.best_first['adjusted']:.0%} of the"
        f" topics, by raw ones in {report.best_first['raw']:.0%}"
    )
    if report.predictions:
        lines.append(f"every choice in {report.predictions}")
    return "\n".join(lines)


def _learned(desk: SimulatedDesk, past: Sequence[tuple[Asked, Resolution]]) -> dict[int, _Known]:
    teams = {name(number): "desk" for number in range(desk.setting.technicians)}
    at = START + timedelta(days=90)
    found = {}
    for number in range(desk.setting.topics):
        own = [(ticket, done) for ticket, done in past if ticket.topic == number]
        records = track_records([done for _, done in own], topic(number), at)
        plain = [one.model_copy(update={"expected_good": None, "minutes_ratio": None}) for one in records]
        found[number] = _Known(
            shrunken(records, teams), shrunken(plain, teams), {one.technician: one for one in records}, own
        )
    return found


def _best_first(desk: SimulatedDesk, number: int, known: _Known) -> tuple[bool, bool]:
    truth = desk.chances(Asked(0, START, number, True, ("high", 0.0, 0)))
    best = name(int(truth.argmax()))
    adjusted = max(known.adjusted, key=lambda one: known.adjusted[one].success)
    raw = max(known.records, key=lambda one: known.records[one].good / known.records[one].resolved)
    return adjusted == best, raw == best


def _routed(desk: SimulatedDesk, asked: Sequence[Asked], known: Mapping[int, _Known], way: Choice) -> list[Row]:
    floor = _Floor(desk.setting)
    pick = _PICKS[way]
    rows: list[Row] = []
    for ticket in asked:
        there = desk.there(ticket.at)
        loads = {who: floor.load(who, ticket.at) for who in there}
        free = [who for who in there if loads[who] < desk.setting.capacity]
        who = pick(_Question(desk, ticket, known[ticket.topic], free or there, loads, floor))
        chance, minutes = float(desk.chances(ticket)[who]), float(desk.minutes(ticket)[who])
        floor.busy.setdefault(who, []).append(ticket.at + timedelta(minutes=minutes))
        rows.append({
            "ticket_id": f"S-{ticket.number:05}", "technician": name(who), "success": chance, "minutes": minutes,
            "nobody": not free,
        })  # fmt: skip
    return rows


def _result(rows: Sequence[Row], way: Choice, seed: int) -> ChoiceResult:
    own, best = ([row for row in rows if row["way"] == one] for one in (way, "best possible"))

    def values(which: Sequence[Row], key: str) -> list[float]:
        return [float(str(row[key])) for row in which]

    def lost(key: str, sign: int) -> Estimate:
        pairs = zip(values(best, key), values(own, key), strict=True)
        return bootstrap([sign * (ideal - got) for ideal, got in pairs], seed=seed)

    most = Counter((row["desk"], row["technician"]) for row in own)
    of_desk = Counter(row["desk"] for row in own)
    return ChoiceResult(
        success=bootstrap(values(own, "success"), seed=seed), success_lost=lost("success", 1),
        minutes=bootstrap(values(own, "minutes"), seed=seed), minutes_lost=lost("minutes", -1),
        nobody=float(np.mean([bool(row["nobody"]) for row in own])),
        busiest=float(np.mean([
            max(count for (run, _), count in most.items() if run == desk) / whole for desk, whole in of_desk.items()
        ])),
    )  # fmt: skip


def _oracle(one: _Question) -> int:
    chances, minutes = one.desk.chances(one.ticket), one.desk.minutes(one.ticket)
    return max(one.free, key=lambda who: (chances[who], -minutes[who]))


def _by_score(one: _Question, figures: Mapping[str, Figures]) -> int:
    votes, typical = _votes(one), typical_minutes(figures.values())
    return max(
        one.free,
        key=lambda who: score(
            figures[name(who)], typical, votes[name(who)] / SIMILAR, False, one.loads[who], one.desk.setting.capacity
        ),
    )


def _by_rate(one: _Question) -> int:
    def rate(who: int) -> float:
        record = one.known.records.get(name(who))
        return record.good / record.resolved if record else 0.0

    return max(one.free, key=rate)


def _by_vote(one: _Question) -> int:
    votes = _votes(one)
    return max(one.free, key=lambda who: votes[name(who)])


def _in_turn(one: _Question) -> int:
    one.floor.turn += 1
    return sorted(one.free)[one.floor.turn % len(one.free)]


def _votes(one: _Question) -> Counter[str]:
    """Who resolved the most similar tickets: same topic, the most signs of hardness in common, the latest."""
    shown = one.ticket.shown

    def apart(past: tuple[Asked, Resolution]) -> tuple[int, int]:
        return sum(a != b for a, b in zip(past[0].shown, shown, strict=True)), -past[0].number

    return Counter(done.technician or "" for _, done in sorted(one.known.past, key=apart)[:SIMILAR])


_PICKS: Mapping[Choice, Callable[[_Question], int]] = {
    "best possible": _oracle,
    "ours": lambda one: _by_score(one, one.known.adjusted),
    "ours without adjustment": lambda one: _by_score(one, one.known.raw),
    "success rate": _by_rate,
    "similar tickets' vote": _by_vote,
    "in turn": _in_turn,
}
