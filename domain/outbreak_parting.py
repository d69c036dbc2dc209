"""When a child turns out to be something else than its outbreak."""

from __future__ import annotations

from domain.asof import cut_after, standing
from domain.bursts.signature import CATEGORY
from domain.outbreak import Outbreak
from domain.ticket import ActorRole, Event, EventKind, Ticket


def parting_reason(outbreak: Outbreak, child: Ticket, event: Event) -> str | None:
    """Why the child leaves the outbreak after this event; none when it stays. What software does is no reason."""
    if event.role == ActorRole.BOT:
        return None
    if event.kind == EventKind.RESOLVED:
        return "it was resolved on its own"
    if event.kind == EventKind.CATEGORY and _other_category(outbreak, child, event):
        return f"it was put into the category {event.to}"
    if event.kind == EventKind.ASSIGNMENT and _came_back(child, event):
        return f"it came back to {event.team}, so it needs work of its own"
    return None


def _other_category(outbreak: Outbreak, child: Ticket, event: Event) -> bool:
    wanted = outbreak.evidence.parts.get(CATEGORY, (child.category or "").casefold())
    return event.to is not None and str(event.to).strip().casefold() != wanted


def _came_back(child: Ticket, event: Event) -> bool:
    """Whether the assignment sends it to a team that had had it before."""
    place = next((number for number, one in enumerate(child.events) if one.id == event.id), None)
    if place is None:
        return False
    return standing(cut_after(child, place + 1)).bounces > standing(cut_after(child, place)).bounces
