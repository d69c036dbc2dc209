"""A bad line is set aside with its number and the mend; the rest of the file is read."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from pydantic import JsonValue

from adapters.history_file import LONGEST_LINE, read_history
from domain.errors import BadInput
from domain.history import dump_ticket
from tests.tickets import ticket

GOOD: dict[str, JsonValue] = {
    "id": "T-2", "created_at": "2026-03-01T09:00:00Z",
    "events": [
        {"id": "e1", "at": "2026-03-01T09:00:00Z", "kind": "created"},
        {"id": "e2", "at": "2026-03-01T10:00:00Z", "kind": "field", "field": "cost", "to": 3},
    ],
}  # fmt: skip
TEXT = json.dumps(GOOD)
BAD: dict[str, tuple[bytes, str]] = {
    "not JSON": (b"{id: T-2}", "write one JSON object on each line"),
    "cut off": (TEXT[:-3].encode(), "write one JSON object on each line"),
    "a list": (b"[]", "expected an object, got list; write one JSON object on each line"),
    "a number": (b"7", "expected an object, got int"),
    "nested without end": (b"[" * 100_000, "write one JSON object on each line"),
    "no id": (TEXT.replace('"id": "T-2", ', "").encode(), "id: Field required; add the key"),
    "empty id": (TEXT.replace("T-2", "").encode(), "write at least one character"),
    "a number as id": (TEXT.replace('"T-2"', "2").encode(), "id: Input should be a valid string; write a string"),
    "unknown key": (TEXT.replace('"cost"', '"cost", "hue": 1').encode(), "events.1.hue: .*check its spelling"),
    "unknown kind": (TEXT.replace('"created"', '"made"').encode(), "events.0.kind: .*use one of the values in"),
    "events missing": (b'{"id": "T-2", "created_at": "2026-03-01T09:00:00Z"}', "events: Field required; add the key"),
    "events in disorder": (TEXT.replace("T10", "T08").encode(), "events.1.at: earlier than the event before it; order"),
    "event id twice": (TEXT.replace("e2", "e1").encode(), "events.1.id: 'e1' occurs twice; give each event"),
    "naive": (TEXT.replace("T10:00:00Z", "T10:00:00").encode(), "events.1.at: .*write the zone, for example"),
    "a date": (TEXT.replace("T10:00:00Z", "").encode(), "events.1.at: .*write the zone"),
    "seconds since 1970": (TEXT.replace("2026-03-01T10:00:00Z", "1772359200").encode(), "events.1.at: .*RFC 3339"),
    "seconds as a number": (TEXT.replace('"2026-03-01T10:00:00Z"', "1772359200").encode(), "write an RFC 3339"),
    "year 9999": (TEXT.replace("2026-03-01T10", "9999-12-31T23").encode(), "outside 1970–2200; leave the key out"),
    "year 1": (TEXT.replace("2026-03-01T09", "0001-01-01T00").encode(), "outside 1970–2200; leave the key out"),
    "NaN": (TEXT.replace("3}", "NaN}").encode(), "NaN is not JSON"),
    "infinity": (TEXT.replace("3}", "1e999}").encode(), "events.1.to: the number is too large"),
    "too many digits": (TEXT.replace("3}", "9" * 5000 + "}").encode(), "not JSON"),
    "NUL": (TEXT.replace("cost", "co\x00st").encode(), "NUL character; remove U\\+0000"),
    "escaped NUL": (TEXT.replace("cost", "co\\u0000st").encode(), "events.1.field: holds a NUL character; remove"),
    "lone surrogate": (TEXT.replace("cost", "\\ud83d").encode(), "events.1.field: a lone surrogate at character 0"),
    "lone surrogate in the id": (TEXT.replace("T-2", "\\ud83d").encode(), "id: "),
    "not UTF-8": ("é".encode("latin-1") + TEXT.encode(), "not UTF-8 at byte 0; save the file as UTF-8"),
    "too long": (b'"' + b"x" * 5_000_000 + b'"', "longer than 4,000,000 bytes; shorten the bodies"),
}  # fmt: skip


def _file(folder: Path, *lines: bytes, name: str = "h.jsonl") -> Path:
    path = folder / name
    whole = b"\n".join(lines)
    path.write_bytes(gzip.compress(whole) if name.endswith(".gz") else whole)
    return path


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("name", ["h.jsonl", "h.jsonl.gz"])
def test_a_bad_line_is_set_aside_with_its_mend_and_the_rest_is_read(tmp_path: Path, case: str, name: str) -> None:
    bad, mend = BAD[case]
    before, after = dump_ticket(ticket("T-1")).encode(), dump_ticket(ticket("T-3")).encode()
    first, middle, last = read_history(_file(tmp_path, before, bad, after, name=name))
    assert first.ticket == ticket("T-1") and last.ticket == ticket("T-3")
    assert (middle.number, middle.ticket) == (2, None)
    assert middle.error is not None and re.search(mend, middle.error), middle.error


def test_the_good_line_of_these_tests_is_good(tmp_path: Path) -> None:
    [line] = read_history(_file(tmp_path, TEXT.encode()))
    assert line.error is None


def test_text_that_only_spells_an_escape_is_kept(tmp_path: Path) -> None:
    written = ticket(body="Type \\u0000 and \\ud83d into C:\\users")
    [line] = read_history(_file(tmp_path, dump_ticket(written).encode()))
    assert line.ticket == written


def test_blank_lines_and_windows_line_ends_are_no_mistake(tmp_path: Path) -> None:
    one = dump_ticket(ticket("T-1")).encode()
    lines = [*read_history(_file(tmp_path, b"", one + b"\r", b"  ", one, b""))]
    assert [(line.number, line.error) for line in lines] == [(2, None), (4, None)]


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    [line] = read_history(_file(tmp_path, b"\xef\xbb\xbf" + dump_ticket(ticket()).encode()))
    assert line.ticket == ticket()


@pytest.mark.parametrize("name", ["h.jsonl", "h.jsonl.gz"])
def test_an_empty_file_holds_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"")
    assert [*read_history(tmp_path / name)] == []


def test_a_line_of_the_greatest_length_is_read(tmp_path: Path) -> None:
    empty = len(dump_ticket(ticket(body="")).encode())
    room = (LONGEST_LINE - empty - 1) // 2  # the body stands in the description and in the first event
    [line] = read_history(_file(tmp_path, dump_ticket(ticket(body="x" * room)).encode()))
    assert line.error is None


def test_progress_ends_at_the_size_of_the_file_on_disk(tmp_path: Path) -> None:
    path = _file(tmp_path, *(dump_ticket(ticket(f"T-{n}")).encode() for n in range(50)), name="h.jsonl.gz")
    *_, last = read_history(path)
    assert last.bytes_read == path.stat().st_size


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.jsonl: No such file or directory; give a readable \.jsonl"):
        [*read_history(tmp_path / "nowhere.jsonl")]


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"Is a directory; give a readable \.jsonl or \.jsonl\.gz file"):
        [*read_history(tmp_path)]


def test_gzip_that_is_cut_off_gives_what_came_before_and_then_the_mend(tmp_path: Path) -> None:
    path = _file(tmp_path, *(dump_ticket(ticket(f"T-{n}")).encode() for n in range(3000)), name="h.jsonl.gz")
    path.write_bytes(path.read_bytes()[:-2000])
    lines = read_history(path)
    assert next(lines).ticket == ticket("T-0")
    with pytest.raises(BadInput, match="the gzip data is cut off or damaged; fetch the file again"):
        list(lines)


def test_a_file_that_only_calls_itself_gzip_is_named(tmp_path: Path) -> None:
    (tmp_path / "h.jsonl.gz").write_bytes(TEXT.encode())
    with pytest.raises(BadInput, match=r"h\.jsonl\.gz: Not a gzipped file"):
        [*read_history(tmp_path / "h.jsonl.gz")]
