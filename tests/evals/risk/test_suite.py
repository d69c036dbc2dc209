"""eval risk: a row for every asked moment, nothing that was known only later, a word where nothing can be learned."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.asof import cut_after
from domain.errors import BadInput
from domain.history import dump_ticket
from domain.learned import Target
from domain.ticket import Event, EventKind, Outcome, Ticket
from evals.risk.report import RiskReport, render
from evals.risk.stream import At
from evals.risk.suite import run_risk
from learning.risk.sampling import moments_of
from tests.learning.desks import made, without_outcomes

HISTORY = made(500, days=50)
CUT = HISTORY[300].created_at


def write(path: Path, tickets: Sequence[Ticket]) -> Path:
    path.write_text("\n".join(dump_ticket(one) for one in tickets), encoding="utf-8")
    return path


def run(
    tmp_path: Path, train: Sequence[Ticket], test: Sequence[Ticket], target: Target = "sla_breach",
    at: At = "first-event", name: str = "one",
) -> tuple[RiskReport, list[dict[str, str]]]:  # fmt: skip
    files = write(tmp_path / f"{name}-train.jsonl", train), write(tmp_path / f"{name}-test.jsonl", test)
    out = tmp_path / f"{name}.csv"
    report = run_risk([files[0]], [files[1]], target, at, out, 7)
    with out.open() as lines:
        return report, list(csv.DictReader(lines))


def earlier() -> list[Ticket]:
    return [one for one in HISTORY if one.created_at < CUT]


def later() -> list[Ticket]:
    return [one for one in HISTORY if one.created_at >= CUT]


def test_there_is_a_row_for_every_test_ticket_in_the_order_of_the_file(tmp_path: Path) -> None:
    shuffled = later()[::-1]
    report, rows = run(tmp_path, earlier(), shuffled)
    assert [row["ticket_id"] for row in rows] == [one.id for one in shuffled]
    assert set(rows[0]) == {"ticket_id", "at", "probability", "abstained"}
    assert report.split == "later" and report.scored == len(shuffled) and len(report.fits) >= 2
    for one, row in zip(shuffled, rows, strict=True):
        assert datetime.fromisoformat(row["at"]) == one.events[moments_of(one)[1] - 1].at


def test_all_events_gives_a_row_after_each_event(tmp_path: Path) -> None:
    test = later()[:60]
    report, rows = run(tmp_path, earlier(), test, at="all-events")
    assert [row["ticket_id"] for row in rows] == [one.id for one in test for _ in one.events]
    assert "clock_only" in report.baselines and report.by_hours
    assert "clock only" in render(report)


def test_what_is_learned_beats_every_baseline_where_there_is_something_to_learn(tmp_path: Path) -> None:
    report, _ = run(tmp_path, earlier(), later())
    assert report.learned.auc.value > 0.65
    assert report.learned.auc.value > report.baselines["points_table"].auc.value
    assert report.learned.brier.value < report.baselines["base_rate"].brier.value
    assert report.learned.ece.value < 0.12


def test_files_that_overlap_are_split_by_ticket_and_the_training_file_is_used_whole(tmp_path: Path) -> None:
    report, _ = run(tmp_path, HISTORY[::2], HISTORY[1::2], "escalation")
    assert report.split == "by_ticket" and report.fits == ()
    assert report.labelled == len(HISTORY[::2])
    assert "training tickets are used whole" in render(report)
    assert report.lead is None or report.lead.precision >= 0.8


def test_a_training_ticket_that_is_a_test_ticket_too_is_not_learned_from(tmp_path: Path) -> None:
    report, _ = run(tmp_path, HISTORY, later())
    assert report.left_out == len(later()) and report.train_tickets == len(earlier())


def test_test_tickets_without_a_word_on_what_came_of_them_are_judged_and_not_scored(tmp_path: Path) -> None:
    report, rows = run(tmp_path, earlier(), without_outcomes(later()))
    assert report.scored == 0 and len(rows) == len(later())
    assert len({row["probability"] for row in rows}) > 10


@pytest.mark.parametrize(
    ("train", "why"),
    [
        (without_outcomes(HISTORY[:200]), "no ticket says"),
        ([one.model_copy(update={"outcome": Outcome(sla_met=False)}) for one in HISTORY[:200]], "always happened"),
        (HISTORY[:30], "100 are needed"),
    ],
)
def test_too_little_to_learn_from_gives_the_base_rate_and_says_so(
    tmp_path: Path, train: list[Ticket], why: str
) -> None:
    start = HISTORY[250].created_at
    soon = [_closing_later(one) for one in HISTORY[250:300]]
    assert start > train[-1].created_at
    report, rows = run(tmp_path, train, soon)
    assert why in report.why_not and why in render(report)
    assert {row["abstained"] for row in rows} == {"True"}


def _closing_later(ticket: Ticket) -> Ticket:
    """Only what happens to a ticket at first: nothing of it can be learned while others are judged."""
    return ticket.model_copy(update={"events": ticket.events[:3]})


def test_a_file_without_tickets_and_one_with_bad_lines(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("\n")
    good = write(tmp_path / "good.jsonl", later()[:5])
    with pytest.raises(BadInput, match="no ticket with events"):
        run_risk([empty], [good], "sla_breach", "creation", tmp_path / "p.csv", 0)
    with pytest.raises(BadInput, match="every training ticket is a test ticket"):
        run_risk([good], [good], "sla_breach", "creation", tmp_path / "p.csv", 0)
    with good.open("a") as more:
        more.write("\n{broken\n")
    train = write(tmp_path / "train.jsonl", earlier())
    assert run_risk([train], [good], "sla_breach", "creation", tmp_path / "p.csv", 0).bad_lines == 1


AFTER = CUT + timedelta(days=12)


def poisoned(tickets: Sequence[Ticket], moment: datetime) -> list[Ticket]:
    """The same up to `moment`; everything later, and every end fact, is something else."""
    return [_poisoned(one, moment) for one in tickets]


def _poisoned(ticket: Ticket, moment: datetime) -> Ticket:
    kept = [event for event in ticket.events if event.at <= moment]
    closed = any(event.kind == EventKind.CLOSED for event in kept)
    if closed:
        return ticket
    wrong = [
        Event(
            id=f"x{number}", at=max(moment, kept[-1].at if kept else moment) + timedelta(hours=1 + number), kind=kind,
            team="poison", technician="poison", to="L3" if kind == EventKind.TIER else "poison", tier="L3",
        )
        for number, kind in enumerate((EventKind.ASSIGNMENT, EventKind.TIER, EventKind.PRIORITY, EventKind.CLOSED))
    ]  # fmt: skip
    return ticket.model_copy(
        update={
            "events": (*kept, *wrong), "resolution": "poison", "closure_code": "poison", "links": (),
            "resolved_at": datetime(2030, 1, 1, tzinfo=UTC), "closed_at": datetime(2031, 1, 1, tzinfo=UTC),
            "outcome": Outcome(
                sla_met=not ticket.outcome.sla_met, escalated=not ticket.outcome.escalated,
                escalated_at=datetime(2029, 1, 1, tzinfo=UTC),
            ),
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("target", "at"),
    [
        ("sla_breach", "creation"),
        ("sla_breach", "first-event"),
        ("escalation", "creation"),
        ("escalation", "first-event"),
        pytest.param("sla_breach", "all-events", marks=pytest.mark.slow),
        pytest.param("escalation", "all-events", marks=pytest.mark.slow),
    ],
)
def test_poisoning_all_that_comes_later_changes_no_prediction_made_before(
    tmp_path: Path, target: Target, at: At
) -> None:
    _, clean = run(tmp_path, earlier(), later(), target, at, "clean")
    test = poisoned([one for one in later() if one.created_at <= AFTER], AFTER)
    train = [one if one.created_at > AFTER else _poisoned(one, AFTER) for one in earlier()]
    _, dirty = run(tmp_path, train, test, target, at, "dirty")

    def before(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [row for row in rows if datetime.fromisoformat(row["at"]) <= AFTER]

    assert len(before(clean)) > 50
    assert before(dirty) == before(clean)


def test_the_poison_is_felt_after_its_moment(tmp_path: Path) -> None:
    _, clean = run(tmp_path, earlier(), later(), at="creation", name="clean")
    _, dirty = run(tmp_path, earlier(), poisoned(later(), AFTER), at="creation", name="dirty")
    assert clean != dirty


def test_a_view_that_is_cut_gives_the_same_prediction_as_the_whole_ticket(tmp_path: Path) -> None:
    """The ticket's own later events, all of them gone: by split of tickets, where nothing else can hide a leak."""
    test = HISTORY[1::2][:120]
    _, whole = run(tmp_path, HISTORY[::2], test, "escalation", "creation", "whole")
    ends = [cut_after(one, 1) for one in test]
    _, cut = run(tmp_path, HISTORY[::2], ends, "escalation", "creation", "cut")
    assert whole == cut


def test_test_tickets_cut_off_before_their_ends_do_not_look_like_a_desk_that_resolves_nothing(tmp_path: Path) -> None:
    whole, expected = run(tmp_path, earlier(), later(), name="whole")
    bare = [
        cut_after(one, moments_of(one)[1]).model_copy(update={"resolved_at": None, "closed_at": None})
        for one in later()
    ]  # fmt: skip
    report, rows = run(tmp_path, earlier(), bare, name="bare")
    assert report.split == "cut_off" and len(report.fits) == 1 and report.scored == 0
    assert "no test ticket says what came of it" in render(report)
    told = {row["ticket_id"]: float(row["probability"]) for row in expected}
    known = {one.id: not one.outcome.sla_met for one in later()}
    hit = [float(row["probability"]) for row in rows if known[row["ticket_id"]]]
    miss = [float(row["probability"]) for row in rows if not known[row["ticket_id"]]]
    assert sum(hit) / len(hit) > sum(miss) / len(miss)
    assert abs(sum(hit + miss) - sum(told.values())) / len(rows) < 0.1
    assert whole.split == "later"
