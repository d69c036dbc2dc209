"""What became of each message: receipts, the message that lives on at its place, and acknowledgements."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from domain.base import Moment, Record
from domain.effects import Message
from domain.policy.notifications import ChannelKind

Lane = Literal["critical", "now", "public", "digest"]
"""Messages of one lane to one recipient on one channel keep their order and are gathered with each other only."""


def lane_of(message: Message) -> Lane:
    """The lane a message goes in."""
    if message.critical:
        return "critical"
    if message.digest:
        return "digest"
    return "now" if message.content is not None else "public"


class NoticeState(StrEnum):
    """Where one message stands."""

    WAITING = "waiting"
    HELD = "held"
    SENT = "sent"
    UPDATED = "updated"
    GATHERED = "gathered"
    SUPPRESSED = "suppressed"
    FAILED = "failed"
    BOUNCED = "bounced"


SETTLED = frozenset(
    {NoticeState.SENT, NoticeState.UPDATED, NoticeState.GATHERED, NoticeState.SUPPRESSED, NoticeState.FAILED,
     NoticeState.BOUNCED}
)  # fmt: skip
REACHED = frozenset({NoticeState.SENT, NoticeState.UPDATED, NoticeState.GATHERED})


class AttemptState(StrEnum):
    """How one try to deliver ended."""

    PENDING = "pending"
    """On its way, or cut off by a crash."""
    SENT = "sent"
    REFUSED = "refused"
    """It certainly did not arrive."""
    UNKNOWN = "unknown"
    """It may have arrived."""


class Attempt(Record):
    """One try to deliver."""

    number: int
    started_at: Moment
    ended_at: Moment | None = None
    state: AttemptState
    counts: bool
    """Whether the recipient is notified by it; a change in place is silent."""
    error: str | None = None


class NoticeRecord(Record):
    """One message to one place and what became of it. `key` is that of its effect."""

    key: str
    ticket_id: str
    escalation_id: str | None
    occasion: str
    because: str
    recipient: str
    channel: str
    kind: ChannelKind
    to: str
    lane: Lane
    state: NoticeState
    at: Moment
    due_at: Moment | None = None
    """When it is planned again, while it is held."""
    rounds: int = 0
    """Rounds of tries that ended without delivery."""
    gathered_into: str | None = None
    origin: str | None = None
    """The notice in whose place it was sent."""
    reference: str | None = None
    """What the channel calls the message: a Message-ID, Slack's channel and time stamp, a webhook id."""
    detail: str = ""
    settled_at: Moment | None = None
    attempts: tuple[Attempt, ...] = ()


class Living(Record):
    """The one message that stands for an escalation at one place, as it was last told."""

    id: str
    reference: str
    sequence: int
    """Counts the states told there, from 1."""
    at: Moment
    """The moment of the state told last."""
    message: Message


class Acknowledgement(Record):
    """Somebody has seen an escalation and said so; it covers everything told until then."""

    escalation_id: str
    at: Moment
    by: str
    via: str
    """Where: `api`, `mail`, a channel, or the move that implies it."""
