"""Writing events one after the other: ids, order and the current assignment are kept here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from domain.policy.policy import Policy
from domain.ticket import Actor, ActorRole, Event, EventKind

_BOT = Actor(id="helpdesk", role=ActorRole.SYSTEM)


class EventLog:
    """The events of one ticket while they are being written. Times never run backwards."""

    def __init__(self, ticket_id: str, requester: str, policy: Policy) -> None:
        self._ticket_id = ticket_id
        self._requester = Actor(id=requester, role=ActorRole.REQUESTER)
        self._policy = policy
        self._team: str | None = None
        self._tier: str | None = None
        self.events: list[Event] = []

    @property
    def last(self) -> datetime:
        """The moment of the newest event."""
        return self.events[-1].at

    @property
    def tier(self) -> str | None:
        """The tier that has the ticket."""
        return self._tier

    def created(self, at: datetime, body: str) -> None:
        """The request itself."""
        self._add(at, EventKind.CREATED, self._requester, body=body, visibility="public")

    def asks(self, at: datetime, body: str) -> None:
        """The requester writes."""
        self._add(at, EventKind.COMMENT, self._requester, body=body, visibility="public")

    def writes(self, at: datetime, technician: str, body: str, visibility: Literal["public", "internal"]) -> None:
        """A technician writes to the requester, or to colleagues."""
        self._add(at, EventKind.COMMENT, _technician(technician), body=body, visibility=visibility)

    def assigned(self, at: datetime, by: str | None, team: str, technician: str) -> None:
        """The ticket goes to a team and a technician; a climb to a higher tier gets an event of its own."""
        known = self._policy.team(team)
        tier = known.tier.value if known else None
        actor = _technician(by) if by else _BOT
        if self._tier is not None and tier is not None and tier > self._tier:
            self._add(at, EventKind.TIER, actor, from_=self._tier, to=tier, tier=tier)
        self._add(at, EventKind.ASSIGNMENT, actor, team=team, technician=technician, tier=tier)
        self._team, self._tier = team, tier

    def status(self, at: datetime, by: str | None, from_: str, to: str) -> None:
        """The status changes."""
        self._add(at, EventKind.STATUS, _technician(by) if by else _BOT, from_=from_, to=to)

    def priority(self, at: datetime, by: str, from_: str, to: str) -> None:
        """The priority changes."""
        self._add(at, EventKind.PRIORITY, _technician(by), from_=from_, to=to)

    def resolved(self, at: datetime, by: str) -> None:
        """The ticket is resolved."""
        self._add(at, EventKind.RESOLVED, _technician(by), to="resolved", technician=by, team=self._team)

    def reopened(self, at: datetime) -> None:
        """The requester reopens the ticket."""
        self._add(at, EventKind.REOPENED, self._requester, to="reopened")

    def closed(self, at: datetime) -> None:
        """The ticket is closed for good."""
        self._add(at, EventKind.CLOSED, _BOT, to="closed")

    def _add(self, at: datetime, kind: EventKind, actor: Actor, **more: object) -> None:
        when = max(at, self.events[-1].at + timedelta(seconds=1)) if self.events else at
        raw: dict[str, object] = {"id": f"{self._ticket_id}-{len(self.events) + 1}", "at": when, "kind": kind}
        raw |= {"actor": actor}
        raw |= {("from" if name == "from_" else name): value for name, value in more.items() if value is not None}
        self.events.append(Event.model_validate(raw))


def _technician(name: str) -> Actor:
    return Actor(id=name, role=ActorRole.TECHNICIAN)
