"""`domain.ports.Bursts` on SQL: the outbreak that a ticket belongs to, as of a moment."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sqlalchemy import Connection, Engine

from adapters.storage import records, sightings
from adapters.storage.engine import reading
from domain.outbreak import Outbreak, OutbreakState, burst_of
from domain.surroundings import Burst
from domain.ticket import Ticket

_ALIVE = (OutbreakState.PROPOSED, OutbreakState.CONFIRMED)


class SqlBursts:
    """The outbreaks of every tenant."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def burst(self, tenant: str, ticket: Ticket, at: datetime) -> Burst | None:
        """The outbreak that the ticket belongs to at `at`, or would join if it were sent now."""
        return await asyncio.to_thread(self._burst, tenant, ticket, at)

    def _burst(self, tenant: str, ticket: Ticket, at: datetime) -> Burst | None:
        with reading(self._engine) as connection:
            return burst_of(ticket, self._candidates(connection, tenant, ticket), at)

    def _candidates(self, connection: Connection, tenant: str, ticket: Ticket) -> list[Outbreak]:
        known = sightings.get(connection, tenant, ticket.id)
        if known is None:
            return records.outbreaks.find(connection, tenant, states=_ALIVE)
        own = records.outbreaks.get_or_none(connection, tenant, known[1]) if known[1] else None
        return [own] if own else []
