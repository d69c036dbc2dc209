"""Bad lines are set aside by number, unreadable files are refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from domain.errors import BadInput
from domain.history import dump_ticket
from evals.threads import read_gold, read_threads
from tests.evals.made import SOLVED, gold, history


def test_a_bad_line_and_a_duplicate_are_set_aside_and_the_rest_is_read(tmp_path: Path) -> None:
    threads = read_threads(history(tmp_path, extra=("{not json", "", dump_ticket(SOLVED))))
    assert [one.id for one in threads.tickets] == ["T-1", "T-2"]
    assert [one.line for one in threads.rejected] == [3, 5]
    assert "JSON" in threads.rejected[0].error


def test_a_gzipped_history_is_read(tmp_path: Path) -> None:
    path = tmp_path / "h.jsonl.gz"
    path.write_bytes(gzip.compress(dump_ticket(SOLVED).encode()))
    assert read_threads(path).tickets == (SOLVED,)


@pytest.mark.parametrize("content", [b"", b"{}\n", b"\xff\xfe\n"])
def test_a_file_without_a_ticket_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "h.jsonl"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"h\.jsonl"):
        read_threads(path)


def test_a_cut_off_gzip_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "h.jsonl.gz"
    path.write_bytes(gzip.compress(dump_ticket(SOLVED).encode() * 50)[:-20])
    for wrong in (path, tmp_path / "absent.jsonl"):
        with pytest.raises(BadInput, match="cannot be read"):
            read_threads(wrong)


def test_gold_is_read_by_id_and_a_wrong_line_is_named(tmp_path: Path) -> None:
    path = gold(tmp_path)
    note = read_gold(path)["T-1"].resolution_note
    assert note is not None and note.text == "VPN tunnel does not connect renewed the certificate"
    path.write_text('{"id": "a"}\n[]\n')
    with pytest.raises(BadInput, match="line 2"):
        read_gold(path)
