from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from domain.errors import BadInput
from evals.outbreaks.planting import plant
from evals.outbreaks.simulator import START, Desk, simulate
from evals.outbreaks.suite import run_history, run_simulation

SMALL = Desk(weeks=10, tickets_per_week=200)


def test_the_same_seed_gives_the_same_desk_and_the_same_bursts() -> None:
    one, two = simulate(SMALL, 3), simulate(SMALL, 3)
    assert one == two
    assert plant(one, START + timedelta(weeks=4), 5) == plant(two, START + timedelta(weeks=4), 5)
    assert simulate(SMALL, 4) != one


def test_planted_bursts_lie_in_the_stream_in_order_of_time() -> None:
    mixed, truth = plant(simulate(SMALL, 1), START + timedelta(weeks=4), 1)
    assert [one.at for one in mixed] == sorted(one.at for one in mixed)
    for burst in truth:
        own = [one for one in mixed if one.ticket_id.startswith(f"{burst.id}-")]
        assert (len(own), own[0].at, own[-1].at) == (burst.size, burst.start, burst.end)


def test_the_suite_reports_detectors_at_no_more_other_alarms_than_the_watch(tmp_path: Path) -> None:
    file = tmp_path / "alarms.jsonl"
    report = run_simulation(file, 2, desk=SMALL)
    ours, _, fixed, flat = report.scores
    assert fixed.other_alarms_per_week.mean <= ours.other_alarms_per_week.mean + 1e-9
    assert flat.other_alarms_per_week.mean <= ours.other_alarms_per_week.mean + 1e-9
    assert ours.planted == fixed.planted == flat.planted > 0
    assert len(file.read_text().splitlines()) == report.alarms


def test_large_outbreaks_are_found_and_within_the_hour() -> None:
    ours = run_simulation(None, 2, desk=SMALL).scores[0]
    assert ours.detected_by_size["20"] >= 0.8
    assert ours.median_minutes is not None and ours.median_minutes <= 60


def test_a_history_too_short_to_plant_in_says_so(tmp_path: Path) -> None:
    file = tmp_path / "short.jsonl"
    file.write_text(
        json.dumps(
            {
                "id": "T-1", "created_at": "2026-01-05T09:00:00Z",
                "events": [{"id": "e1", "at": "2026-01-05T09:00:00Z", "kind": "created"}],
            }
        )
    )  # fmt: skip
    with pytest.raises(BadInput, match="shorter than five weeks"):
        run_history(file, None, 0)
    assert run_history(file, None, 0, runs=0).alarms == 0


@pytest.mark.slow
def test_a_year_of_strong_mondays_without_an_outbreak_keeps_the_budget_and_mondays_are_not_to_blame() -> None:
    report = run_simulation(None, 1, runs=0)
    expected = report.budget_per_week * (report.weeks - 2)
    # The 99.9 % quantile of a Poisson count with this mean, by its normal approximation.
    assert report.alarms <= expected + 3.1 * expected**0.5
    share = report.tickets_by_weekday["Mon"]
    mondays = report.alarms_by_weekday.get("Mon", 0)
    assert mondays <= report.alarms * share + 3.1 * (report.alarms * share * (1 - share)) ** 0.5
