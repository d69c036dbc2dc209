"""Everything that leaves the house: each effect is a row in the outbox with a key of its own."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.base import Moment, Record, content_hash, derived_id
from domain.knowledge import Article
from domain.policy.flow import Occasion
from domain.policy.notifications import MAIL, ChannelKind
from domain.properties import PropertyChange
from domain.telling.content import NoticeContent


class WriteBack(Record):
    """A change in the helpdesk; the given parts change together or not at all.

    `changes` says of each property what it was when this was decided and why it changes; a helpdesk that finds it
    otherwise refuses the whole (`LostUpdate`). A property that is cleared stands only there.
    """

    type: Literal["write_back"] = "write_back"
    ticket_id: str
    comment: str | None = None
    public: bool = False
    priority: str | None = None
    status: str | None = None
    tier: str | None = None
    team: str | None = None
    technician: str | None = None
    queue: str | None = None
    sla_target: str | None = None
    tags: tuple[str, ...] = ()
    """Added to those that are there."""
    changes: tuple[PropertyChange, ...] = ()
    escalation_id: str | None = None
    takes_back: bool = False
    """Takes back what its escalation had changed; it alone goes out when the escalation has ended."""
    attempt: int = 0
    """How often it was worked out again because somebody had changed the ticket meanwhile."""
    duplicate_of: str | None = None
    child_of: str | None = None
    """The parent of the outbreak that it belongs to from now on."""
    left_parent: str | None = None
    """The parent that it no longer belongs to."""
    resolution: str | None = None
    """Resolves the ticket, with this text."""
    why: str


class Address(Record):
    """One place at which one recipient, or a room, is reached."""

    channel: str
    """`mail` or a channel of the policy."""
    kind: ChannelKind
    to: str
    """An e-mail address, a Slack channel or member, or the name the settings give a Teams workflow or webhook."""
    recipient: str
    """Whose budget and quiet hours count: a person's id, an address of somebody unknown, or `room:<channel>`."""
    zone: str
    """The zone its times are written in."""


Because = Literal["rule", "unacknowledged", "undelivered", "acknowledged"]


class Message(Record):
    """A notification to one recipient."""

    type: Literal["message"] = "message"
    occasion: Occasion
    channel: str = MAIL
    kind: ChannelKind = "mail"
    to: str
    """As in `Address`."""
    subject: str
    text: str
    """All of it in plain text."""
    ticket_id: str
    escalation_id: str | None = None
    rule: str
    recipient: str = ""
    """As in `Address`; empty means `to`."""
    zone: str = "UTC"
    content: NoticeContent | None = None
    """What channels render. None for the requester, who gets the text and nothing else, and for gathered notices."""
    critical: bool = False
    digest: bool = False
    at: Moment | None = None
    """The moment of the occasion."""
    because: Because = "rule"
    acknowledge_within: int | None = None
    """Minutes."""
    fallback: tuple[tuple[Address, ...], ...] = ()
    """Who is told instead, step by step."""
    origin: str | None = None
    """The effect in whose place this one is sent."""

    @property
    def whose(self) -> str:
        """Whose budget and quiet hours count."""
        return self.recipient or self.to.casefold()

    @property
    def matter(self) -> str:
        """Tells what is told apart from everything else; the same for all who are told of it, on every channel."""
        one = self.content
        said = (one.headline, one.title, one.state, one.details) if one is not None else (self.subject, self.text)
        at = self.at.isoformat() if self.at else ""
        return derived_id("matter", self.ticket_id, self.escalation_id or "", self.occasion, at, *said)

    @property
    def living(self) -> str | None:
        """The id of the one message that stands for its escalation there; none for what is told once."""
        if self.escalation_id is None or self.content is None:
            return None
        return derived_id("live", self.escalation_id, self.channel, self.to)


class Publish(Record):
    """An approved article on its way into the knowledge base and the index."""

    type: Literal["publish"] = "publish"
    draft_id: str
    article: Article


Body = Annotated[WriteBack | Message | Publish, Field(discriminator="type")]


class EffectState(StrEnum):
    """Where an effect stands."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class Effect(Record):
    """One thing to do outside, once. `key` is derived from the step and the content."""

    key: str
    body: Body
    created_at: Moment
    state: EffectState = EffectState.WAITING
    attempts: int = 0
    receipt: str | None = None
    error: str | None = None


def effect(body: WriteBack | Message | Publish, *, step: str, at: Moment) -> Effect:
    """An effect whose key depends only on the step it belongs to and on what it does."""
    digest = content_hash(body.model_dump(mode="json"))
    return Effect(key=derived_id("fx", step, digest), body=body, created_at=at)


def of_step(bodies: Iterable[WriteBack | Message], *, step: str, at: Moment) -> tuple[Effect, ...]:
    """The effects of a step that happens once, with keys that depend on the step and the recipients alone.

    Done again after a crash, when the ticket may show the first try already, the step gives the same keys.
    """
    made: dict[str, Effect] = {}
    for body in bodies:
        to = f"{body.channel}:{body.to}" if isinstance(body, Message) else ""
        key = derived_id("fx", step, body.type, to)
        made.setdefault(key, Effect(key=key, body=body, created_at=at))
    return tuple(made.values())
