"""Bodies of requests and answers that are not records of the domain themselves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from domain.approval import Approval, Channel
from domain.assessment import Assessment, Decision
from domain.base import Moment
from domain.context import Context
from domain.delegation import Delegation
from domain.effects import Effect
from domain.escalation import Escalation
from domain.evidence import Evidence, Hit
from domain.handoff import Handoff
from domain.journey import Journey
from domain.knowledge import Article, ArticleBody, Draft
from domain.language_model import ModelCall
from domain.outbreak import Outbreak
from domain.passed import LevelPassed
from domain.playbooks import PlaybookView, StepState
from domain.route import Route
from domain.sla.clocks import ClockName, SlaClock
from domain.sla.ledger import LedgerRow
from domain.sla.page import MinuteExplained
from domain.task import Task
from domain.telling.records import Acknowledgement, NoticeRecord
from domain.ticket import Event, Ticket

Person = Annotated[str, Field(min_length=1, max_length=100)]
By = Annotated[
    Person | None,
    Field(description="who acts; left out with a personal key, needed with one that belongs to nobody"),
]
Reason = Annotated[str, Field(max_length=4000)]


_TICKET: JsonValue = {
    "id": "INC-1042",
    "subject": "VPN drops every few minutes",
    "description": "Since this morning the VPN drops every few minutes. I cannot work, please escalate this.",
    "requester": {"id": "u-311", "email": "maria.lind@example.com"},
    "category": "vpn",
    "priority": "high",
    "created_at": "2026-10-14T06:30:00Z",
    "events": [
        {
            "id": "e1",
            "at": "2026-10-14T06:30:00Z",
            "kind": "created",
            "actor": {"id": "u-311", "role": "requester"},
        }
    ],
}
_COMMENT: JsonValue = {
    "id": "e2",
    "at": "2026-10-14T08:05:00Z",
    "kind": "comment",
    "actor": {"id": "u-311", "role": "requester"},
    "visibility": "public",
    "body": "Any news? It shows error 809.",
}


def _like(**example: JsonValue) -> ConfigDict:
    """The configuration of a body that shows how it looks."""
    return ConfigDict(json_schema_extra={"examples": [example]})


class Body(BaseModel):
    """A request body: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class EventIn(Body):
    """Something that happened to a ticket."""

    model_config = _like(ticket_id="INC-1042", event=_COMMENT, ticket=_TICKET)

    ticket_id: str = Field(min_length=1, max_length=200, examples=["INC-1042"])
    event: Event
    ticket: Ticket | None = Field(
        default=None, description="the ticket itself; needed with the first event we hear of it"
    )


class Accepted(BaseModel):
    """The event is safe; its run can be looked at."""

    run_id: str = Field(examples=["run_0a1b2c3d4e5f60718293"])
    new: bool = Field(description="false when this delivery had come before")


class Run(BaseModel):
    """What became of a delivery, and the journey that it started."""

    run_id: str
    state: Literal["waiting", "done", "failed"]
    result: str | None
    journey: Journey | None
    calls: list[ModelCall]
    """What was asked of a language model on the way, and what came of it."""


class TicketOut(BaseModel):
    """A ticket with the newest opinion on it and everything done about it."""

    ticket: Ticket
    assessment: Assessment | None
    decision: Decision | None
    escalations: list[Escalation]
    effects: list[Effect]


class SlaOut(BaseModel):
    """Every promised clock, and every minute of it."""

    ticket_id: str
    at: Moment
    policy: str = Field(description="the stamp of the policy that this was read under")
    shared_with: str | None = Field(description="the outbreak's parent whose resolution clock this ticket has")
    shared_since: Moment | None
    clocks: list[SlaClock]
    ledger: dict[ClockName, list[LedgerRow]]
    explained: list[MinuteExplained] = Field(description="what `minute` was for each clock; empty without it")


class AssessIn(Body):
    """One ticket, by value."""

    model_config = _like(ticket=_TICKET, at="2026-10-14T09:00:00Z")

    ticket: Ticket
    at: Moment | None = Field(default=None, description="the moment to judge at; now when left out")


Next = Annotated[str | None, Field(description="pass as `after` for the next page; null on the last")]


class EscalationPage(BaseModel):
    """Escalations, newest first."""

    items: list[Escalation]
    next: Next


class EscalationOut(BaseModel):
    """One escalation with everything that belongs to it."""

    escalation: Escalation
    assessment: Assessment | None
    decision: Decision | None
    context: Context | None
    evidence: Evidence | None
    route: Route | None
    handoff: Handoff | None
    handoff_stale: bool
    """Whether somebody wrote or changed something after the handoff was written."""
    playbook: PlaybookView | None
    approvals: list[Approval]
    notices: list[NoticeRecord]
    acknowledgements: list[Acknowledgement]
    levels: list[LevelPassed]
    """Levels of the escalation matrix passed since it was opened, oldest first."""
    calls: list[ModelCall]
    """What was asked of a language model in its newest run, and what came of it."""


class AcknowledgeIn(Body):
    """Who has seen it, and where."""

    model_config = _like(by="robin-hale", via="console")

    by: By = None
    via: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$", description="where it was said")] = "api"
    version: Annotated[
        int | None,
        Field(ge=1, le=2**31, description="the escalation's version that was looked at; a newer one is a 409"),
    ] = None


class MoveIn(Body):
    """Who accepts."""

    model_config = _like(by="robin-hale")

    by: By = None


class MoveWithReason(Body):
    """Who sends it back or takes it down, and why."""

    model_config = _like(by="robin-hale", reason="a network fault, not ours")

    by: By = None
    reason: Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]


class AnswerIn(Body):
    """The requester's (or owner's) answer to the question."""

    model_config = _like(text="It shows error 809, at home and in the office.")

    text: Annotated[str, Field(min_length=1, max_length=100_000)]
    by: By = None


class VoteIn(Body):
    """An approver's word, with the hash of what was seen."""

    model_config = _like(approve=True, content_hash="9f" * 32, by="dana-whitlock")

    approve: bool
    content_hash: Annotated[
        str, Field(pattern=r"^[0-9a-f]{64}$", description="`content_hash` of the approval as it was shown")
    ]
    reason: Reason = ""
    by: By = None
    on_behalf_of: Person | None = Field(
        default=None, description="the approver a delegate speaks for; left out: the first one open to them"
    )
    channel: Channel = Field(default="api", description="the way the person's word came in")


class ApprovalPage(BaseModel):
    """Requests for approval, newest first."""

    items: list[Approval]
    next: Next


class ReassignIn(Body):
    """Who decides from now on, and why."""

    model_config = _like(approvers=["chris-lowe"], reason="Dana Whitlock is ill", by="pat-ivers")

    approvers: Annotated[list[Person], Field(min_length=1, max_length=50)]
    reason: Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]
    by: By = None


class TaskPage(BaseModel):
    """Tasks, newest first."""

    items: list[Task]
    next: Next


class TaskDoneIn(Body):
    """Who carried a task out, and the note or receipt of it."""

    model_config = _like(note="role removed, see change 4711", by="robin-hale")

    note: Annotated[str, Field(min_length=1, max_length=4000)]
    by: By = None


class DelegationIn(Body):
    """The acting person lets somebody else decide in their place, from `first` until, not including, `last`."""

    model_config = _like(
        to="chris-lowe", first="2026-12-21T00:00:00+01:00", last="2027-01-05T00:00:00+01:00", reason="on leave",
        by="dana-whitlock",
    )  # fmt: skip

    to: Person
    first: Moment
    last: Moment
    only: Annotated[list[Person], Field(max_length=50)] = Field(
        default=[], description="approval rules it is limited to; empty means all"
    )
    reason: Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]
    by: By = None


class DelegationPage(BaseModel):
    """Delegations of the policy and those made at run time, the one that ends last first."""

    items: list[Delegation]


class StepIn(Body):
    """A person's word on a step of a playbook."""

    model_config = _like(state="skipped", reason="only one person is affected", by="robin-hale")

    state: StepState
    reason: Reason = ""
    by: By = None


class OutbreakPage(BaseModel):
    """Outbreaks, newest first."""

    items: list[Outbreak]
    next: Next


class OutbreakIn(Body):
    """A person's word on an outbreak. `tickets` names the children to split off; without it a split frees them all."""

    model_config = _like(decision="split", tickets=["INC-1044"], reason="a printer fault, not the VPN", by="robin-hale")

    decision: Literal["confirm", "reject", "split"]
    tickets: Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=500)] = []
    reason: Reason = ""
    by: By = None
    version: Annotated[int | None, Field(ge=1, description="`version` as it was read; refused when it has changed")] = (
        None
    )


class DraftPage(BaseModel):
    """Drafts, newest first."""

    items: list[Draft]
    next: Next


class DraftIn(Body):
    """The text as edited."""

    model_config = _like(
        article={
            "title": "VPN drops every few minutes with error 809",
            "symptom": "The VPN connects and drops again; the client shows error 809.",
            "environment": "VPN client 6.4 on Windows 11",
            "cause": "The router at home closes idle UDP sessions.",
            "resolution": ["Switch the client to TCP.", "Connect again and wait ten minutes."],
            "category": "vpn",
            "audience": "public",
        }
    )

    article: ArticleBody


class ReviewIn(Body):
    """A reviewer's word. A rejection needs a reason."""

    model_config = _like(approve=False, reason="describes one case only", by="chris-lowe")

    approve: bool
    reason: Reason = ""
    by: By = None


class ArticlePage(BaseModel):
    """The newest versions of articles, by id."""

    items: list[Article]
    next: Next


class SearchOut(BaseModel):
    """What was found; `nothing` after having looked."""

    status: Literal["found", "nothing"]
    hits: list[Hit]


class Health(BaseModel):
    """Whether the process lives, or is ready."""

    status: Literal["ok", "not_ready"]
    checks: dict[str, str] = {}
