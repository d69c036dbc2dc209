"""The helpdesk that is our own records: tickets that were imported or sent to us, without a platform behind them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from adapters.storage import tickets
from adapters.storage.store import Store
from domain.effects import WriteBack
from domain.ticket import Ticket
from domain.writing import events_of, refuse_lost_update


class LocalHelpdesk:
    """Implements `domain.helpdesk.Helpdesk` by adding events to the stored ticket, all in one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def apply(self, tenant: str, key: str, change: WriteBack, at: datetime) -> str:
        """Adds the change's events; those that are there from an earlier try stay. Raises `NotFound`, `LostUpdate`."""

        def write(connection: Connection) -> str:
            ticket = tickets.get(connection, tenant, change.ticket_id)
            if ticket.event(f"{key}-0") is not None:
                return "already applied"
            refuse_lost_update(change, ticket)
            # A change of properties is written behind everything that is there, or what it changes would come after it.
            newest = max((event.at for event in ticket.events), default=ticket.created_at)
            moment = max(at, newest if change.changes else ticket.created_at)
            ids = []
            for number, event in enumerate(events_of(change, ticket, moment)):
                named = event.model_copy(update={"id": f"{key}-{number}"})
                tickets.append_event(connection, tenant, ticket.id, named)
                ids.append(named.id)
            return f"{len(ids)} events"

        return self._store.write(write)

    def ticket(self, tenant: str, ticket_id: str) -> Ticket:
        """The ticket as it is now. Raises `NotFound`."""
        return self._store.ticket(tenant, ticket_id)
