"""What a journey remembers between steps: ids and small facts, never documents.

Evidence, handoff and draft are records; the state holds their ids (evidence goes by the run's id).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NotRequired, TypedDict

from domain.assessment import Assessment, Decision
from domain.base import Moment, Record
from domain.context import Answer, Context
from domain.journey import Outcome, Trigger
from domain.knowledge import DraftState
from domain.route import Route


class ApprovalWord(Record):
    """What became of a request for approval."""

    result: Literal["granted", "rejected", "expired", "cancelled", "changed"]
    at: Moment


class ReviewWord(Record):
    """What became of a draft under review."""

    result: Literal["approved", "rejected"]
    at: Moment


class JourneyState(TypedDict):
    """Every key of a journey. The first six are seeded by the runner; each other key has one writer."""

    tenant: str
    run_id: str
    ticket_id: str
    trigger: Trigger
    at: datetime
    bounced: NotRequired[str]
    """The escalation that came back, when a bounce started this journey."""
    assessment: NotRequired[Assessment]
    seen: NotRequired[str]
    """What triage saw besides the ticket, as JSON: with the decision it goes into the decision log."""
    decision: NotRequired[Decision]
    escalation_id: NotRequired[str]
    context: NotRequired[Context]
    answer: NotRequired[Answer]
    cancelled: NotRequired[bool]
    route: NotRequired[Route]
    approval_id: NotRequired[str | None]
    replaces: NotRequired[str | None]
    """The approval that a change of the request made void."""
    approval: NotRequired[ApprovalWord]
    handoff_id: NotRequired[str]
    draft_id: NotRequired[str]
    draft_state: NotRequired[DraftState]
    review: NotRequired[ReviewWord]
    outcome: NotRequired[Outcome]
