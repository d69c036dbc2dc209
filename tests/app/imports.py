"""Imports in this process and in one that is killed, and everything that an import leaves behind."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from app.bootstrap import open_stores
from app.importing import ImportReport
from app.settings import Settings
from domain.history import dump_ticket
from domain.ticket import Ticket
from retrieval.embeddings import HashEmbedder
from tests.tickets import ticket

TENANT = "acme"
_WORDS = (
    "vpn",
    "printer",
    "mailbox",
    "laptop",
    "password",
    "scanner",
    "badge",
    "monitor",
    "licence",
    "router",
)


def history(folder: Path, count: int, *, name: str = "history.jsonl") -> Path:
    """A file of tickets T-0 … that all say something else."""
    tickets = (_ticket(number) for number in range(count))
    path = folder / name
    path.write_text("".join(f"{dump_ticket(one)}\n" for one in tickets), encoding="utf-8")
    return path


def _ticket(number: int) -> Ticket:
    word = _WORDS[number % len(_WORDS)]
    return ticket(
        f"T-{number}",
        subject=f"The {word} in room {number}",
        body=f"The {word} fails with code {number * 7}.",
    )


def run_import(data_dir: Path, *files: Path, die_at: int | None = None) -> ImportReport:
    """Imports files; with `die_at` the process kills itself, without a word, when it reads that line."""
    read = 0

    def progress(_: int) -> None:
        nonlocal read
        read += 1
        if read == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    with open_stores(Settings(data_dir=data_dir), embedder=HashEmbedder()) as stores:
        return stores.importer.run(TENANT, files, progress)


def left_behind(data_dir: Path) -> dict[str, tuple[int, str]]:
    """Table → (rows, digest of all rows) of the records database, the word indexes among them."""
    with closing(sqlite3.connect(data_dir / "records.db")) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for name in sorted(names):
            # The word index keeps its words in blocks whose cuts depend on the order of writing.
            if name.endswith(("_data", "_idx", "_config", "_df")):
                continue
            rows = sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"')))
            found[name] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
        return found


if __name__ == "__main__":
    run_import(Path(sys.argv[1]), Path(sys.argv[2]), die_at=int(sys.argv[3]))
