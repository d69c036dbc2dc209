"""Opening the records database: pragmas, migrations, and disk-full as an error of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from domain.errors import DiskFull, Misconfigured, Unavailable

_MIGRATIONS = Path(__file__).parent / "migrations"


def open_engine(path: Path) -> Engine:
    """A SQLite engine on `path`, its schema brought up to date. Raises `Misconfigured`, `DiskFull`."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin_immediately_when_writing)
    try:
        migrate(engine)
    except DBAPIError as error:
        raise translated(error) from error
    return engine


def migrate(engine: Engine, to: str = "head") -> None:
    """Runs every Alembic migration up to revision `to` that the database has not seen."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A write transaction: all of it or nothing. Raises `DiskFull`, `Unavailable`."""
    try:
        with engine.begin() as connection:
            yield connection
    except DBAPIError as error:
        raise translated(error) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A read-only use of the database. Raises `Unavailable`."""
    try:
        with engine.connect() as connection:
            yield connection.execution_options(read_only=True)
    except DBAPIError as error:
        raise translated(error) from error


def translated(error: DBAPIError) -> Exception:
    """The database's complaint in our words; what we do not know stays as it is."""
    text = str(error.orig)
    if any(sign in text for sign in ("disk is full", "disk I/O error", "could not extend file")):
        return DiskFull(
            f"the records database cannot be written: {text}",
            mend="free some space in the data directory, then run the same command again; nothing is lost",
        )
    if "not a database" in text or "malformed" in text:
        return Misconfigured(
            f"the records database is damaged: {text}", mend="restore the data directory from a backup"
        )
    if isinstance(error, OperationalError):
        return Unavailable(f"the records database does not answer: {text}", mend="try again")
    return error


def _set_pragmas(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    if isinstance(connection, sqlite3.Connection):
        # SQLAlchemy's events start the transactions; the driver must not start its own.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")


def _begin_immediately_when_writing(connection: Connection) -> None:
    # A deferred transaction that turns into a writer can fail with SQLITE_BUSY at once, whatever the timeout.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")


def _writes(connection: Connection) -> bool:
    return not connection.get_execution_options().get("read_only", False)
