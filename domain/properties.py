"""The properties of a ticket that move together: what each was, what it becomes, and why."""

from __future__ import annotations

from typing import Literal

from domain.asof import standing
from domain.base import Record
from domain.ticket import Ticket

Property = Literal["priority", "sla_target", "status", "queue", "tier", "team", "technician", "tag"]
PROPERTIES: tuple[Property, ...] = (
    "priority", "sla_target", "status", "queue", "tier", "team", "technician", "tag",
)  # fmt: skip
OWNERSHIP: frozenset[Property] = frozenset({"tier", "team", "technician"})
"""Who has it: these make sense only together."""
Mode = Literal["apply", "recommend", "off"]
"""Written, only recommended in an internal note, or left alone."""


class PropertyChange(Record):
    """One property of a change: what it was when we looked, what it becomes (none clears it), and why."""

    field: Property
    was: str | None = None
    """The value seen when this was decided. A helpdesk that finds neither this nor `to` refuses the whole change. Tags
    are added to what is there, so they have none."""
    to: str | None = None
    why: str


def value_of(ticket: Ticket, field: Property) -> str | None:
    """The present value of a property of a (cut) ticket; for tags, those it has, joined by commas."""
    now = standing(ticket)
    values: dict[Property, str | None] = {
        "priority": now.priority, "sla_target": now.sla_target, "status": now.status, "queue": now.queue,
        "tier": now.tier, "team": now.team, "technician": now.technician, "tag": ",".join(now.tags) or None,
    }  # fmt: skip
    return values[field]


def same(one: str | None, other: str | None) -> bool:
    """Whether two values of a property mean the same."""
    return (one or "").casefold() == (other or "").casefold()
