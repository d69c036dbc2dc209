"""The resolution clock of a child of a confirmed outbreak: its own until it joined, its parent's from then on.

The first-response clock stays the child's own: its requester is to be answered whatever becomes of the parent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from domain.outbreak import Outbreak, OutbreakState
from domain.policy.policy import Policy
from domain.sla.ledger import LedgerRow, Reading

SHARED = "resolution"


class Sharing(NamedTuple):
    """Whose clock counts, and since when."""

    parent: str
    since: datetime


def sharing(outbreak: Outbreak | None, ticket_id: str, policy: Policy, at: datetime) -> Sharing | None:
    """The parent whose clock a ticket has at `at`; none when it has its own."""
    child = outbreak.child(ticket_id) if outbreak else None
    if outbreak is None or child is None or not policy.outbreaks.children.share_clock:
        return None
    confirmed = next((move.at for move in outbreak.moves if move.to == OutbreakState.CONFIRMED), None)
    if confirmed is None or outbreak.state in (OutbreakState.REJECTED, OutbreakState.SPLIT):
        return None
    since = max(confirmed, child.joined_at)
    here = since <= at and (child.left_at is None or child.left_at > at)
    return Sharing(outbreak.parent, since) if here else None


def shared(own: Iterable[Reading], parents: Iterable[Reading], since: datetime) -> tuple[Reading, ...]:
    """The child's readings with the parent's resolution clock: its value, and its rows from `since` on."""
    theirs = next((one for one in parents if one.clock.clock == SHARED), None)
    return tuple(
        one._replace(clock=theirs.clock, rows=tuple(_joined(one.rows, theirs.rows, since)))
        if theirs is not None and one.clock.clock == SHARED
        else one
        for one in own
    )


def _joined(own: Iterable[LedgerRow], theirs: Iterable[LedgerRow], since: datetime) -> Iterator[LedgerRow]:
    for row in own:
        if row.start < since:
            yield _cut(row, row.start, min(row.end, since))
    for row in theirs:
        if row.end > since:
            yield _cut(row, max(row.start, since), row.end)


def _cut(row: LedgerRow, start: datetime, end: datetime) -> LedgerRow:
    return row.model_copy(update={"start": start, "end": end, "minutes": (end - start).total_seconds() / 60})
