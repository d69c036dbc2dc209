"""eval summary: rows in the contract's form, sentences of the turns they cite, baselines in the same call."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from domain.errors import BadInput
from domain.ticket import ActorRole
from evals import summary
from evals.dialogues import Dialogue, addressed, as_ticket, own_words
from evals.summary import run_summary

TALK = {
    "id": "d1",
    "turns": [
        {"role": "customer", "text": "ShopHelp my parcel shows delivered since Monday but nothing arrived here"},
        {"role": None, "text": "Sorry about that! Which depot is named on the card? AB <LINK>"},
        {"role": None, "text": "ShopHelp the one in Oldtown, nobody picks up the phone."},
        {"role": None, "text": "We asked the depot in Oldtown to bring the parcel tomorrow before noon. AB"},
    ],
    "summaries": ["Customer says the parcel has not arrived. Agent asked the depot to bring it tomorrow."],
}


def written(folder: Path, *rows: object, named: bool = False) -> tuple[summary.SummaryReport, list[dict[str, Any]]]:
    source, out = folder / "d.jsonl", folder / "p.jsonl"
    source.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), "utf-8")
    report = run_summary(source, out, 1, named=named)
    return report, [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def test_a_row_cites_the_turns_that_hold_its_two_sentences(tmp_path: Path) -> None:
    report, rows = written(tmp_path, TALK)
    assert rows == [
        {
            "id": "d1",
            "summary": "my parcel shows delivered since Monday but nothing arrived here. We asked the depot in Oldtown"
            " to bring the parcel tomorrow before noon.",
            "sources": [0, 3],
        }
    ]
    assert (report.verbatim, report.scored) == (1.0, 1)
    assert report.ours is not None
    assert report.ours.rouge_1.mean > report.baselines["first two turns"].rouge_1.mean


def test_speakers_are_named_when_asked_for(tmp_path: Path) -> None:
    _, rows = written(tmp_path, TALK, named=True)
    assert rows[0]["summary"].startswith("Customer: my parcel")
    assert "Agent: We asked" in rows[0]["summary"]


def test_dialogues_without_summaries_are_predicted_and_not_scored(tmp_path: Path) -> None:
    report, rows = written(tmp_path, {**TALK, "summaries": []}, {"id": "d2", "turns": []})
    assert (report.ours, report.baselines, report.scored) == (None, {}, 0)
    assert [row["id"] for row in rows] == ["d1", "d2"]
    assert rows[1] == {"id": "d2", "summary": "", "sources": []}
    assert "0 have references" in summary.render(report)


def test_broken_and_repeated_lines_are_set_aside_by_number(tmp_path: Path) -> None:
    report, rows = written(tmp_path, TALK, "oops", TALK)
    assert [one.line for one in report.rejected] == [2, 3]
    assert len(rows) == 1


def test_a_file_without_any_dialogue_is_refused_with_the_mend(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no dialogue could be read"):
        written(tmp_path, "oops")


def test_turns_that_address_the_company_are_the_customers() -> None:
    whole = as_ticket(Dialogue.model_validate(TALK))
    assert [event.role for event in whole.events] == [
        ActorRole.REQUESTER, ActorRole.TECHNICIAN, ActorRole.REQUESTER, ActorRole.TECHNICIAN,
    ]  # fmt: skip


def test_roles_that_the_file_names_are_taken() -> None:
    turns = [{"role": "agent", "text": "I see my list."}, {"role": "customer", "text": "We can wait."}]
    whole = as_ticket(Dialogue.model_validate({"id": "x", "turns": turns}))
    assert [event.role for event in whole.events] == [ActorRole.TECHNICIAN, ActorRole.REQUESTER]


def test_names_and_links_around_the_words_are_left_out_but_never_everything() -> None:
    names = addressed(["ShopHelp hello there", "Hello, how can we help?", "Hello, are you there?"])
    assert names == {"shophelp"}
    assert own_words("@ShopHelp, it is late <LINK> <LINK>", names) == "it is late"
    assert own_words("ShopHelp", names) == "ShopHelp"


@pytest.mark.shared_data
def test_two_sentences_of_real_dialogues_beat_first_and_last_turn(tmp_path: Path, shared_data: Path) -> None:
    report = run_summary(shared_data / "tweetsumm-valid.dialogues.jsonl.gz", tmp_path / "p.jsonl", 1)
    first_and_last = report.baselines["first and last turn"]
    assert report.ours is not None
    assert report.ours.rouge_1.mean >= max(31, first_and_last.rouge_1.mean + 3)
    assert report.ours.rouge_2.mean >= 13
    assert report.ours.rouge_l.mean >= 26
    assert report.verbatim == 1.0


def test_an_id_comes_back_as_it_was_written(tmp_path: Path) -> None:
    _, rows = written(tmp_path, {**TALK, "id": 12})
    assert rows[0]["id"] == 12
