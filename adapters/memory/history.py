"""The tickets of each tenant, in memory: the shipped fake of `TicketHistory`, also used by replays and evals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.asked_back import AskedBack
from domain.asof import as_of
from domain.errors import NotFound
from domain.ports import TrackRecord
from domain.ticket import Ticket
from learning.asked_back import AskBack, ask_backs, asked_back
from learning.track_record import (
    Resolution,
    Stint,
    climbed_at,
    escalated_share,
    open_load,
    resolutions,
    stints,
    track_records,
    usual_minutes,
)


class MemoryHistory:
    """Implements `domain.ports.TicketHistory` over whole tickets; every answer is cut at the moment asked for."""

    def __init__(self, tickets: Mapping[str, Sequence[Ticket]]) -> None:
        self._shelves = {tenant: _Shelf(those) for tenant, those in tickets.items()}

    async def ticket(self, tenant: str, ticket_id: str, at: datetime) -> Ticket:
        """The ticket cut at `at`. Raises `NotFound` when it does not exist or was not open yet."""
        ticket = self._shelf(tenant).by_id.get(ticket_id)
        if ticket is None or ticket.created_at > at:
            raise NotFound(f"no ticket {ticket_id!r}", mend="import it, or check the id and the tenant")
        return as_of(ticket, at)

    async def tickets(self, tenant: str, ids: Sequence[str], at: datetime) -> list[Ticket]:
        """Those of the named tickets that exist at `at`, each cut there, in the order asked for."""
        known = self._shelf(tenant).by_id
        return [as_of(known[one], at) for one in ids if one in known and known[one].created_at <= at]

    async def of_requester(self, tenant: str, requester: str, at: datetime, limit: int = 20) -> list[Ticket]:
        """The requester's tickets opened before `at`, newest first."""
        theirs = self._shelf(tenant).by_requester.get(requester, ())
        before = [ticket for ticket in theirs if ticket.created_at < at]
        before.sort(key=lambda ticket: (ticket.created_at, ticket.id), reverse=True)
        return [as_of(ticket, at) for ticket in before[:limit]]

    async def opened_between(self, tenant: str, start: datetime, end: datetime) -> list[Ticket]:
        """Tickets opened in [start, end), oldest first, each cut at `end`."""
        opened = [ticket for ticket in self._shelf(tenant).tickets if start <= ticket.created_at < end]
        opened.sort(key=lambda ticket: (ticket.created_at, ticket.id))
        return [as_of(ticket, end) for ticket in opened]

    async def open_load(self, tenant: str, at: datetime) -> dict[str, int]:
        """Technician → number of open tickets assigned to them at `at`."""
        return open_load(self._shelf(tenant).stints, at)

    async def track_records(self, tenant: str, category: str | None, at: datetime) -> list[TrackRecord]:
        """Every technician's record on tickets of a category that were resolved by `at`."""
        return track_records(self._shelf(tenant).resolutions, category, at)

    async def usual_minutes(self, tenant: str, category: str | None, at: datetime) -> float | None:
        """Median minutes from creation to resolution of such tickets; none with fewer than ten."""
        return usual_minutes(self._shelf(tenant).resolutions, category, at)

    async def escalated_share(self, tenant: str, at: datetime) -> float | None:
        """Share of the tickets resolved by `at` that had climbed a tier; none with fewer than ten."""
        shelf = self._shelf(tenant)
        return escalated_share(shelf.resolutions, shelf.climbs, at)

    async def asked_back(self, tenant: str, category: str | None, at: datetime) -> AskedBack:
        """What was asked after hand-overs of a category (none: of all) by `at`."""
        return asked_back(self._shelf(tenant).ask_backs, category, at)

    def _shelf(self, tenant: str) -> _Shelf:
        return self._shelves.get(tenant, _EMPTY)


class _Shelf:
    """One tenant's tickets and the dated facts read from them."""

    def __init__(self, tickets: Sequence[Ticket]) -> None:
        self.tickets = tuple(tickets)
        self.by_id = {ticket.id: ticket for ticket in tickets}
        self.by_requester: dict[str, list[Ticket]] = {}
        for ticket in tickets:
            if ticket.requester_id:
                self.by_requester.setdefault(ticket.requester_id, []).append(ticket)
        self.resolutions: list[Resolution] = [one for ticket in tickets for one in resolutions(ticket)]
        self.stints: list[Stint] = [one for ticket in tickets for one in stints(ticket)]
        self.ask_backs: list[AskBack] = [one for ticket in tickets for one in ask_backs(ticket)]
        self.climbs: dict[str, datetime | None] = {ticket.id: climbed_at(ticket) for ticket in tickets}


_EMPTY = _Shelf(())
