"""What a ticket is about, from coarse to fine, and the ticket as the burst watch sees it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.ticket import Ticket

TOPIC, CATEGORY, SUBCATEGORY, SERVICE, SITE = "topic", "category", "subcategory", "service", "site"

LEVELS: tuple[tuple[str, ...], ...] = (
    (SERVICE,),
    (CATEGORY,),
    (SITE,),
    (CATEGORY, SUBCATEGORY),
    (SERVICE, SITE),
    (CATEGORY, SITE),
    (CATEGORY, SUBCATEGORY, SERVICE),
    (CATEGORY, SUBCATEGORY, SITE),
    (TOPIC,),
    (TOPIC, SERVICE),
    (TOPIC, SITE),
    (TOPIC, SERVICE, SITE),
)
"""The levels that are looked at, each a set of parts; a level a ticket lacks a part of is left out for that ticket.
Parents come before their children: the parent of a level is the level without its last part."""

Signature = tuple[tuple[str, str], ...]
"""One level with its values, for example (('service', 'Remote access'), ('site', 'Hamburg'))."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A ticket at its opening. Tickets without a requester count one each."""

    ticket_id: str
    at: datetime
    who: str
    signatures: tuple[Signature, ...]


def signatures_of(parts: Mapping[str, str | None], topics: Iterable[str] = ()) -> tuple[Signature, ...]:
    """Every level the parts can fill, coarse first. A ticket near several topics has a signature for each."""
    folded = {name: value.strip().casefold() for name, value in parts.items() if value and value.strip()}
    found: list[Signature] = []
    for level in LEVELS:
        for topic in topics if TOPIC in level else ("",):
            known = {**folded, TOPIC: topic} if topic else folded
            if all(name in known for name in level):
                found.append(tuple((name, known[name]) for name in level))
    return tuple(dict.fromkeys(found))


def sighting_of(ticket: Ticket, topics: Iterable[str] = ()) -> Sighting:
    """The ticket as it was opened; what was changed later is not looked at."""
    requester = ticket.requester
    parts = {
        CATEGORY: ticket.category, SUBCATEGORY: ticket.subcategory, SERVICE: ticket.service,
        SITE: requester.site if requester else None,
    }  # fmt: skip
    return Sighting(
        ticket_id=ticket.id, at=ticket.created_at, who=ticket.requester_id or f"ticket {ticket.id}",
        signatures=signatures_of(parts, topics),
    )  # fmt: skip


def parent_of(signature: Signature) -> Signature:
    """The next coarser signature; empty above the coarsest, which is everything."""
    return signature[:-1]


def name_of(signature: Signature) -> str:
    """'service remote access, site hamburg'."""
    return ", ".join(f"{part} {value}" for part, value in signature)
