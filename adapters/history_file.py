"""Canonical history files, plain or gzipped, read line by line: a bad line is a value, not the end."""

from __future__ import annotations

import gzip
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from domain.errors import BadHistoryLine, BadInput
from domain.history import parse_ticket
from domain.ticket import Ticket

LONGEST_LINE = 4_000_000
"""Bytes; a ticket with all its events is rarely a thousandth of this."""


class Line(NamedTuple):
    """One line of a file: its ticket, or what is wrong with it."""

    number: int
    ticket: Ticket | None
    error: str | None
    bytes_read: int
    """Of the file as it lies on disk, up to and including this line."""


def read_history(path: Path) -> Iterator[Line]:
    """Every line that is not blank. Raises `BadInput` when the file itself cannot be read."""
    try:
        with path.open("rb") as raw, _unpacked(path, raw) as source:
            yield from _lines(raw, source)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInput(f"{path}: {reason}", mend="give a readable .jsonl or .jsonl.gz file") from error
    except (EOFError, zlib.error) as error:
        raise BadInput(f"{path}: the gzip data is cut off or damaged", mend="fetch the file again") from error


def _unpacked(path: Path, raw: BinaryIO) -> AbstractContextManager[BinaryIO]:
    return cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if path.suffix == ".gz" else nullcontext(raw)


def _lines(raw: BinaryIO, source: BinaryIO) -> Iterator[Line]:
    number = 0
    while chunk := source.readline(LONGEST_LINE + 1):
        number += 1
        if number == 1:
            chunk = chunk.removeprefix(BOM_UTF8)
        if len(chunk) > LONGEST_LINE:
            while chunk and not chunk.endswith(b"\n"):
                chunk = source.readline(LONGEST_LINE)
            mend = "shorten the bodies, or leave attachments out"
            yield Line(number, None, f"longer than {LONGEST_LINE:,} bytes; {mend}", raw.tell())
        elif chunk.strip():
            yield _read(number, chunk, raw.tell())


def _read(number: int, chunk: bytes, bytes_read: int) -> Line:
    try:
        return Line(number, parse_ticket(chunk.decode("utf-8")), None, bytes_read)
    except UnicodeDecodeError as error:
        return Line(number, None, f"not UTF-8 at byte {error.start}; save the file as UTF-8", bytes_read)
    except BadHistoryLine as error:
        return Line(number, None, str(error), bytes_read)
