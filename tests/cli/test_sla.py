"""`tierwise sla` and `tierwise eval sla`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.storage.store import Store
from app.data_dir import DataDir
from cli.main import app
from domain.errors import BadInput, NotFound
from domain.history import parse_ticket

POLICY = Path(__file__).parents[2] / "policies" / "default"
TICKET = {
    "id": "INC-1", "priority": "high", "created_at": "2026-03-27T16:30:00Z",
    "events": [{"id": "e1", "at": "2026-03-27T16:30:00Z", "kind": "created"}],
}  # fmt: skip


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(name="options")
def of_a_file(tmp_path: Path) -> list[str]:
    (tmp_path / "ticket.json").write_text(json.dumps(TICKET))
    return [
        "sla", "--file", str(tmp_path / "ticket.json"), "--policy", str(POLICY), "--data-dir", str(tmp_path / "data"),
        "--at", "2026-03-30T12:00:00Z",
    ]  # fmt: skip


def test_a_ticket_of_a_file_is_explained_row_by_row(options: list[str]) -> None:
    text = run(*options)

    assert "Ticket INC-1" in text
    assert "2026-03-27 18:00 GMT    2026-03-30 08:00 BST" in text


def test_a_ticket_of_the_data_directory_is_read_under_its_policy(tmp_path: Path) -> None:
    folder = DataDir(tmp_path / "data")
    folder.create()
    store = Store.open(folder.records)
    store.put_tickets("default", [parse_ticket(json.dumps(TICKET))])
    store.close()

    text = run("sla", "INC-1", "--data-dir", str(tmp_path / "data"), "--policy", str(POLICY), "--tenant", "default")

    assert text.startswith("Ticket INC-1, read at ")
    with pytest.raises(NotFound):
        run("sla", "INC-2", "--data-dir", str(tmp_path / "data"), "--policy", str(POLICY), "--tenant", "default")


def test_one_minute_is_explained(options: list[str]) -> None:
    assert "off hours" in run(*options, "--minute", "2026-03-29T01:30:00Z").splitlines()[0]


def test_json_holds_clocks_rows_and_the_explanation(options: list[str]) -> None:
    found = json.loads(run(*options, "--json", "--minute", "2026-03-27T17:00:00Z"))

    assert [one["clock"] for one in found["clocks"]] == list(found["ledger"])
    assert found["explained"][0]["used_before"] == 30


def test_bad_moments_and_nothing_to_read_are_said(options: list[str]) -> None:
    for arguments, said in (
        ((*options, "--minute", "noon"), "--minute noon"),
        ((*options[:-1], "2026-03-30T12:00:00"), "no zone"),
        ((*options[:-1], "2020-01-01T00:00:00Z"), "creation"),
        ((*options[:-1], "9999-12-31T23:59:59Z"), "ahead"),
        ((*options[:-1], "9999-12-31T23:59:59-14:00"), "in no year"),
        (("sla",), "either a ticket or a file"),
    ):
        with pytest.raises(BadInput, match=said):
            run(*arguments)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "ticket.json").write_bytes(bytes(range(256)))

    for command in (("sla", "--file"), ("assess",)):
        with pytest.raises(BadInput, match=r"ticket\.json: not UTF-8 text"):
            run(*command, str(tmp_path / "ticket.json"))


def test_the_suite_prints_its_report_and_writes_its_rows(tmp_path: Path) -> None:
    found = json.loads(run("eval", "sla", "--predictions", str(tmp_path / "rows.jsonl"), "--json"))
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]

    assert found["right"] == found["questions"] == len(rows)
    assert all(set(row) == {"id", "expected", "got", "ok"} and row["ok"] for row in rows)


def test_the_oracle_is_asked_for_so_many_cases(tmp_path: Path) -> None:
    found = json.loads(run("eval", "sla", "--oracle", "5", "--seed", "9", "--json"))

    assert (found["cases"], found["agreeing"], found["seed"]) == (5, 5, 9)
    run("eval", "sla", "--questions", str(tmp_path / "q.jsonl"))
    assert json.loads((tmp_path / "q.jsonl").read_text().splitlines()[0])["ask"][0]["answer"]
