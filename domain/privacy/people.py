"""Whose names and ids are private in a ticket: its own people and those of the directory."""

from __future__ import annotations

from domain.policy.policy import Policy
from domain.privacy.redaction import Redaction
from domain.ticket import ActorRole, Ticket


def redaction_of(ticket: Ticket, policy: Policy) -> Redaction:
    """A redaction that knows the people of the ticket and of the policy's directory."""
    return Redaction(names_in(ticket, policy), ids=ids_in(ticket, policy))


def names_in(ticket: Ticket | None, policy: Policy) -> tuple[str, ...]:
    """The requester's name and those of everybody in the directory."""
    own = ticket.requester.name if ticket is not None and ticket.requester is not None else None
    known = (person.name for person in policy.somebody.values())
    return tuple(sorted({name for name in (own, *known) if name}))


def ids_in(ticket: Ticket | None, policy: Policy) -> tuple[str, ...]:
    """The requester's id, those of the people who did something to the ticket, and those of the directory."""
    found: set[str | None] = {*policy.somebody, *(one.slack for one in policy.somebody.values())}
    if ticket is not None:
        found.add(ticket.requester_id)
        people = (ActorRole.REQUESTER, ActorRole.TECHNICIAN)
        found.update(event.actor_id for event in ticket.events if event.role in people)
        found.update(event.technician for event in ticket.events)
    return tuple(sorted(one for one in found if one))
