"""The data directory: one owner, a note of what it was made for, and errors that name the mend."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.data_dir import Birth, DataDir
from domain.errors import DataDirInUse, Misconfigured
from tests.conftest import NOW


def test_it_is_made_when_missing_and_free_again_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "data"
    for _ in range(2):
        with DataDir(path):
            assert (path / "owner").read_text().strip() == str(os.getpid())


def test_a_second_owner_is_told_who_has_it(tmp_path: Path) -> None:
    with (
        DataDir(tmp_path),
        pytest.raises(DataDirInUse, match=f"in use by process {os.getpid()}; stop that"),
        DataDir(tmp_path),
    ):
        pass


def test_the_note_of_a_dead_owner_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "owner").write_text("999999999999\n")
    with DataDir(tmp_path):
        assert (tmp_path / "owner").read_text() == f"{os.getpid()}\n"


def test_what_it_was_made_for_is_remembered(tmp_path: Path) -> None:
    directory = DataDir(tmp_path)
    assert directory.birth() == Birth()
    directory.note_birth(Birth(tenant="acme", demo_now=NOW, made_at=NOW))
    assert directory.birth() == Birth(tenant="acme", demo_now=NOW, made_at=NOW)


def test_a_damaged_note_is_named(tmp_path: Path) -> None:
    (tmp_path / "birth.json").write_text('{"tenant": ')
    with pytest.raises(Misconfigured, match=r"birth\.json is damaged; restore it"):
        DataDir(tmp_path).birth()
