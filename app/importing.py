"""Taking in a history: into records and index, batch by batch; killed and run again it comes to the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from adapters.history_file import Line, read_history
from adapters.storage.store import Store
from domain.base import Record
from domain.ticket import Ticket
from retrieval.documents import Document, ticket_document
from retrieval.ingest import Indexer

BATCH = 500
"""Tickets in one transaction: large enough for speed, small enough to lose little time when killed."""

Progress = Callable[[int], None]
"""Told how many bytes of the files have been worked on since the last call."""


class Rejected(Record):
    """A line that was set aside."""

    file: str
    line: int
    error: str


class ImportReport(Record):
    """What an import did. `read` counts the lines that hold something."""

    read: int
    added: int
    updated: int
    unchanged: int
    rejected: tuple[Rejected, ...]
    seconds: float


class Importer:
    """Reads canonical history into records and index."""

    def __init__(self, store: Store, indexer: Indexer) -> None:
        self._store = store
        self._indexer = indexer

    def run(self, tenant: str, files: Sequence[Path], progress: Progress | None = None) -> ImportReport:
        """Imports files in order. A bad line is set aside and the rest goes in.

        Raises `BadInput` when a file cannot be read, `DiskFull` when the disk refuses; what went in before stays,
        and the same call afterwards does the rest.
        """
        started = time.monotonic()
        tally = _Tally()
        # One stream through the indexer, so that writing and embedding overlap across batches and files.
        self._indexer.index(self._documents(tenant, files, tally, progress))
        return ImportReport(
            read=tally.read, added=tally.added, updated=tally.updated, unchanged=tally.unchanged,
            rejected=tuple(tally.rejected), seconds=round(time.monotonic() - started, 3),
        )  # fmt: skip

    def _documents(
        self, tenant: str, files: Sequence[Path], tally: _Tally, progress: Progress | None
    ) -> Iterator[Document]:
        for file in files:
            for batch in _batches(tally.sifted(file, read_history(file), progress)):
                written = self._store.merge_tickets(tenant, batch)
                tally.added += len(written.added)
                tally.updated += len(written.updated)
                tally.unchanged += len(written.unchanged)
                # Unchanged tickets too: an earlier run may have been killed between records and index.
                yield from (ticket_document(ticket, tenant) for ticket in batch if _has_text(ticket))


class _Tally:
    """Counts, and sets aside what cannot go in."""

    def __init__(self) -> None:
        self.read = self.added = self.updated = self.unchanged = 0
        self.rejected: list[Rejected] = []
        self._seen: dict[str, str] = {}

    def sifted(self, file: Path, lines: Iterable[Line], progress: Progress | None) -> Iterator[Ticket]:
        """The tickets of the good lines."""
        before = 0
        for line in lines:
            self.read += 1
            if progress is not None:
                progress(line.bytes_read - before)
                before = line.bytes_read
            if line.ticket is None:
                self._reject(file, line.number, line.error or "cannot be read")
            elif (first := self._seen.get(line.ticket.id)) is not None:
                self._reject(
                    file, line.number, f"id: {line.ticket.id!r} was on {first} already; give each ticket its own id"
                )
            else:
                self._seen[line.ticket.id] = f"{file.name} line {line.number}"
                yield line.ticket

    def _reject(self, file: Path, number: int, error: str) -> None:
        self.rejected.append(Rejected(file=str(file), line=number, error=error))


def _batches(tickets: Iterable[Ticket]) -> Iterator[list[Ticket]]:
    batch: list[Ticket] = []
    for ticket in tickets:
        batch.append(ticket)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _has_text(ticket: Ticket) -> bool:
    return bool(ticket.subject or ticket.description or any(event.body for event in ticket.events))
