"""`/v1/escalations`: the receiving side, and the answer to a question."""

from __future__ import annotations

from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query

from adapters.storage import model_calls, notices, records
from adapters.storage.keys import Caller, Role
from adapters.storage.records import RecordTable
from adapters.storage.store import Store, own_delivery
from api.auth import House, Needs, acting_as
from api.once import Changed, OnlyOnce
from api.paging import After, Limit, page, place
from api.parameters import EscalationId, TicketFilter
from api.problems import responses
from api.reading import StrictRoute
from api.schemas import Accepted, AnswerIn, EscalationOut, EscalationPage, MoveIn, MoveWithReason
from app.acknowledging import say_moved, words_on
from app.bootstrap import Services
from app.handing import handoff_of, newest_run
from app.playbooks import playbook_of
from domain.base import Record, derived_id
from domain.context import Question
from domain.errors import Conflict, Forbidden, NotFound
from domain.escalation import Escalation, EscalationState
from domain.journey import EventArrived, WaitingFor
from domain.passed import LevelPassed
from domain.reading_handoff import newer_events
from domain.ticket import Actor, ActorRole, Event, EventKind, Ticket

router = APIRouter(prefix="/v1", tags=["escalations"], route_class=StrictRoute)

Reader = Annotated[
    Caller,
    Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD, Role.APPROVER, Role.KNOWLEDGE_MANAGER, Role.EVALUATOR)),
]
Receiver = Annotated[Caller, Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD))]
M = TypeVar("M", bound=Record)


@router.get("/escalations", summary="List escalations", responses=responses())
def list_escalations(
    house: House, known: Reader,
    state: Annotated[list[EscalationState], Query(description="only these states")] = [],  # noqa: B006 - FastAPI copies
    ticket: TicketFilter = None, limit: Limit = 50, after: After = None,
) -> EscalationPage:  # fmt: skip
    """Escalations, newest first. Pass `next` as `after` to page on."""
    found = house.store.read(
        lambda c: records.escalations.find(
            c, known.tenant, ticket_id=ticket, states=state, limit=limit + 1, after=place(after)
        )
    )
    items, following = page(found, limit, lambda one: (one.opened_at, one.id))
    return EscalationPage(items=items, next=following)


@router.get("/escalations/{escalation_id}", summary="Read an escalation", responses=responses(404))
def get_escalation(escalation_id: EscalationId, house: House, known: Reader) -> EscalationOut:
    """One escalation with its reasons, context, evidence, route, handoff and approvals, as of its newest run."""
    store, tenant = house.store, known.tenant
    escalation = store.read(lambda c: records.escalations.get(c, tenant, escalation_id))
    ticket_id = escalation.ticket_id
    run = newest_run(store, tenant, escalation)
    approvals = store.read(lambda c: records.approvals.find(c, tenant, ticket_id=ticket_id))
    handoff = handoff_of(store, tenant, escalation)
    return EscalationOut(
        escalation=escalation,
        assessment=_one(store, records.assessments, tenant, run),
        decision=_one(store, records.decisions, tenant, run),
        context=_one(store, records.contexts, tenant, run),
        evidence=_one(store, records.evidence, tenant, run),
        route=_one(store, records.routes, tenant, run),
        handoff=handoff,
        handoff_stale=handoff is not None and bool(newer_events(handoff, store.ticket(tenant, ticket_id))),
        playbook=playbook_of(store, house.policy, tenant, escalation),
        approvals=[one for one in approvals if one.escalation_id == escalation_id],
        notices=store.read(lambda c: notices.find(c, tenant, escalation_id=escalation_id)),
        acknowledgements=store.read(lambda c: words_on(c, tenant, escalation_id)),
        levels=_levels(store, tenant, escalation),
        calls=list(store.read(lambda c: model_calls.of_run(c, tenant, run))),
    )


@router.post("/escalations/{escalation_id}/accept", summary="Accept an escalation", responses=responses(404, 409, 415))
def accept(escalation_id: EscalationId, body: MoveIn, house: House, known: Receiver, once: OnlyOnce) -> Escalation:
    """The receiving technician takes it."""
    by = acting_as(known, body.by)
    return once(Escalation, lambda: _move(house, known, escalation_id, EscalationState.ACCEPTED, by, "accepted"))


@router.post(
    "/escalations/{escalation_id}/bounce",
    summary="Send an escalation back",
    responses=responses(404, 409, 415),
)
def bounce(
    escalation_id: EscalationId, body: MoveWithReason, house: House, known: Receiver, once: OnlyOnce
) -> Escalation:
    """The receiving side sends it back with a reason; it is routed again, to somebody else."""
    by = acting_as(known, body.by)
    return once(Escalation, lambda: _move(house, known, escalation_id, EscalationState.BOUNCED, by, body.reason))


@router.post(
    "/escalations/{escalation_id}/de-escalate",
    summary="Take an escalation down",
    responses=responses(404, 409, 415),
)
def de_escalate(
    escalation_id: EscalationId, body: MoveWithReason, house: House, known: Receiver, once: OnlyOnce
) -> Escalation:
    """It need not be escalated any more; a question or approval that it waits for is dropped."""
    by = acting_as(known, body.by)
    return once(Escalation, lambda: _move(house, known, escalation_id, EscalationState.DE_ESCALATED, by, body.reason))


@router.post(
    "/escalations/{escalation_id}/answer", summary="Answer the question", status_code=202,
    responses=responses(404, 409, 415),
)  # fmt: skip
def answer(escalation_id: EscalationId, body: AnswerIn, house: House, known: Receiver, once: OnlyOnce) -> Accepted:
    """The answer to the question that the escalation waits for; it becomes a public comment of the ticket."""
    return once(Accepted, lambda: _answer(house, known, escalation_id, body), status=202)


def _move(
    house: Services, known: Caller, escalation_id: str, to: EscalationState, by: str, why: str
) -> tuple[Escalation, Changed]:
    escalation, run = house.store.move_escalation(known.tenant, escalation_id, to, by=by, why=why, at=house.clock.now())
    say_moved(house.store, house.policy, known.tenant, escalation_id)
    return escalation, Changed(escalation.ticket_id, run)


def _answer(house: Services, known: Caller, escalation_id: str, body: AnswerIn) -> tuple[Accepted, Changed]:
    tenant, at = known.tenant, house.clock.now()
    escalation = house.store.read(lambda c: records.escalations.get(c, tenant, escalation_id))
    journey = house.store.active_journey(tenant, escalation.ticket_id)
    if journey is None or journey.waiting_for != WaitingFor.ANSWER or journey.escalation_id != escalation_id:
        raise Conflict(f"escalation {escalation_id} does not wait for an answer", mend="read it again; it has gone on")
    question = house.store.read(lambda c: records.contexts.get(c, tenant, journey.id)).question
    ticket = house.store.ticket(tenant, escalation.ticket_id)
    event = Event(
        id=derived_id("ans", journey.subject_id or "", body.text), at=at, kind=EventKind.COMMENT,
        actor=_answering(known, question, ticket, body.by), visibility="public", body=body.text,
    )  # fmt: skip
    arrival = EventArrived(ticket_id=ticket.id, event=event)
    run, new = house.store.accept(tenant, own_delivery(tenant, f"answer:{journey.subject_id}", arrival, at))
    return Accepted(run_id=run, new=new), Changed(ticket.id, run if new else None)


def _answering(known: Caller, question: Question | None, ticket: Ticket, by: str | None) -> Actor:
    """Who answers: the one who was asked. Raises `Forbidden` when a personal key speaks for somebody else."""
    if question is not None and question.to == "owner":
        return Actor(id=acting_as(known, by), role=ActorRole.TECHNICIAN)
    if known.person not in (None, ticket.requester_id):
        raise Forbidden(
            "the question went to the requester",
            mend="let the helpdesk send the requester's reply, or use its key",
        )
    return Actor(id=acting_as(known, by or ticket.requester_id), role=ActorRole.REQUESTER)


def _levels(store: Store, tenant: str, escalation: Escalation) -> list[LevelPassed]:
    """The levels passed while the escalation was open, and those that opened it."""
    matrix = _one(store, records.matrices, tenant, escalation.ticket_id)
    until = escalation.updated_at if escalation.ended else None
    found = matrix.levels if matrix else ()
    return [one for one in found if one.at >= escalation.opened_at and (until is None or one.at <= until)]


def _one(store: Store, table: RecordTable[M], tenant: str, id: str) -> M | None:
    try:
        return store.read(lambda c: table.get(c, tenant, id))
    except NotFound:
        return None
