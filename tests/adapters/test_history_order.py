"""Histories in the order of time, whatever order the files are in."""

from __future__ import annotations

import gzip
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.history_order import in_order_of_time
from domain.errors import BadInput
from domain.history import dump_ticket
from domain.ticket import Ticket
from tests.conftest import NOW
from tests.tickets import comment, ticket


def _made() -> list[Ticket]:
    return [
        ticket("B", opened=NOW - timedelta(hours=2)),
        ticket("C", opened=NOW - timedelta(hours=3)).model_copy(update={"resolution": "Ärger \u2028 weg"}),
        ticket("A", opened=NOW - timedelta(hours=2)),
    ]


def _file(path: Path, lines: list[str]) -> Path:
    data = "".join(f"{line}\n" for line in lines).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def test_tickets_of_several_files_come_by_their_first_event_then_by_id(tmp_path: Path) -> None:
    first, second, third = _made()
    files = [_file(tmp_path / "a.jsonl", [dump_ticket(first)]),
             _file(tmp_path / "b.jsonl.gz", [dump_ticket(second), dump_ticket(third)])]  # fmt: skip
    with in_order_of_time(files) as history:
        assert [one.id for one in history] == ["C", "A", "B"]
        assert list(history) == [second, third, first]
        assert (len(history), history.events) == (3, 3)


def test_a_bad_line_is_set_aside_and_named_and_so_is_an_id_that_came_before(tmp_path: Path) -> None:
    one = dump_ticket(_made()[0])
    file = _file(tmp_path / "a.jsonl", ["{nonsense", one, one])
    with in_order_of_time([file]) as history:
        assert len(history) == 1
        assert [(bad.file, bad.line) for bad in history.bad] == [("a.jsonl", 1), ("a.jsonl", 3)]
        assert "was on a.jsonl line 2 already" in history.bad[1].error


@pytest.mark.parametrize("lines", [[], ["{nonsense"]])
def test_files_without_a_single_ticket_are_refused_with_the_first_mistake(tmp_path: Path, lines: list[str]) -> None:
    file = _file(tmp_path / "a.jsonl", lines)
    with pytest.raises(BadInput, match=r"no ticket can be read") as found, in_order_of_time([file]):
        pass
    assert ("not JSON" in str(found.value)) is bool(lines)


def test_a_ticket_whose_clock_ran_backwards_begins_at_its_first_event(tmp_path: Path) -> None:
    early = comment("e0", "before", at=NOW - timedelta(hours=9))
    odd = _made()[0].model_copy(update={"events": (early,)})
    file = _file(tmp_path / "a.jsonl", [dump_ticket(_made()[1]), dump_ticket(odd)])
    with in_order_of_time([file]) as history:
        assert [one.id for one in history] == ["B", "C"]


def test_progress_adds_up_to_the_size_of_the_files(tmp_path: Path) -> None:
    file = _file(tmp_path / "a.jsonl.gz", [dump_ticket(one) for one in _made()])
    told: list[int] = []
    with in_order_of_time([file], told.append):
        pass
    assert sum(told) == file.stat().st_size
