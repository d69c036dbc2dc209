"""A helpdesk in memory that can be made to fail, to be changed by others and to lose our answer: a fake that ships."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.effects import WriteBack
from domain.errors import NotFound, TierwiseError, Unavailable
from domain.ticket import Event, Ticket
from domain.writing import events_of, refuse_lost_update


class MemoryHelpdesk:
    """Implements `domain.helpdesk.Helpdesk`. Each call first takes the next entry of the script, if there is one:

    an error is raised before anything is written; `"lost answer"` writes and then raises `Unavailable`; an event is
    what somebody else does to the ticket just before; none does nothing special.
    """

    def __init__(
        self, tickets: dict[tuple[str, str], Ticket], script: Iterable[TierwiseError | Event | str | None] = ()
    ) -> None:
        self.tickets = dict(tickets)
        self._script = list(script)
        self._done: set[tuple[str, str]] = set()

    def apply(self, tenant: str, key: str, change: WriteBack, at: datetime) -> str:
        """Carries the change out as the script lets it. Raises `NotFound`, `LostUpdate` and what the script says."""
        step = self._script.pop(0) if self._script else None
        if isinstance(step, TierwiseError):
            raise step
        ticket = self.ticket(tenant, change.ticket_id)
        if isinstance(step, Event):
            ticket = ticket.model_copy(update={"events": (*ticket.events, step)})
            self.tickets[tenant, ticket.id] = ticket
        if (tenant, key) in self._done:
            return "already applied"
        refuse_lost_update(change, ticket)
        newest = max((event.at for event in ticket.events), default=ticket.created_at)
        made = [
            event.model_copy(update={"id": f"{key}-{number}"})
            for number, event in enumerate(events_of(change, ticket, max(at, newest)))
        ]
        self.tickets[tenant, ticket.id] = ticket.model_copy(update={"events": (*ticket.events, *made)})
        self._done.add((tenant, key))
        if step == "lost answer":
            raise Unavailable("the helpdesk did not answer", mend="it is tried again")
        return f"{len(made)} events"

    def ticket(self, tenant: str, ticket_id: str) -> Ticket:
        """The ticket as it is now. Raises `NotFound`."""
        found = self.tickets.get((tenant, ticket_id))
        if found is None:
            raise NotFound(f"there is no ticket {ticket_id}")
        return found
