"""The suites handoff, knowledge and missing: rows in the contract's form, and figures that add up."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from evals import handoff, knowledge, missing
from evals.handoff import run_handoff
from evals.knowledge import is_final_note, run_knowledge
from evals.missing import first_message, run_missing
from tests.domain.made import answered, event, ticket, wrote
from tests.evals.made import OPEN, SOLVED, gold, history


def rows(path: Path) -> dict[str, Any]:
    return {row["id"]: row for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())}


def test_handoff_rows_cite_events_and_nothing_leaks(tmp_path: Path) -> None:
    done: list[int] = []
    report = run_handoff(history(tmp_path, extra=("oops",)), tmp_path / "p.jsonl", 1, done.append)
    row = rows(tmp_path / "p.jsonl")["T-1"]
    assert set(row) == {"id", "handoff", "requester_text", "claims"}
    assert {"text": "We renewed the certificate on the gateway.", "sources": ["e1"]} in row["claims"]
    assert "paid" not in row["requester_text"]
    assert (report.tickets, report.leaking, report.grounded.mean, done) == (2, 0, 1.0, [1, 2])
    assert report.claims == sum(len(one["claims"]) for one in rows(tmp_path / "p.jsonl").values())
    assert "line 3 set aside" in handoff.render(report)


def test_the_baseline_that_copies_the_latest_message_is_seen_to_leak(tmp_path: Path) -> None:
    leaky = ticket(*SOLVED.events[1:3], body="The VPN tunnel does not connect.")
    assert run_handoff(history(tmp_path, leaky), tmp_path / "p.jsonl", 1).leaking_baseline == 1


def test_knowledge_rows_draft_or_refuse(tmp_path: Path) -> None:
    report = run_knowledge(history(tmp_path), tmp_path / "p.jsonl", 1)
    written = rows(tmp_path / "p.jsonl")
    assert set(written["T-1"]) == {"id", "decision", "article", "claims", "questions"}
    assert (written["T-1"]["decision"], written["T-2"]["decision"]) == ("new", "refuse")
    assert written["T-1"]["article"]["resolution"] == ["We renewed the certificate on the gateway."]
    assert written["T-2"]["article"]["resolution"] == []
    assert 2 <= len(written["T-2"]["questions"]) <= 4
    assert report.decisions == {"new": 1, "refuse": 1}
    assert (report.supported.mean, report.refused_on_first_message.mean, report.with_addresses) == (1, 1, 0)
    assert report.gold is None


def test_knowledge_is_measured_against_the_notes_of_staff(tmp_path: Path) -> None:
    report = run_knowledge(history(tmp_path), tmp_path / "p.jsonl", 1, gold(tmp_path))
    assert report.gold is not None
    assert (report.gold.notes, report.gold.solved, report.gold.drafted_when_solved.mean) == (1, 1, 1)
    assert 50 < report.gold.drafts.rouge_1.mean <= 100
    assert "ROUGE-1" in knowledge.render(report)


def test_a_write_up_with_its_headings_is_a_final_note() -> None:
    write_up = answered(1, 1, "1- executive summary: all. 2- problem description: x. 3- corrective action: y.")
    assert is_final_note(write_up)
    assert not is_final_note(answered(2, 2, "Root cause: the certificate."))
    assert not is_final_note(wrote(3, 3, write_up.body or ""))


def test_missing_rows_score_the_first_message_and_ask(tmp_path: Path) -> None:
    report = run_missing(history(tmp_path), tmp_path / "p.jsonl", 1, gold(tmp_path))
    row = rows(tmp_path / "p.jsonl")["T-2"]
    assert set(row) == {"id", "score", "ask", "questions"}
    assert row["ask"] is True and 0 <= row["score"] <= 1
    assert {"field", "text", "to"} == set(row["questions"][0])
    assert report.gold is not None and report.gold.threads == 2
    assert "chance" in missing.render(report)


def test_missing_sees_nothing_after_the_first_message() -> None:
    first = event(1, 0, "comment", by="r1", role="requester", visibility="public", body="It is broken.")
    before = OPEN.model_copy(update={"events": (first,), "subject": None})
    after_it = before.model_copy(update={"events": (first, wrote(2, 5, "Error 0x1 on Windows 11."))})
    assert first_message(before) == first_message(after_it) == "It is broken."


def test_a_message_that_tells_everything_leaves_less_open_than_one_that_tells_nothing(tmp_path: Path) -> None:
    full = ticket(
        id="T-3",
        body="Since yesterday 14:10 the client 5.2.1 on Windows says 'error 0x80070005' when I open order 4500123456;"
        " all users here are affected. I restarted already. Screenshot attached.",
    )
    run_missing(history(tmp_path, OPEN, full), tmp_path / "p.jsonl", 1)
    written = rows(tmp_path / "p.jsonl")
    assert written["T-3"]["score"] < written["T-2"]["score"]
    assert written["T-3"]["ask"] is False and written["T-3"]["questions"] == []


def test_the_same_seed_gives_the_same_report(tmp_path: Path) -> None:
    path = history(tmp_path)
    assert run_knowledge(path, tmp_path / "p.jsonl", 7) == run_knowledge(path, tmp_path / "p.jsonl", 7)


@pytest.mark.shared_data
def test_real_threads_give_grounded_claims_no_leaks_and_beat_the_simple_draft(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    data = Path(os.environ.get("TIERWISE_SHARED_DATA", root))
    threads, notes = data / "helpdesk-threads.jsonl.gz", data / "helpdesk-threads.gold.jsonl.gz"
    if not threads.exists():
        pytest.skip("the shared data set helpdesk-threads is not here; set TIERWISE_SHARED_DATA")
    told = run_handoff(threads, tmp_path / "h.jsonl", 1)
    assert (told.leaking, told.grounded.low) == (0, 1.0)
    drafted = run_knowledge(threads, tmp_path / "k.jsonl", 1, notes)
    assert drafted.refused_on_first_message.mean >= 0.95
    assert drafted.supported.low == 1.0
    assert drafted.gold is not None
    assert drafted.gold.drafted_when_solved.mean >= 0.8
    assert drafted.gold.drafts.rouge_1.mean > drafted.gold.baseline.rouge_1.mean + 3
