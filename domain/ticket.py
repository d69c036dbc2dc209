"""A ticket and its events: the canonical history, as `history.schema.json` states it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr

from domain.base import Moment, NonEmpty, Record


class EventKind(StrEnum):
    """What can happen to a ticket."""

    CREATED = "created"
    COMMENT = "comment"
    STATUS = "status"
    PRIORITY = "priority"
    IMPACT = "impact"
    URGENCY = "urgency"
    CATEGORY = "category"
    ASSIGNMENT = "assignment"
    TIER = "tier"
    REPLY = "reply"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    SLA = "sla"
    LINK = "link"
    APPROVAL = "approval"
    FIELD = "field"


class Tier(StrEnum):
    """The support tiers, lowest first."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"


class ActorRole(StrEnum):
    """Who did something. `bot` is software, ours included."""

    REQUESTER = "requester"
    TECHNICIAN = "technician"
    SYSTEM = "system"
    BOT = "bot"


Scalar = StrictStr | StrictBool | StrictInt | StrictFloat | None


class Requester(Record):
    """Who asks."""

    id: str | None = None
    name: str | None = None
    email: str | None = None
    role: str | None = None
    vip: StrictBool | None = None
    site: str | None = None


class Actor(Record):
    """Who did something to the ticket."""

    id: str | None = None
    role: ActorRole | None = None


class Link(Record):
    """A tie to another ticket or to an article."""

    kind: Literal["duplicate_of", "child_of", "related_to", "caused_by", "article"]
    id: str


class Outcome(Record):
    """Labels known only after the fact; never visible before their events."""

    sla_met: StrictBool | None = None
    escalated: StrictBool | None = None
    escalated_at: Moment | None = None


class Event(Record):
    """One thing that happened to a ticket. `from_` is `from` in JSON."""

    id: str
    at: Moment
    kind: EventKind
    actor: Actor | None = None
    visibility: Literal["public", "internal"] | None = None
    body: str | None = None
    field: str | None = None
    from_: Scalar = Field(default=None, alias="from")
    to: Scalar = None
    team: str | None = None
    technician: str | None = None
    tier: str | None = None

    @property
    def role(self) -> ActorRole | None:
        """The actor's role, if the event names one."""
        return self.actor.role if self.actor else None

    @property
    def actor_id(self) -> str | None:
        """The actor's id, if the event names one."""
        return self.actor.id if self.actor else None

    @property
    def is_message(self) -> bool:
        """Whether somebody wrote something."""
        return self.kind in (EventKind.COMMENT, EventKind.REPLY) and bool(self.body)

    @property
    def is_internal(self) -> bool:
        """Whether the requester must never see it."""
        return self.visibility == "internal"


class Ticket(Record):
    """A request or incident in the helpdesk, with everything that happened to it.

    `priority` is the one at creation; later values are events. `resolved_at`, `closed_at`, `resolution`,
    `closure_code` and `outcome` are facts of the end: `domain.asof.as_of` hides them until their events.
    """

    id: NonEmpty
    source: str | None = None
    subject: str | None = None
    description: str | None = None
    requester: Requester | None = None
    channel: str | None = None
    type: str | None = None
    category: str | None = None
    subcategory: str | None = None
    service: str | None = None
    asset: str | None = None
    impact: str | None = None
    urgency: str | None = None
    priority: str | None = None
    created_at: Moment
    resolved_at: Moment | None = None
    closed_at: Moment | None = None
    resolution: str | None = None
    closure_code: str | None = None
    links: tuple[Link, ...] = ()
    outcome: Outcome = Outcome()
    events: tuple[Event, ...]

    @property
    def requester_id(self) -> str | None:
        """The requester's id, if known."""
        return self.requester.id if self.requester else None

    def event(self, event_id: str) -> Event | None:
        """The event with this id, if the ticket has it."""
        return next((event for event in self.events if event.id == event_id), None)
