"""What stands around a ticket, shaped for triage."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agents.collectors.similar import nearness
from domain.asof import standing
from domain.climb import climbs
from domain.evidence import Found
from domain.surroundings import Companion, Neighbour
from domain.text.overlap import word_overlap
from domain.text.passages import own_request_text
from domain.thresholds import NEIGHBOUR_COSINE
from domain.ticket import Ticket


def neighbours(found: Found, tickets: Iterable[Ticket]) -> tuple[Neighbour, ...]:
    """The resolved tickets among the hits that are near enough to say something, nearest first."""
    known = {ticket.id: ticket for ticket in tickets}
    near = [
        Neighbour(hit.id, nearness(hit), bool(climbs(known[hit.id])), standing(known[hit.id]).category)
        for hit in found.hits
        if hit.id in known and not standing(known[hit.id]).open and nearness(hit) >= NEIGHBOUR_COSINE
    ]
    return tuple(sorted(near, key=lambda one: (-one.similarity, one.ticket_id)))


def companions(ticket: Ticket, others: Sequence[Ticket], similarities: Sequence[float] | None) -> tuple[Companion, ...]:
    """Other tickets opened lately with their nearness to this one; without `similarities` only common words count."""
    text = own_request_text(ticket)
    measured: Sequence[float | None] = [None] * len(others) if similarities is None else similarities
    return tuple(
        Companion(other, similarity, word_overlap(text, own_request_text(other)))
        for other, similarity in zip(others, measured, strict=True)
    )
