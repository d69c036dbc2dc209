"""Which sentences a tenant's helpdesk writes under every ticket, learned from its own recent tickets."""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime, timedelta

from domain.ports import TicketHistory
from domain.summarising.boilerplate import Boilerplate, learn_boilerplate

_LOOKS_BACK = timedelta(days=56)
_REMEMBERED = 64


class BoilerplateOfTenant:
    """Learns once a month (UTC) for each tenant, from the tickets opened in the eight weeks before that month.

    A moment therefore always gets the same answer, and none that rests on later tickets.
    """

    def __init__(self, history: TicketHistory) -> None:
        self._history = history
        self._learned: OrderedDict[tuple[str, datetime], Boilerplate] = OrderedDict()

    async def at(self, tenant: str, moment: datetime) -> Boilerplate:
        """What counts as boilerplate at this moment."""
        month = moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        key = (tenant, month)
        if key not in self._learned:
            tickets = await self._history.opened_between(tenant, month - _LOOKS_BACK, month)
            self._learned[key] = learn_boilerplate(tickets)
            while len(self._learned) > _REMEMBERED:
                self._learned.popitem(last=False)
        return self._learned[key]
