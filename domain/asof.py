"""A ticket as it looked at a moment: what had happened by then, and nothing that was only known later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.newest import KEPT_LONG, remembering
from domain.ticket import ActorRole, Event, EventKind, Outcome, Ticket

_ENDS = {EventKind.RESOLVED, EventKind.CLOSED}


def as_of(ticket: Ticket, moment: datetime) -> Ticket:
    """The ticket with only the events up to and including `moment`; end facts are hidden until their events.

    `outcome` is never shown: labels are not features. Nor are `links`: nobody knows since when; link events are.
    """
    return cut_after(ticket, sum(1 for event in ticket.events if event.at <= moment))


def cut_after(ticket: Ticket, count: int) -> Ticket:
    """The ticket as it stood after its first `count` events (by position).

    Of a ticket that was resolved or closed again later, the facts of the last end stay hidden until then, and so does
    a moment after the last event that is shown: helpdesks fill both in afterwards.
    """
    events = ticket.events[:count]
    kinds, later = {event.kind for event in events}, {event.kind for event in ticket.events[count:]}
    hidden: dict[str, object] = {"events": events, "outcome": Outcome(), "links": ()}
    if EventKind.CLOSED not in kinds or EventKind.CLOSED in later:
        hidden |= {"closed_at": None, "closure_code": None}
    if not kinds & _ENDS or EventKind.RESOLVED in later or (EventKind.RESOLVED not in kinds and later & _ENDS):
        hidden |= {"resolved_at": None, "resolution": None}
    for name in ("resolved_at", "closed_at"):
        moment = getattr(ticket, name)
        if moment is not None and events and moment > events[-1].at:
            hidden[name] = None
    return ticket.model_copy(update=hidden)


def outcome_known(ticket: Ticket, count: int) -> Outcome | None:
    """What came of a ticket, where its event at position `count` − 1 is the closing that told it: the last one.

    None at any other event. An earlier closing of a ticket that was opened again did not tell it.
    """
    closes = ticket.events[count - 1].kind == EventKind.CLOSED
    return ticket.outcome if closes and all(one.kind != EventKind.CLOSED for one in ticket.events[count:]) else None


@dataclass(frozen=True)
class Standing:
    """Where a ticket stands after its events: the latest value of everything events can change."""

    status: str
    priority: str | None
    category: str | None
    team: str | None
    technician: str | None
    tier: str | None
    resolved: bool
    closed: bool
    reassignments: int
    """How often a ticket that had a team went to another team."""
    bounces: int
    """How often it went to a team that had already had it."""
    reopens: int
    unanswered: tuple[Event, ...]
    """Requester messages since a technician last wrote to the requester."""
    queue: str | None = None
    sla_target: str | None = None
    """The target of slas.yaml that was set by hand or by a rule, in place of that of the priority."""
    tags: tuple[str, ...] = ()
    """Tags added so far, in order."""

    @property
    def open(self) -> bool:
        """Whether somebody still has to work on it."""
        return not self.resolved and not self.closed


@remembering(KEPT_LONG)
def standing(ticket: Ticket) -> Standing:
    """Folds the events of a (cut) ticket into its current values."""
    status, priority, category = "new", ticket.priority, ticket.category
    team = technician = tier = None
    resolved = closed = False
    teams: list[str] = []
    bounces = reopens = 0
    unanswered: list[Event] = []
    set_apart: dict[str, str | None] = {}
    tags: dict[str, None] = {}
    for event in ticket.events:
        match event.kind:
            case EventKind.STATUS if event.to is not None:
                status = str(event.to)
            case EventKind.PRIORITY if event.to is not None:
                priority = str(event.to)
            case EventKind.CATEGORY if event.to is not None:
                category = str(event.to)
            case EventKind.SLA | EventKind.FIELD if event.field in ("target", "queue"):
                set_apart[event.field] = None if event.to is None else str(event.to)
            case EventKind.FIELD if event.field == "tag" and event.to is not None:
                tags[str(event.to)] = None
            case EventKind.RESOLVED:
                resolved, status = True, str(event.to or "resolved")
            case EventKind.REOPENED:
                resolved = closed = False
                status, reopens = str(event.to or "reopened"), reopens + 1
            case EventKind.CLOSED:
                closed, status = True, str(event.to or "closed")
        if event.team and (not teams or event.team != teams[-1]):
            bounces += event.team in teams
            teams.append(event.team)
        if event.kind == EventKind.ASSIGNMENT:
            team, technician = event.team or team, event.technician
        tier = event.tier or (str(event.to) if event.kind == EventKind.TIER and event.to else tier)
        unanswered = _still_unanswered(unanswered, event)
    return Standing(
        status=status, priority=priority, category=category, team=team, technician=technician, tier=tier,
        resolved=resolved, closed=closed, reassignments=max(0, len(teams) - 1), bounces=bounces,
        reopens=reopens, unanswered=tuple(unanswered), queue=set_apart.get("queue"),
        sla_target=set_apart.get("target"), tags=tuple(tags),
    )  # fmt: skip


def _still_unanswered(unanswered: list[Event], event: Event) -> list[Event]:
    if not event.is_message or event.is_internal:
        return unanswered
    if event.role == ActorRole.REQUESTER:
        return [*unanswered, event]
    return [] if event.role == ActorRole.TECHNICIAN else unanswered
