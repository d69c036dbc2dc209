"""Histories in the order of time: files are not sorted, and may be larger than memory.

Every line is read and checked once and its ticket written to an unnamed temporary file; what stays in memory of a
ticket is when it begins, its id and where it lies (about 200 bytes). Tickets are read back from there one at a time.
"""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from adapters.history_file import Line, read_history
from domain.base import Record
from domain.errors import BadInput, DiskFull
from domain.history import dump_ticket
from domain.ticket import Ticket
from learning.stream import begins

BAD_LINES_KEPT = 1000
"""Bad lines that are named; more are only counted."""


class BadLine(Record):
    """A line that was set aside."""

    file: str
    line: int
    error: str


class OrderedHistory:
    """The tickets of some files by their first event, then by id. Build it with `in_order_of_time`."""

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool
        self._index: list[tuple[datetime, str, int, int]] = []
        self.bad: list[BadLine] = []
        """The first `BAD_LINES_KEPT` lines that were set aside."""
        self.bad_lines = 0
        self.events = 0

    def __len__(self) -> int:
        """How many tickets there are."""
        return len(self._index)

    def __iter__(self) -> Iterator[Ticket]:
        """The tickets, each read from the disk when it is its turn."""
        for _, _, offset, length in self._index:
            self._spool.seek(offset)
            yield Ticket.model_validate_json(self._spool.read(length))

    def take(self, files: Sequence[Path], progress: Callable[[int], None] | None = None) -> None:
        """Reads the files; `progress` is told how many bytes of them were read since it was told last."""
        seen: dict[str, str] = {}
        offset = 0
        for file in files:
            before = 0
            for line in read_history(file):
                if progress is not None:
                    progress(line.bytes_read - before)
                    before = line.bytes_read
                offset += self._keep(file, line, seen, offset)
        self._index.sort()

    def _keep(self, file: Path, line: Line, seen: dict[str, str], offset: int) -> int:
        ticket = line.ticket
        if ticket is None:
            return self._set_aside(file, line.number, line.error or "cannot be read")
        if (first := seen.get(ticket.id)) is not None:
            error = f"id: {ticket.id!r} was on {first} already; give each ticket its own id"
            return self._set_aside(file, line.number, error)
        seen[ticket.id] = f"{file.name} line {line.number}"
        data = dump_ticket(ticket).encode()
        self._spool.write(data)
        self._index.append((begins(ticket).astimezone(UTC), ticket.id, offset, len(data)))
        self.events += len(ticket.events)
        return len(data)

    def _set_aside(self, file: Path, number: int, error: str) -> int:
        self.bad_lines += 1
        if len(self.bad) < BAD_LINES_KEPT:
            self.bad.append(BadLine(file=file.name, line=number, error=error))
        return 0


@contextmanager
def in_order_of_time(
    files: Sequence[Path], progress: Callable[[int], None] | None = None
) -> Iterator[OrderedHistory]:  # fmt: skip
    """The tickets of the files in the order in which they begin. A bad line is set aside, the rest is taken.

    Raises `BadInput` when a file cannot be read, or holds no ticket that can be; `DiskFull`.
    """
    with tempfile.TemporaryFile(prefix="tierwise-") as spool:
        history = OrderedHistory(spool)
        try:
            history.take(files, progress)
            spool.flush()
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise DiskFull(
                    "no room for the tickets in the order of time", mend="free some, or set TMPDIR"
                ) from error
            raise
        if not len(history):
            names = ", ".join(str(file) for file in files)
            first = f"; the first bad line: {history.bad[0].line}: {history.bad[0].error}" if history.bad else ""
            raise BadInput(
                f"{names}: no ticket can be read ({history.bad_lines} bad lines{first})",
                mend="give canonical history, one ticket a line (docs/reference/history.schema.json)",
            )
        yield history
