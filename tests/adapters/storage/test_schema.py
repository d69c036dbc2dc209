"""The migrations make exactly the tables that the code speaks to."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from sqlalchemy import create_engine
from sqlalchemy.dialects import sqlite

from adapters.storage import document_tables, schema
from adapters.storage.documents import open_documents
from adapters.storage.engine import migrate, open_engine
from adapters.storage.schema import Micros
from domain.errors import Misconfigured
from domain.evidence import DocumentKind
from retrieval.ports import Filters
from tests.histories import moments

MICROS = Micros()
DIALECT = sqlite.dialect()


def test_the_migrations_make_exactly_the_tables_of_the_schema(tmp_path: Path) -> None:
    assert document_tables.documents.metadata is schema.metadata
    engine = open_engine(tmp_path / "records.db")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    engine.dispose()


def test_opening_a_database_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "records.db"
    open_engine(path).dispose()
    with closing(sqlite3.connect(path)) as connection:
        before = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    open_engine(path).dispose()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall() == before


@pytest.mark.parametrize("content", [b"no database at all " * 300, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_damaged_database_is_named_with_its_mend(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "records.db").write_bytes(content)
    with pytest.raises(Misconfigured, match=r"is damaged: .*; restore the data directory from a backup"):
        open_engine(tmp_path / "records.db")


@given(moments)
def test_a_moment_comes_back_as_the_same_instant(moment: datetime) -> None:
    stored = MICROS.process_bind_param(moment, DIALECT)
    assert MICROS.process_result_value(stored, DIALECT) == moment


def test_moments_sort_by_instant_whatever_their_zone() -> None:
    here, there = (
        datetime(2026, 3, 1, 9, tzinfo=UTC),
        datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=5))),
    )
    assert (MICROS.process_bind_param(there, DIALECT) or 0) < (MICROS.process_bind_param(here, DIALECT) or 0)


def test_documents_of_an_earlier_release_are_found_by_their_words_after_the_migration(tmp_path: Path) -> None:
    path, old = tmp_path / "records.db", "words_0123456789abcdef01234567"
    engine = create_engine(f"sqlite:///{path}")
    migrate(engine, "0110")
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        rows = [("T-1", 1, "VPN tunnel drops", "vpn-gw-03 closes"), ("T-2", 2, "Printer jams", "on floor two")]
        connection.executemany(
            "INSERT INTO documents (tenant, kind, id, number, title, text, text_hash)"
            " VALUES ('acme', 'ticket', ?, ?, ?, ?, 'h')",
            rows,
        )
        connection.execute(f"CREATE VIRTUAL TABLE {old} USING fts5(terms)")
        connection.execute(f"CREATE VIRTUAL TABLE {old}_df USING fts5vocab({old}, 'row')")
        connection.commit()
    store = open_documents(path)
    found = store.wording("acme", DocumentKind.TICKET, "the tunnel of vpn-gw-03", 5, Filters())
    store.close()
    assert list(found.share) == ["T-1"]
    with closing(sqlite3.connect(path)) as connection:
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name LIKE 'words_%'").fetchall()
