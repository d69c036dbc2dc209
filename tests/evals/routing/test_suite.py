"""The routing suite: its rows, its figures, and what it says where there is little to say."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from domain.errors import BadInput
from domain.history import dump_ticket
from domain.ticket import Ticket
from evals.routing.suite import render, run_routing
from tests.learning.routing.made import history


def _file(path: Path, tickets: list[Ticket], *extra: str) -> Path:
    path.write_text("".join(line + "\n" for line in (*(dump_ticket(one) for one in tickets), *extra)))
    return path


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def test_a_split_by_time_has_one_row_for_each_test_ticket_in_the_order_of_the_file(tmp_path: Path) -> None:
    tickets = history(300, seed=4, text=False)
    asked = tickets[240:][::-1]
    train, test = _file(tmp_path / "a.jsonl", tickets[:240]), _file(tmp_path / "b.jsonl", asked, "{no json")
    out = tmp_path / "p.csv"
    report = run_routing([train], [test], out, "first-assignment", 1)
    rows = _rows(out)
    assert [row["ticket_id"] for row in rows] == [one.id for one in asked]
    assert list(rows[0]) == [
        "ticket_id", "at", "team_1", "team_2", "team_3", "team_4", "team_5", "p_1", "p_2", "p_3", "p_4", "p_5",
        "abstained",
    ]  # fmt: skip
    assert rows[0]["at"] == asked[0].events[1].at.isoformat()
    assert report.split == "by time"
    assert len(report.rejected) == 1
    assert report.ways["walking-forward"].top_1.mean > 0.75
    assert report.baselines["left in its first team"].top_1.mean == 0
    assert report.ways["frozen"].top_1.mean > report.baselines["most frequent"].top_1.mean
    assert "walking forward" in render(report)
    assert json.loads(report.model_dump_json())["suite"] == "routing"


def test_tickets_side_by_side_in_time_are_learned_from_whole(tmp_path: Path) -> None:
    tickets = history(300, seed=5, ends=False)
    train = _file(tmp_path / "a.jsonl", [one for n, one in enumerate(tickets) if n % 3])
    test = _file(tmp_path / "b.jsonl", tickets[::3])
    report = run_routing([train], [test], tmp_path / "p.jsonl", "creation", 1)
    assert (report.split, report.learned_from, report.scored) == ("side by side", 200, 100)
    assert report.ways["frozen"].top_1.mean > 0.75


def test_what_comes_after_a_question_changes_no_answer(tmp_path: Path) -> None:
    tickets = history(260, seed=6, text=False)
    train, test = _file(tmp_path / "a.jsonl", tickets[:200]), _file(tmp_path / "b.jsonl", tickets[200:])
    run_routing([train], [test], tmp_path / "p.csv", "creation", 1)
    moment = tickets[230].created_at
    poisoned = [
        one.model_copy(update={"events": tuple(
            event if event.at <= moment else event.model_copy(update={"team": "poison", "technician": "poison"})
            for event in one.events
        ), "resolution": "poison"})
        for one in tickets
    ]  # fmt: skip
    _file(train, poisoned[:200])
    _file(test, poisoned[200:])
    run_routing([train], [test], tmp_path / "q.csv", "creation", 1)
    assert _rows(tmp_path / "p.csv")[:31] == _rows(tmp_path / "q.csv")[:31]
    assert _rows(tmp_path / "p.csv")[31:] != _rows(tmp_path / "q.csv")[31:]


@pytest.mark.parametrize("train", [history(30), history(60, teams=1, stray=0)], ids=["thirty tickets", "one team"])
def test_where_little_was_learned_every_row_abstains(tmp_path: Path, train: list[Ticket]) -> None:
    test = history(100, seed=8)[80:]
    files = _file(tmp_path / "a.jsonl", train), _file(tmp_path / "b.jsonl", test)
    report = run_routing([files[0]], [files[1]], tmp_path / "p.csv", "creation", 0)
    rows = _rows(tmp_path / "p.csv")
    assert {row["abstained"] for row in rows} == {"True"}
    assert report.why_not in render(report)
    assert rows[0]["team_5"] == ""


def test_without_any_assignment_there_are_rows_without_teams(tmp_path: Path) -> None:
    bare = [one.model_copy(update={"events": one.events[:1]}) for one in history(70)]
    files = _file(tmp_path / "a.jsonl", bare[:60]), _file(tmp_path / "b.jsonl", bare[60:])
    report = run_routing([files[0]], [files[1]], tmp_path / "p.csv", "first-assignment", 0)
    assert (report.scored, report.ways) == (0, {})
    assert {row["team_1"] for row in _rows(tmp_path / "p.csv")} == {""}
    assert "0 of 10" in render(report)


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    files = _file(tmp_path / "a.jsonl", history(5)), _file(tmp_path / "b.jsonl", [])
    with pytest.raises(BadInput, match=r"b\.jsonl: no ticket"):
        run_routing([files[0]], [files[1]], tmp_path / "p.csv", "creation", 0)


def test_texts_alone_without_a_requester_are_enough_for_every_baseline(tmp_path: Path) -> None:
    tickets = [
        one.model_copy(
            update={"requester": None, "events": (one.events[0].model_copy(update={"actor": None}), *one.events[1:])}
        )
        for one in history(160, seed=8)
    ]
    train, test = _file(tmp_path / "a.jsonl", tickets[:120]), _file(tmp_path / "b.jsonl", tickets[120:])
    report = run_routing([train], [test], tmp_path / "p.csv", "creation", 1)
    best = report.baselines["most frequent"].top_1.mean
    assert report.baselines["linear SVM"].top_1.mean > best


def test_training_tickets_that_are_all_asked_about_leave_nothing_to_learn_from(tmp_path: Path) -> None:
    both = _file(tmp_path / "a.jsonl", history(20, seed=8))
    with pytest.raises(BadInput, match="every training ticket is a test ticket too"):
        run_routing([both], [both], tmp_path / "p.csv", "creation", 1)
