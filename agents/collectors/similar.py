"""Past tickets as evidence: how each was resolved, by whom, and how long it took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from domain.asof import standing
from domain.climb import climbs
from domain.evidence import EvidenceItem, Found, Hit
from domain.text.request import request_text
from domain.ticket import ActorRole, Event, EventKind, Ticket

_SHORT = 300
Looked = Literal["found", "nothing", "could_not_look"]


def similar_tickets(found: Found, tickets: Iterable[Ticket]) -> tuple[EvidenceItem, ...]:
    """The hits that are tickets resolved at the moment the tickets are cut at, in the hits' order."""
    known = {ticket.id: ticket for ticket in tickets}
    return tuple(
        ticket_item("ticket", known[hit.id], nearness(hit)).model_copy(update={"why": hit.why, "also": hit.also})
        for hit in found.hits
        if hit.id in known and not standing(known[hit.id]).open
    )


def requester_history(tickets: Iterable[Ticket], scores: Mapping[str, float]) -> tuple[EvidenceItem, ...]:
    """The requester's own earlier tickets, newest first; `scores` holds how near each is to the present one."""
    return tuple(ticket_item("requester_history", ticket, max(0.0, scores.get(ticket.id, 0.0))) for ticket in tickets)


def ticket_item(kind: Literal["ticket", "requester_history"], ticket: Ticket, score: float) -> EvidenceItem:
    """A (cut) ticket as evidence; what its end brought is there only if it has ended."""
    now = standing(ticket)
    end = None if now.open else resolving_event(ticket)
    minutes = round((end.at - ticket.created_at).total_seconds() / 60) if end else None
    return EvidenceItem(
        kind=kind, id=ticket.id, title=title_of(ticket), score=score,
        how_resolved=how_resolved(ticket) if end else None,
        by_whom=(end.technician or now.technician or _writer(end)) if end else None,
        team=now.team, minutes_to_resolve=minutes, resolved_at=end.at if end else None,
        escalated=bool(climbs(ticket)),
    )  # fmt: skip


def title_of(ticket: Ticket) -> str:
    """The subject; the first line of the request where there is none."""
    if ticket.subject and ticket.subject.strip():
        return ticket.subject.strip()
    lines = request_text(ticket).splitlines()
    return lines[0][:120] if lines else f"ticket {ticket.id}"


def how_resolved(ticket: Ticket) -> str | None:
    """The resolution note; else what was written on resolving; else the last word of a technician."""
    end = resolving_event(ticket)
    if ticket.resolution and ticket.resolution.strip():
        return ticket.resolution.strip()
    if end is not None and end.body:
        return end.body.strip()
    words = [event.body for event in ticket.events if event.is_message and event.role == ActorRole.TECHNICIAN]
    return words[-1].strip()[:_SHORT] if words and words[-1] else None


def resolving_event(ticket: Ticket) -> Event | None:
    """The event that ended the ticket: the last resolution, else the last close."""
    for kind in (EventKind.RESOLVED, EventKind.CLOSED):
        event = next((one for one in reversed(ticket.events) if one.kind == kind), None)
        if event is not None:
            return event
    return None


def nearness(hit: Hit) -> float:
    """How near a hit is, 0–1: its cosine where the search measured one, else its score."""
    return min(1.0, max(0.0, hit.dense if hit.dense is not None else hit.score))


def looked(found: Found, items: tuple[EvidenceItem, ...]) -> Looked:
    """Whether evidence was found, absent, or out of reach."""
    if found.status == "could_not_look":
        return "could_not_look"
    return "found" if items else "nothing"


def _writer(event: Event) -> str | None:
    return event.actor_id if event.role == ActorRole.TECHNICIAN else None
