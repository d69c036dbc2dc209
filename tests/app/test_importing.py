"""Importing a history: everything goes in once, again and again, and through every kind of interruption."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.bootstrap import open_stores
from app.settings import Settings
from domain.errors import BadInput, DataDirInUse, DiskFull, EmbedderMismatch, Misconfigured
from domain.history import dump_ticket
from retrieval.embeddings import HashEmbedder
from tests.app.imports import TENANT, history, left_behind, run_import
from tests.architecture.places import ROOT
from tests.tickets import comment, ticket


def test_importing_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    file, data = history(tmp_path, 60), tmp_path / "data"
    first = run_import(data, file)
    assert (first.read, first.added, first.updated, first.unchanged, first.rejected) == (60, 60, 0, 0, ())
    before = left_behind(data)
    again = run_import(data, file)
    assert (again.read, again.added, again.updated, again.unchanged) == (60, 0, 0, 60)
    assert left_behind(data) == before


def test_a_ticket_that_went_on_is_updated_and_the_others_are_left_alone(tmp_path: Path) -> None:
    data, old = tmp_path / "data", [ticket(f"T-{n}", body=f"Trouble {n}") for n in range(5)]
    grown = old[3].model_copy(update={"events": (*old[3].events, comment("e2", "Solved by a restart of vpn-gw-07"))})
    for name, tickets in (("monday.jsonl", old), ("tuesday.jsonl", [*old[:3], grown, old[4]])):
        (tmp_path / name).write_text("".join(f"{dump_ticket(one)}\n" for one in tickets))
    run_import(data, tmp_path / "monday.jsonl")
    report = run_import(data, tmp_path / "tuesday.jsonl")
    assert (report.added, report.updated, report.unchanged) == (0, 1, 4)
    with open_stores(Settings(data_dir=data), embedder=HashEmbedder()) as stores:
        assert stores.store.ticket(TENANT, "T-3") == grown
        assert all(check.in_step for check in stores.indexer.check())


def test_bad_lines_are_set_aside_by_file_and_number_and_the_rest_goes_in(tmp_path: Path) -> None:
    one, two = (dump_ticket(ticket(f"T-{n}")) for n in (1, 2))
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_text(f"{one}\nnot json\n{one}\n")
    second.write_text(f"{two}\n{one}\n")
    report = run_import(tmp_path / "data", first, second)
    assert (report.read, report.added) == (5, 2)
    assert [(Path(bad.file).name, bad.line, bad.error.partition(";")[0]) for bad in report.rejected] == [
        ("a.jsonl", 2, "not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("a.jsonl", 3, "id: 'T-1' was on a.jsonl line 1 already"),
        ("b.jsonl", 2, "id: 'T-1' was on a.jsonl line 1 already"),
    ]


def test_a_missing_file_is_named_and_what_went_in_before_stays(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with pytest.raises(BadInput, match=r"nowhere\.jsonl: No such file"):
        run_import(data, history(tmp_path, 3), tmp_path / "nowhere.jsonl")
    assert run_import(data, history(tmp_path, 3)).unchanged == 3


def test_an_empty_file_is_nothing_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    assert run_import(tmp_path / "data", tmp_path / "empty.jsonl").read == 0


@pytest.mark.parametrize("line", [1, 520, 1199])
def test_killed_in_the_middle_and_run_again_it_comes_to_the_same(tmp_path: Path, line: int, whole: Whole) -> None:
    killed = _child("tests.app.imports", tmp_path / "data", whole.file, line)
    assert killed.returncode == -signal.SIGKILL
    report = run_import(tmp_path / "data", whole.file)
    assert report.added + report.unchanged == 1200 and report.updated == 0
    assert left_behind(tmp_path / "data") == whole.left_behind
    with open_stores(Settings(data_dir=tmp_path / "data"), embedder=HashEmbedder()) as stores:
        [check] = stores.indexer.check()
        # Chroma's graph may not reach a vector that was written twice; the start has built it anew then.
        assert check.in_step


class Whole:
    """A history, and what an import that nothing disturbed leaves behind."""

    def __init__(self, folder: Path) -> None:
        self.file = history(folder, 1200)
        run_import(folder / "data", self.file)
        self.left_behind = left_behind(folder / "data")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    return Whole(tmp_path_factory.mktemp("whole"))


def test_a_full_disk_stops_the_import_whole_and_running_again_finishes_it(tmp_path: Path, whole: Whole) -> None:
    data = tmp_path / "data"
    run_import(data, history(tmp_path, 1))
    before = left_behind(data)
    size = max(path.stat().st_size for path in data.iterdir() if path.is_file())
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 200_000, limits[1]))
    try:
        with pytest.raises(DiskFull, match="free some space in the data directory, then run the same command again"):
            run_import(data, whole.file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    after = left_behind(data)
    # Whole batches or nothing: never a ticket without its events.
    assert after["tickets"][0] == after["events"][0]
    assert (after["tickets"][0] - before["tickets"][0]) % 500 in (0, 499)
    report = run_import(data, whole.file)
    assert report.added + report.unchanged == 1200
    finished = left_behind(data)
    assert {name: finished[name][0] for name in finished} == {
        name: rows for name, (rows, _) in whole.left_behind.items()
    }


def test_another_embedding_model_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run_import(data, history(tmp_path, 3))
    before = left_behind(data)
    other = HashEmbedder(dimension=32)
    with (
        pytest.raises(EmbedderMismatch, match=r"was built with .* set the embedding model back, or build"),
        open_stores(Settings(data_dir=data), embedder=other) as stores,
    ):
        stores.importer.run(TENANT, [history(tmp_path, 9)])
    assert left_behind(data) == before


def test_a_second_process_on_the_data_directory_is_told_who_has_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run_import(data, history(tmp_path, 1))
    with open_stores(Settings(data_dir=data), embedder=HashEmbedder()):
        second = _child("tests.app.imports", data, history(tmp_path, 2), 99)
    assert second.returncode == 1
    assert f"is in use by process {os.getpid()}; stop that process" in second.stderr
    assert run_import(data, history(tmp_path, 2)).added == 1


def test_two_holds_within_one_process_exclude_each_other_too(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    with (
        open_stores(settings, embedder=HashEmbedder()),
        pytest.raises(DataDirInUse),
        open_stores(settings, embedder=HashEmbedder()),
    ):
        pass


def test_a_damaged_records_database_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "records.db").write_bytes(b"this is no database, whatever its name says " * 500)
    before = (data / "records.db").read_bytes()
    with pytest.raises(Misconfigured, match=r"is damaged: .*; restore the data directory from a backup"):
        run_import(data, history(tmp_path, 1))
    assert (data / "records.db").read_bytes() == before


def test_a_data_directory_that_cannot_be_one_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(Misconfigured, match=r"cannot use .* as data directory: .*choose another with --data-dir"):
        run_import(tmp_path / "data", history(tmp_path, 1))


def _child(module: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
