"""Whether another automation answers our changes with its own: how deep that goes, and when to stop. Pure."""

from __future__ import annotations

from domain.ticket import ActorRole, Event, EventKind, Ticket
from domain.writing import OUR_ID

_PEOPLE = (ActorRole.REQUESTER, ActorRole.TECHNICIAN)
_FIELDS = {
    EventKind.PRIORITY: "priority", EventKind.STATUS: "status", EventKind.RESOLVED: "status",
    EventKind.REOPENED: "status", EventKind.CLOSED: "status", EventKind.ASSIGNMENT: "owner", EventKind.TIER: "tier",
    EventKind.CATEGORY: "category", EventKind.IMPACT: "impact", EventKind.URGENCY: "urgency",
}  # fmt: skip


def causality_depth(ticket: Ticket) -> int:
    """How often, since a person last did something, another automation changed what we had just changed.

    Each of our changes that is answered counts once, however many fields the answer touches.
    """
    depth, touched = 0, set[str]()
    for event in ticket.events:
        if event.role in _PEOPLE:
            depth, touched = 0, set()
            continue
        field = _field(event)
        if field is None:
            continue
        if event.actor_id == OUR_ID:
            touched.add(field)
        elif event.role in (ActorRole.BOT, ActorRole.SYSTEM) and field in touched:
            depth, touched = depth + 1, set()
    return depth


def last_word(ticket: Ticket) -> str:
    """The id of the last event of a person, since which the depth is counted; empty when there is none."""
    return next((event.id for event in reversed(ticket.events) if event.role in _PEOPLE), "")


def _field(event: Event) -> str | None:
    if event.kind in (EventKind.FIELD, EventKind.SLA):
        return event.field if event.field != "tag" else f"tag {event.to}"
    return _FIELDS.get(event.kind)
