"""The decision log: one changed byte, one entry out, two swapped or the end cut off are found; erasing is not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from adapters.storage import audit
from adapters.storage.audit import Source
from adapters.storage.store import Store
from domain.audit.chain import Anchor
from tests.conftest import NOW

ENTRIES = 7


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    opened = Store.open(path)
    for number in range(1, ENTRIES + 1):
        _append(opened, number)
    yield opened
    opened.close()


def _append(store: Store, number: int, tenant: str = "a") -> None:
    store.write(
        lambda c: audit.append(
            c, tenant, at=NOW, kind="decision", subject=f"dec_{number}", ticket_id=f"T-{number}",
            body={"risk": number}, beside={"ticket": Source("ticket", f"T-{number}", f"Anna wrote {number}")},
        )
    )  # fmt: skip


def _run(statement: str, connection: Connection) -> None:
    connection.exec_driver_sql(statement)


def _tampered(path: Path, *statements: str) -> None:
    """Changes the file as somebody would who has it in hand: past our triggers."""
    with closing(sqlite3.connect(path)) as raw, raw:
        for name in [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]:
            raw.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            raw.execute(statement)


def test_a_chain_that_nobody_touched_is_whole(store: Store) -> None:
    verdict = store.read(lambda c: audit.verify(c, "a"))
    assert (verdict.records, verdict.ok, verdict.first_broken, verdict.erased) == (ENTRIES, True, None, 0)


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("UPDATE audit SET body = replace(body, '3', '4') WHERE seq = 3", 3),
        ("UPDATE audit SET body = 'no json' WHERE seq = 3", 3),
        ("UPDATE audit SET at = at + 1 WHERE seq = 2", 2),
        ("UPDATE audit SET kind = 'decisiom' WHERE seq = 4", 4),
        ("UPDATE audit SET ticket_id = 'T-9' WHERE seq = 5", 5),
        ("UPDATE audit SET subject = 'dec_9' WHERE seq = 7", 7),
        ("UPDATE audit SET hash = '0' || substr(hash, 2) WHERE seq = 6 AND hash NOT LIKE '0%'", 6),
        ("UPDATE audit SET previous = replace(previous, substr(previous, 1, 1), 'x') WHERE seq = 6", 6),
        ("DELETE FROM audit WHERE seq = 4", 4),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("UPDATE audit_sources SET text = replace(text, 'Anna', 'Anne') WHERE ticket_id = 'T-2'", 2),
        ("UPDATE audit_sources SET salt = 'x' || substr(salt, 2) WHERE ticket_id = 'T-2'", 2),
        ("UPDATE audit_sources SET ticket_id = 'T-9' WHERE ticket_id = 'T-2'", 2),
        ("DELETE FROM audit_sources WHERE ticket_id = 'T-6'", 6),
    ],
)
def test_every_change_is_found_where_it_is(store: Store, path: Path, change: str, broken: int) -> None:
    if "SET hash" in change:
        change = change.replace("'0' ||", "'z' ||")
    _tampered(path, change)
    verdict = store.read(lambda c: audit.verify(c, "a"))
    assert (verdict.ok, verdict.first_broken) == (False, broken)


def test_swapped_entries_are_found(store: Store, path: Path) -> None:
    _tampered(
        path, "UPDATE audit SET seq = 99 WHERE seq = 3", "UPDATE audit SET seq = 3 WHERE seq = 4",
        "UPDATE audit SET seq = 4 WHERE seq = 99",
    )  # fmt: skip
    assert store.read(lambda c: audit.verify(c, "a")).first_broken == 3


def test_a_cut_off_end_is_found_by_an_anchor_and_by_nothing_else(store: Store, path: Path) -> None:
    records, head = store.read(lambda c: audit.head(c, "a"))
    anchor = Anchor(tenant="a", records=records, hash=head)
    _tampered(path, "DELETE FROM audit WHERE seq > 5", "DELETE FROM audit_sources WHERE ticket_id IN ('T-6', 'T-7')")
    assert store.read(lambda c: audit.verify(c, "a")).ok
    verdict = store.read(lambda c: audit.verify(c, "a", [anchor]))
    assert (verdict.ok, verdict.first_broken) == (False, 6)


def test_a_chain_written_anew_does_not_fit_its_anchor(store: Store, path: Path, tmp_path: Path) -> None:
    records, head = store.read(lambda c: audit.head(c, "a"))
    other = Store.open(tmp_path / "other.db")
    for number in range(1, ENTRIES + 3):
        _append(other, number + 1)
    anchor = Anchor(tenant="a", records=records, hash=head)
    assert other.read(lambda c: audit.verify(c, "a", [anchor])).first_broken == ENTRIES
    other.close()


def test_the_database_refuses_changes_by_itself(store: Store) -> None:
    for statement in (
        "UPDATE audit SET kind = 'x'", "DELETE FROM audit", "UPDATE audit_sources SET text = 'x'",
    ):  # fmt: skip
        with pytest.raises(IntegrityError):
            store.write(partial(_run, statement))


def test_erasing_takes_the_text_and_leaves_the_chain_valid(store: Store, path: Path) -> None:
    assert store.write(lambda c: audit.erase(c, "a", ["T-2", "T-3"], at=NOW, why="asked for")) == 2
    verdict = store.read(lambda c: audit.verify(c, "a"))
    assert (verdict.ok, verdict.records, verdict.erased) == (True, ENTRIES + 1, 2)
    assert store.write(lambda c: audit.erase(c, "a", ["T-2", "T-3"], at=NOW, why="asked for")) == 0


def test_a_step_that_runs_again_adds_nothing(store: Store) -> None:
    _append(store, 3)
    assert store.read(lambda c: audit.head(c, "a"))[0] == ENTRIES


def test_many_writers_leave_no_gap_and_tenants_have_their_own_chains(store: Store) -> None:
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(lambda number: _append(store, number, "ab"[number % 2]), range(100, 180)))
    for tenant, records in (("a", ENTRIES + 40), ("b", 40)):
        verdict = store.read(partial(audit.verify, tenant=tenant))
        assert (verdict.ok, verdict.records) == (True, records)
