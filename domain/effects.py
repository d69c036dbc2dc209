"""Everything that leaves the house: each effect is a row in the outbox with a key of its own."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.base import Moment, Record, content_hash, derived_id
from domain.knowledge import Article
from domain.policy.flow import Occasion


class WriteBack(Record):
    """A change in the helpdesk; the given parts change together or not at all."""

    type: Literal["write_back"] = "write_back"
    ticket_id: str
    comment: str | None = None
    public: bool = False
    priority: str | None = None
    status: str | None = None
    tier: str | None = None
    team: str | None = None
    technician: str | None = None
    tags: tuple[str, ...] = ()
    duplicate_of: str | None = None
    why: str


class Message(Record):
    """A notification to one recipient."""

    type: Literal["message"] = "message"
    occasion: Occasion
    channel: Literal["mail"]
    to: str
    """An e-mail address."""
    subject: str
    text: str
    ticket_id: str
    escalation_id: str | None = None
    rule: str


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
