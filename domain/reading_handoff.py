"""A handoff as somebody reads it: what of it is new to them, and whether the ticket has moved on since it was written.

A claim is new when an event that it cites came after the reader's last look. Our own moves on the ticket do not make a
handoff stale: they follow from it.
"""

from __future__ import annotations

from datetime import datetime

from domain.base import Moment, Record
from domain.errors import BadInput
from domain.handoff import SECTIONS, Handoff
from domain.summarising.statements import fact_of
from domain.ticket import ActorRole, Event, EventKind, Ticket

_SHORT = 160
_OURS = frozenset({ActorRole.BOT, ActorRole.SYSTEM})


class NewerEvent(Record):
    """Something that happened after a moment, in a few words."""

    id: str
    at: Moment
    kind: EventKind
    text: str
    """The first words of a message, or what changed."""
    internal: bool


class HandoffLook(Record):
    """How far a person has read the handoff of an escalation."""

    escalation_id: str
    reader: str
    at: Moment
    """When they said so."""
    event_id: str | None
    """The ticket's last event then."""
    version: int = 1


class HandoffRead(Record):
    """A handoff for one reader."""

    handoff: Handoff
    stale: bool
    """Whether somebody wrote or changed something after it was written: ask for it to be written anew."""
    newer: tuple[NewerEvent, ...]
    """What that was, oldest first."""
    since: Moment | None
    """The moment that news are counted from: the one asked for, or the reader's last look; none at the first look."""
    new: dict[str, tuple[int, ...]]
    """Section → positions (from 0) of the claims, or lines of the timeline, that rest on later events."""
    happened: tuple[NewerEvent, ...]
    """Everything that happened to the ticket since then, oldest first."""


def read_handoff(handoff: Handoff, ticket: Ticket, *, since: datetime | None) -> HandoffRead:
    """The handoff beside the ticket as it is now; `since` none marks nothing as new."""
    newer = tuple(told(event) for event in newer_events(handoff, ticket))
    late = tuple(event for event in ticket.events if since is not None and event.at > since)
    ids = {event.id for event in late}
    new = {
        name: tuple(at for at, one in enumerate(getattr(handoff, name)) if ids.intersection(one.sources))
        for name in SECTIONS
    }
    new["timeline"] = tuple(at for at, one in enumerate(handoff.timeline) if one.event_id in ids)
    return HandoffRead(
        handoff=handoff,
        stale=bool(newer),
        newer=newer,
        since=since,
        new={name: places for name, places in new.items() if places},
        happened=tuple(told(event) for event in late),
    )


def newer_events(handoff: Handoff, ticket: Ticket) -> tuple[Event, ...]:
    """The events of people that the handoff does not know, in the ticket's order.

    An event bears the helpdesk's time: one that came in late, with a time before the handoff's, is found by its place
    after the last event that was read.
    """
    places = {event.id: place for place, event in enumerate(ticket.events)}
    read_to = places.get(handoff.written_after or "", -1)
    return tuple(
        event
        for place, event in enumerate(ticket.events)
        if event.role not in _OURS and (event.at > handoff.at or (read_to >= 0 and place > read_to))
    )


def moment_of(since: str, ticket: Ticket) -> datetime:
    """The moment that `since` names: an ISO 8601 date and time with its zone, or the id of one of the ticket's events.

    Raises `BadInput`.
    """
    event = ticket.event(since)
    if event is not None:
        return event.at
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadInput(
            f"{since!r} is neither an event of ticket {ticket.id} nor a moment",
            mend="give an event's id, or a date and time with its zone such as 2026-10-14T09:00:00Z",
        )
    return moment


def told(event: Event) -> NewerEvent:
    """An event in a few words."""
    words = " ".join((event.body or fact_of(event)).split())
    text = words if len(words) <= _SHORT else words[: _SHORT + 1].rsplit(" ", 1)[0][:_SHORT] + " …"
    return NewerEvent(id=event.id, at=event.at, kind=event.kind, text=text or event.kind.value,
                      internal=event.is_internal)  # fmt: skip
