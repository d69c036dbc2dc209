"""`/v1/escalations` and `/v1/approvals`: the receiving side, the requester's answer, the approvers."""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path, Query

from adapters.storage import records
from adapters.storage.keys import Caller, Role
from adapters.storage.records import RecordTable
from adapters.storage.store import Store, own_delivery
from api.auth import House, acting_as, needs
from api.problems import responses
from api.schemas import (
    Accepted,
    AnswerIn,
    Approvals,
    EscalationOut,
    EscalationPage,
    MoveIn,
    MoveWithReason,
    VoteIn,
)
from domain.approval import Approval, ApprovalState
from domain.base import Moment, Record, derived_id
from domain.errors import Conflict, NotFound
from domain.escalation import Escalation, EscalationState
from domain.journey import EventArrived, WaitingFor
from domain.ticket import Actor, ActorRole, Event, EventKind

router = APIRouter(prefix="/v1", tags=["escalations"])

Reader = Annotated[
    Caller,
    Depends(needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD, Role.APPROVER, Role.KNOWLEDGE_MANAGER, Role.EVALUATOR)),
]
Receiver = Annotated[Caller, Depends(needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD))]
Approver = Annotated[Caller, Depends(needs(Role.APPROVER))]
Id = Annotated[str, Path(min_length=1, max_length=200)]
M = TypeVar("M", bound=Record)


@router.get("/escalations", responses=responses())
def list_escalations(
    house: House, known: Reader,
    state: Annotated[list[EscalationState], Query()] = [],  # noqa: B006 - FastAPI copies defaults
    ticket: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Moment | None = None,
) -> EscalationPage:  # fmt: skip
    """Escalations, newest first; `before` pages on."""
    found = house.store.read(
        lambda c: records.escalations.find(
            c, known.tenant, ticket_id=ticket, states=state, limit=limit + 1, before=before
        )
    )
    more = len(found) > limit
    return EscalationPage(items=found[:limit], next_before=found[limit - 1].opened_at if more else None)


@router.get("/escalations/{escalation_id}", responses=responses(404))
def get_escalation(escalation_id: Id, house: House, known: Reader) -> EscalationOut:
    """One escalation with its reasons, context, evidence, route, handoff and approvals."""
    store, tenant = house.store, known.tenant
    escalation = store.read(lambda c: records.escalations.get(c, tenant, escalation_id))
    run, ticket_id = escalation.run_id, escalation.ticket_id
    handoffs = store.read(lambda c: records.handoffs.find(c, tenant, ticket_id=ticket_id, limit=1))
    approvals = store.read(lambda c: records.approvals.find(c, tenant, ticket_id=ticket_id))
    return EscalationOut(
        escalation=escalation,
        assessment=_one(store, records.assessments, tenant, run),
        decision=_one(store, records.decisions, tenant, run),
        context=_one(store, records.contexts, tenant, run),
        evidence=_one(store, records.evidence, tenant, run),
        route=_one(store, records.routes, tenant, run),
        handoff=handoffs[0] if handoffs else None,
        approvals=[one for one in approvals if one.escalation_id == escalation_id],
    )


@router.post("/escalations/{escalation_id}/accept", responses=responses(404, 409))
def accept(escalation_id: Id, body: MoveIn, house: House, known: Receiver) -> Escalation:
    """The receiving technician takes it."""
    return _move(house, known, escalation_id, EscalationState.ACCEPTED, body.by, "accepted")


@router.post("/escalations/{escalation_id}/bounce", responses=responses(404, 409))
def bounce(escalation_id: Id, body: MoveWithReason, house: House, known: Receiver) -> Escalation:
    """The receiving side sends it back with a reason; it is routed again."""
    return _move(house, known, escalation_id, EscalationState.BOUNCED, body.by, body.reason)


@router.post("/escalations/{escalation_id}/de-escalate", responses=responses(404, 409))
def de_escalate(escalation_id: Id, body: MoveWithReason, house: House, known: Receiver) -> Escalation:
    """It need not be escalated any more."""
    return _move(house, known, escalation_id, EscalationState.DE_ESCALATED, body.by, body.reason)


@router.post("/escalations/{escalation_id}/answer", status_code=202, responses=responses(404, 409))
def answer(escalation_id: Id, body: AnswerIn, house: House, known: Receiver) -> Accepted:
    """The answer to the question that the escalation waits for; it becomes a comment of the ticket."""
    escalation = house.store.read(lambda c: records.escalations.get(c, known.tenant, escalation_id))
    journey = house.store.active_journey(known.tenant, escalation.ticket_id)
    if journey is None or journey.waiting_for != WaitingFor.ANSWER:
        raise Conflict(f"escalation {escalation_id} does not wait for an answer")
    context = house.store.read(lambda c: records.contexts.get(c, known.tenant, journey.id))
    to_requester = context.question is None or context.question.to == "requester"
    ticket = house.store.ticket(known.tenant, escalation.ticket_id)
    at = house.clock.now()
    person = body.by or known.person or (ticket.requester_id if to_requester else None)
    role = ActorRole.REQUESTER if to_requester else ActorRole.TECHNICIAN
    event = Event(
        id=derived_id("ans", journey.subject_id or "", body.text), at=at, kind=EventKind.COMMENT,
        actor=Actor(id=person, role=role), visibility="public", body=body.text,
    )  # fmt: skip
    arrival = EventArrived(ticket_id=ticket.id, event=event)
    delivery = own_delivery(known.tenant, f"answer:{journey.subject_id}", arrival, at)
    run, new = house.engine.take(known.tenant, delivery)
    return Accepted(run_id=run, new=new)


@router.get("/approvals", tags=["approvals"], responses=responses())
def list_approvals(
    house: House, known: Reader,
    state: Annotated[list[ApprovalState], Query()] = [],  # noqa: B006 - FastAPI copies defaults
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Approvals:  # fmt: skip
    """Requests for approval, newest first."""
    return Approvals(
        items=house.store.read(lambda c: records.approvals.find(c, known.tenant, states=state, limit=limit))
    )


@router.get("/approvals/{approval_id}", tags=["approvals"], responses=responses(404))
def get_approval(approval_id: Id, house: House, known: Reader) -> Approval:
    """One request for approval: the exact action, its risk, and the hash a vote has to name."""
    return house.store.read(lambda c: records.approvals.get(c, known.tenant, approval_id))


@router.post("/approvals/{approval_id}/decision", tags=["approvals"], responses=responses(404, 409))
def decide(approval_id: Id, body: VoteIn, house: House, known: Approver) -> Approval:
    """Approves or rejects what was seen; a hash of anything else is refused."""
    at, by = house.clock.now(), acting_as(known, body.by)
    approval, run = house.store.decide_approval(
        known.tenant, approval_id,
        lambda one: one.vote(by=by, approve=body.approve, seen_hash=body.content_hash, at=at, reason=body.reason),
        at,
    )  # fmt: skip
    if run is not None:
        house.engine.go_on(known.tenant, approval.action.ticket_id, run)
    return approval


def _move(house: House, known: Caller, escalation_id: str, to: EscalationState, by: str | None, why: str) -> Escalation:
    escalation, run = house.store.move_escalation(
        known.tenant, escalation_id, to, by=acting_as(known, by), why=why, at=house.clock.now()
    )
    house.engine.go_on(known.tenant, escalation.ticket_id, run)
    return escalation


def _one(store: Store, table: RecordTable[M], tenant: str, id: str) -> M | None:
    try:
        return store.read(lambda c: table.get(c, tenant, id))
    except NotFound:
        return None
