"""What a ticket asks for, as one text: what is embedded, searched with and read by triage."""

from __future__ import annotations

from domain.ticket import ActorRole, Event, EventKind, Ticket


def request_text(ticket: Ticket) -> str:
    """Subject and description; the first requester message stands in for a missing description."""
    description = ticket.description or next((e.body for e in ticket.events if _asks(e)), None)
    parts = (part.strip() for part in (ticket.subject, description) if part)
    return "\n".join(dict.fromkeys(part for part in parts if part))


def requester_messages(ticket: Ticket) -> tuple[Event, ...]:
    """Everything the requester wrote that has a body, oldest first; the created event counts."""
    return tuple(event for event in ticket.events if _asks(event))


def _asks(event: Event) -> bool:
    if not event.body or event.is_internal:
        return False
    return event.kind == EventKind.CREATED or (event.is_message and event.role == ActorRole.REQUESTER)
