"""The helpdesk that is our own records: tickets that were imported or sent to us, without a platform behind them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from adapters.storage import tickets
from adapters.storage.store import Store
from domain.asof import standing
from domain.effects import WriteBack
from domain.ticket import Actor, ActorRole, Event, EventKind, Scalar, Ticket

BOT = Actor(id="tierwise", role=ActorRole.BOT)


class LocalHelpdesk:
    """Implements `domain.helpdesk.Helpdesk` by adding events to the stored ticket, all in one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def apply(self, tenant: str, key: str, change: WriteBack, at: datetime) -> str:
        """Adds the change's events; those that are there from an earlier try stay. Raises `NotFound`."""

        def write(connection: Connection) -> str:
            ticket = tickets.get(connection, tenant, change.ticket_id)
            if ticket.event(f"{key}-0") is not None:
                return "already applied"
            ids = []
            for number, event in enumerate(_events(ticket, change, max(at, ticket.created_at))):
                named = event.model_copy(update={"id": f"{key}-{number}"})
                tickets.append_event(connection, tenant, ticket.id, named)
                ids.append(named.id)
            return f"{len(ids)} events"

        return self._store.write(write)


def _events(ticket: Ticket, change: WriteBack, at: datetime) -> Iterator[Event]:
    now = standing(ticket)
    if change.comment:
        visibility = "public" if change.public else "internal"
        yield _event(at, EventKind.COMMENT, visibility=visibility, body=change.comment)
    if change.priority and change.priority != now.priority:
        yield _event(at, EventKind.PRIORITY, field="priority", from_=now.priority, to=change.priority)
    if change.tier and change.tier != now.tier:
        yield _event(at, EventKind.TIER, from_=now.tier, to=change.tier, tier=change.tier)
    if change.team or change.technician:
        yield _event(at, EventKind.ASSIGNMENT, team=change.team, technician=change.technician, tier=change.tier)
    if change.status and change.status != now.status:
        yield _event(at, EventKind.STATUS, from_=now.status, to=change.status)
    for tag in dict.fromkeys(change.tags):
        yield _event(at, EventKind.FIELD, field="tag", to=tag)
    if change.duplicate_of:
        yield _event(at, EventKind.LINK, field="duplicate_of", to=change.duplicate_of)


def _event(at: datetime, kind: EventKind, **values: Scalar) -> Event:
    given = {name.rstrip("_"): value for name, value in values.items() if value is not None}
    return Event.model_validate({"id": "-", "at": at, "kind": kind, "actor": BOT, **given})
