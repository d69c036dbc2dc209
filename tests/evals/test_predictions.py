"""Predictions are written in the form that the file's ending names."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest

from domain.errors import BadInput
from evals.predictions import Row, write_rows

ROWS: list[Row] = [
    {"id": "ü1", "ask": True, "questions": [{"field": "site"}]},
    {"id": "2", "ask": False, "questions": []},
]


@pytest.mark.parametrize("name", ["p.jsonl", "p.jsonl.gz", "deep/p.jsonl"])
def test_json_lines_hold_one_row_each(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_rows(path, ROWS)
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode("utf-8")
    assert [json.loads(line) for line in text.splitlines()] == ROWS


def test_csv_holds_lists_as_json(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    write_rows(path, ROWS)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ["ü1", "2"]
    assert json.loads(rows[0]["questions"]) == [{"field": "site"}]


def test_another_ending_is_refused_with_the_mend(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"\.jsonl"):
        write_rows(tmp_path / "p.txt", ROWS)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        write_rows(tmp_path / "file" / "p.jsonl", ROWS)
