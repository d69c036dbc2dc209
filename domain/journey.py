"""One passage of a ticket through the graph, and what can arrive for it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.base import Moment, NonEmpty, Record
from domain.escalation import EscalationState
from domain.ticket import Event, Ticket


class Outcome(StrEnum):
    """Every path through the graph ends in one of these."""

    WATCHING = "watching"
    DUPLICATE_LINKED = "duplicate_linked"
    HANDED_OVER = "handed_over"
    HANDED_TO_LEAD = "handed_to_lead"
    APPROVAL_REJECTED = "approval_rejected"
    CANCELLED = "cancelled"
    PUBLISHED = "published"
    LINKED = "linked"
    REFUSED = "refused"
    REVIEW_REJECTED = "review_rejected"


class JourneyState(StrEnum):
    """Where a journey stands."""

    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class WaitingFor(StrEnum):
    """What a paused journey waits for."""

    ANSWER = "answer"
    APPROVAL = "approval"
    REVIEW = "review"


class Trigger(StrEnum):
    """Why a journey starts."""

    TICKET_EVENT = "ticket_event"
    TICKET_CLOSED = "ticket_closed"
    BOUNCED = "bounced"


class Journey(Record):
    """One passage; its id is the run id that the caller got."""

    id: str
    ticket_id: str
    trigger: Trigger
    state: JourneyState
    waiting_for: WaitingFor | None = None
    subject_id: str | None = None
    """The question, approval or draft it waits for."""
    outcome: Outcome | None = None
    escalation_id: str | None = None
    started_at: Moment
    updated_at: Moment
    error: str | None = None


TimerKind = Literal[
    "look_again", "answer_due", "approval_due", "level_due", "outbreak_quiet",
    "approval_remind", "approval_alternates", "grant_ending", "grant_ends", "task_overdue", "task_escalated",
]  # fmt: skip
"""What a moment can be awaited for."""


class EventArrived(Record):
    """The helpdesk says that something happened. `ticket` comes with tickets we have not seen."""

    type: Literal["event"] = "event"
    ticket_id: NonEmpty
    event: Event
    ticket: Ticket | None = None


class ApprovalDecided(Record):
    """The approvers have spoken, or their time is over."""

    type: Literal["approval_decided"] = "approval_decided"
    ticket_id: str
    approval_id: str


class ReviewDecided(Record):
    """The reviewer has spoken."""

    type: Literal["review_decided"] = "review_decided"
    ticket_id: str
    draft_id: str


class TimerFired(Record):
    """A moment has come that somebody wanted to be told of."""

    type: Literal["timer"] = "timer"
    ticket_id: str
    timer: TimerKind
    subject_id: str


class EscalationMoved(Record):
    """The receiving side accepted an escalation, sent it back or took it down."""

    type: Literal["escalation_moved"] = "escalation_moved"
    ticket_id: str
    escalation_id: str
    to: EscalationState
    by: str
    why: str


class OutbreakDecided(Record):
    """Somebody confirmed an outbreak, rejected it, or split tickets off it. `ticket_id` is the parent's."""

    type: Literal["outbreak_decided"] = "outbreak_decided"
    ticket_id: str
    outbreak_id: str
    decision: Literal["confirm", "reject", "split"]
    tickets: tuple[str, ...] = ()
    """The children it concerns."""
    was_confirmed: bool = False
    by: str
    why: str


Arrival = Annotated[
    EventArrived | ApprovalDecided | ReviewDecided | TimerFired | EscalationMoved | OutbreakDecided,
    Field(discriminator="type"),
]


class Delivery(Record):
    """One arrival in the inbox; source and delivery id make it unique within its tenant."""

    source: NonEmpty
    delivery_id: NonEmpty
    run_id: str
    received_at: Moment
    arrival: Arrival


class Timer(Record):
    """Something to look at again at a moment. The same key replaces the earlier timer."""

    key: str
    ticket_id: str
    timer: TimerKind
    subject_id: str
    due_at: Moment
