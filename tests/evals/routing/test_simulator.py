"""A desk with known skills shows what a way of choosing costs, and what a value from a log is worth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evals.routing.simulated import SimulationReport, render, run_simulation
from evals.routing.simulator import START, Asked, Setting, SimulatedDesk, topic
from learning.off_policy import expected_rewards, policy_value, propensities

SMALL = Setting(technicians=8, topics=3, past=1500, asked=150, skill=0.15)


@pytest.fixture(scope="module")
def report() -> SimulationReport:
    return run_simulation(5, setting=SMALL, runs=4)


def test_ours_loses_less_than_taking_turns_voting_and_raw_success(report: SimulationReport) -> None:
    lost = {way: one.success_lost.mean for way, one in report.choices.items()}
    assert lost["best possible"] == 0
    assert lost["ours"] < min(
        lost["in turn"], lost["similar tickets' vote"], lost["success rate"], lost["ours without adjustment"]
    )
    assert report.choices["ours"].success_lost.high < report.choices["in turn"].success_lost.low


def test_who_takes_the_hard_tickets_comes_first_by_adjusted_figures_and_not_by_raw_ones(
    report: SimulationReport,
) -> None:
    assert report.best_first["adjusted"] > 2 * report.best_first["raw"]


def test_the_best_are_not_buried_under_tickets(report: SimulationReport) -> None:
    assert report.choices["ours"].busiest < 2 / SMALL.technicians


def test_the_same_seed_gives_the_same_report_and_every_choice_is_written(tmp_path: Path) -> None:
    tiny = Setting(technicians=4, topics=2, past=200, asked=20)
    first = run_simulation(1, tmp_path / "a.csv", setting=tiny, runs=1)
    again = run_simulation(1, tmp_path / "b.csv", setting=tiny, runs=1)
    assert first.choices == again.choices
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 1 + 6 * 20
    assert "in turn" in render(first)


def _kind(ticket: Asked, desk: SimulatedDesk) -> str:
    return f"{topic(ticket.topic)} {ticket.hard} {desk.there(ticket.at)[0]}"


def test_the_value_of_taking_turns_is_read_from_a_log_that_preferred_the_best() -> None:
    held, naive = [], []
    for seed in range(20):
        desk = SimulatedDesk(Setting(technicians=6, topics=2, past=800), seed)
        past = desk.past()
        kinds = [_kind(ticket, desk) for ticket, _ in past]
        taken = np.asarray([int((done.technician or "t00")[1:]) for _, done in past])
        reward = np.asarray([float(done.spoiled_at is None) for _, done in past])
        target = np.zeros((len(past), 6))
        for row, (ticket, _) in enumerate(past):
            there = desk.there(ticket.at)
            target[row, there] = 1 / len(there)
        truth = float(np.mean([desk.chances(ticket)[desk.there(ticket.at)].mean() for ticket, _ in past]))
        value = policy_value(
            taken, reward, propensities(kinds, taken, 6), target, expected_rewards(kinds, taken, reward, 6), seed=seed
        )
        held.append(value.doubly_robust.low <= truth <= value.doubly_robust.high)
        naive.append(value.logged.low <= truth <= value.logged.high)
    assert np.mean(held) >= 0.85
    assert np.mean(naive) < np.mean(held)


def test_by_day_and_by_night_other_technicians_are_there() -> None:
    desk = SimulatedDesk(SMALL, 0)
    day, night = desk.there(START.replace(hour=12)), desk.there(START.replace(hour=2))
    assert not set(day) & set(night)
    assert len(day) + len(night) == SMALL.technicians
