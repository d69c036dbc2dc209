"""Bodies of requests and answers that are not records of the domain themselves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.approval import Approval
from domain.assessment import Assessment, Decision
from domain.base import Moment
from domain.context import Context
from domain.effects import Effect
from domain.escalation import Escalation
from domain.evidence import Evidence, Hit
from domain.handoff import Handoff
from domain.journey import Journey
from domain.knowledge import Article, ArticleBody, Draft
from domain.route import Route
from domain.sla import LedgerRow, SlaClock
from domain.ticket import Event, Ticket

Person = Annotated[str, Field(min_length=1, max_length=100)]
Reason = Annotated[str, Field(max_length=4000)]


class Body(BaseModel):
    """A request body: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class EventIn(Body):
    """Something that happened to a ticket."""

    ticket_id: str = Field(min_length=1, max_length=200, examples=["INC-1042"])
    event: Event
    ticket: Ticket | None = Field(
        default=None, description="the ticket itself; needed with the first event we hear of it"
    )


class Accepted(BaseModel):
    """The event is safe; its run can be looked at."""

    run_id: str
    new: bool = Field(description="false when this delivery had come before")


class Run(BaseModel):
    """What became of a delivery, and the journey that it started."""

    run_id: str
    state: Literal["waiting", "done", "failed"]
    result: str | None
    journey: Journey | None


class TicketOut(BaseModel):
    """A ticket with the newest opinion on it and everything done about it."""

    ticket: Ticket
    assessment: Assessment | None
    decision: Decision | None
    escalations: list[Escalation]
    effects: list[Effect]


class SlaOut(BaseModel):
    """Both clocks, and every minute of them."""

    clocks: list[SlaClock]
    ledger: dict[Literal["first_response", "resolution"], list[LedgerRow]]


class AssessIn(Body):
    """One ticket, by value."""

    ticket: Ticket
    at: Moment | None = Field(default=None, description="the moment to judge at; now when left out")


class EscalationPage(BaseModel):
    """Escalations, newest first."""

    items: list[Escalation]
    next_before: Moment | None = Field(description="pass as `before` for the next page; null on the last")


class EscalationOut(BaseModel):
    """One escalation with everything that belongs to it."""

    escalation: Escalation
    assessment: Assessment | None
    decision: Decision | None
    context: Context | None
    evidence: Evidence | None
    route: Route | None
    handoff: Handoff | None
    approvals: list[Approval]


class MoveIn(Body):
    """Who accepts."""

    by: Person | None = None


class MoveWithReason(Body):
    """Who sends it back or takes it down, and why."""

    by: Person | None = None
    reason: Annotated[str, Field(min_length=1, max_length=4000)]


class AnswerIn(Body):
    """The requester's (or owner's) answer to the question."""

    text: Annotated[str, Field(min_length=1, max_length=100_000)]
    by: Person | None = None


class VoteIn(Body):
    """An approver's word, with the hash of what was seen."""

    approve: bool
    content_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    reason: Reason = ""
    by: Person | None = None


class Approvals(BaseModel):
    """Requests for approval, newest first."""

    items: list[Approval]


class Drafts(BaseModel):
    """Drafts, newest first."""

    items: list[Draft]


class DraftIn(Body):
    """The text as edited."""

    article: ArticleBody


class ReviewIn(Body):
    """A reviewer's word. A rejection needs a reason."""

    approve: bool
    reason: Reason = ""
    by: Person | None = None


class Articles(BaseModel):
    """Articles by id."""

    items: list[Article]
    next_after: str | None = Field(description="pass as `after` for the next page; null on the last")


class SearchOut(BaseModel):
    """What was found; `nothing` after having looked."""

    status: Literal["found", "nothing"]
    hits: list[Hit]


class Health(BaseModel):
    """Whether the process lives, or is ready."""

    status: Literal["ok", "not_ready"]
    checks: dict[str, str] = {}
