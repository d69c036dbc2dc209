"""The tickets of the suite, and the moment at which each is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from adapters.history_file import read_history
from domain.asof import cut_after
from domain.base import Record
from domain.errors import BadInput
from domain.ticket import EventKind, Ticket
from learning.stream import in_order

At = Literal["creation", "first-assignment"]
FORWARD = 0.9
"""From this share of training tickets that begin before the first question on, the split is one by time."""


class BadLine(Record):
    """A line that could not be read."""

    file: str
    line: int
    error: str


@dataclass(frozen=True)
class Split:
    """What is learned from and what is asked. `test` is in the order of the files."""

    train: list[Ticket]
    """In order of their first event."""
    test: list[Ticket]
    rejected: tuple[BadLine, ...]
    in_both: int
    """Training tickets that the test files hold too; left out of training."""
    until: datetime | None
    """In a split by time, the last moment that may be learned from before the first question; none where training and
    test tickets lie side by side in time: training tickets are then used whole."""


def read_split(train: Sequence[Path], test: Sequence[Path], at: At) -> Split:
    """Raises `BadInput` when a file cannot be read, no ticket is in it, or none is left to learn from."""
    learned, bad_train = _tickets(train)
    asked, bad_test = _tickets(test)
    if not learned or not asked:
        raise BadInput(
            f"{', '.join(str(one) for one in (test if learned else train))}: no ticket could be read",
            mend="give history files: JSON Lines, one ticket a line",
        )
    ids = {ticket.id for ticket in asked}
    rest = in_order(ticket for ticket in learned if ticket.id not in ids)
    if not rest:
        raise BadInput("every training ticket is a test ticket too", mend="give other tickets with --train")
    start = min(moment(ticket, at) for ticket in asked)
    before = sum(ticket.created_at < start for ticket in rest)
    forward = before >= FORWARD * len(rest)
    return Split(rest, asked, (*bad_train, *bad_test), len(learned) - len(rest), start if forward else None)


def count_at(ticket: Ticket, at: At) -> int:
    """Events seen when the ticket is asked about: the first, or up to the first assignment where there is one."""
    if at == "creation":
        return min(1, len(ticket.events))
    assigned = (place for place, event in enumerate(ticket.events, 1) if event.kind == EventKind.ASSIGNMENT)
    return next(assigned, min(1, len(ticket.events)))


def moment(ticket: Ticket, at: At) -> datetime:
    """When the ticket is asked about."""
    count = count_at(ticket, at)
    return ticket.events[count - 1].at if count else ticket.created_at


def view(ticket: Ticket, at: At) -> Ticket:
    """All that may be seen of the ticket then."""
    return cut_after(ticket, count_at(ticket, at))


def _tickets(files: Sequence[Path]) -> tuple[list[Ticket], list[BadLine]]:
    found: dict[str, Ticket] = {}
    bad: list[BadLine] = []
    for file in files:
        for line in read_history(file):
            if line.ticket is None:
                bad.append(BadLine(file=str(file), line=line.number, error=line.error or ""))
            elif line.ticket.id in found:
                bad.append(BadLine(file=str(file), line=line.number, error=f"ticket {line.ticket.id} was read before"))
            else:
                found[line.ticket.id] = line.ticket
    return list(found.values()), bad
