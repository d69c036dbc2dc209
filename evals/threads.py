"""Histories and staff notes as the text suites read them: a bad line is set aside, the rest is used."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from pydantic import ConfigDict, ValidationError

from domain.base import Record
from domain.errors import BadHistoryLine, BadInput
from domain.history import parse_ticket
from domain.ticket import Ticket


class Rejected(Record):
    """A line that could not be read, counted from 1."""

    line: int
    error: str


class Threads(Record):
    """The tickets of a file, and the lines that were set aside."""

    tickets: tuple[Ticket, ...]
    rejected: tuple[Rejected, ...] = ()


class Note(Record):
    """What staff noted at the end of a thread; other keys are not read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    problem: str = ""
    investigation: str = ""
    solution: str = ""

    @property
    def text(self) -> str:
        """Problem, investigation and solution as one text."""
        return " ".join(part for part in (self.problem, self.investigation, self.solution) if part.strip())


class Gold(Record):
    """One line of a gold file; other keys are not read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    support_asked_for_info: str | None = None
    resolution_note: Note | None = None


def read_threads(path: Path) -> Threads:
    """Every ticket of a history file. Raises `BadInput` when the file cannot be read or holds no ticket."""
    tickets: list[Ticket] = []
    rejected: list[Rejected] = []
    seen: set[str] = set()
    for number, line in lines_of(path):
        try:
            ticket = parse_ticket(line)
        except BadHistoryLine as error:
            rejected.append(Rejected(line=number, error=str(error)))
            continue
        if ticket.id in seen:
            rejected.append(Rejected(line=number, error=f"ticket {ticket.id!r} stands on an earlier line already"))
            continue
        seen.add(ticket.id)
        tickets.append(ticket)
    if not tickets:
        raise BadInput(
            f"{path}: no ticket could be read{first_of(rejected)}",
            mend="give a history file: JSON Lines, one ticket a line",
        )
    return Threads(tickets=tuple(tickets), rejected=tuple(rejected))


def first_of(rejected: Sequence[Rejected]) -> str:
    """What to add to "nothing could be read": the first line that was set aside and why; empty without one."""
    return f": line {rejected[0].line}: {rejected[0].error}" if rejected else ""


def read_gold(path: Path) -> dict[str, Gold]:
    """Gold by ticket id. Raises `BadInput` naming the line that is not one."""
    found: dict[str, Gold] = {}
    for number, line in lines_of(path):
        try:
            gold = Gold.model_validate(json.loads(line))
        except (ValueError, ValidationError) as error:
            raise BadInput(
                f"{path}: line {number} is no gold record", mend="write one object with an id a line"
            ) from error
        found[gold.id] = gold
    return found


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that hold something, counted from 1. Raises `BadInput` when the file cannot be read."""
    try:
        with _open(path) as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line.rstrip("\n")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise BadInput(
            f"{path}: cannot be read: {error}", mend="check the path; a .gz file must be complete"
        ) from error


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")
