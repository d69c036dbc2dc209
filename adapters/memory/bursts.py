"""Outbreaks that are handed in: the shipped fake of `Bursts`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from domain.outbreak import Outbreak, burst_of
from domain.surroundings import Burst
from domain.ticket import Ticket


class MemoryBursts:
    """Implements `domain.ports.Bursts` over outbreaks by tenant; without any, every ticket is alone."""

    def __init__(self, outbreaks: Mapping[str, Iterable[Outbreak]] | None = None) -> None:
        self._outbreaks = {tenant: list(those) for tenant, those in (outbreaks or {}).items()}

    async def burst(self, tenant: str, ticket: Ticket, at: datetime) -> Burst | None:
        """The outbreak that the ticket belongs to at `at`, or would join if it were sent now."""
        return burst_of(ticket, self._outbreaks.get(tenant, []), at)
