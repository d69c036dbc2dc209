"""`/v1/tickets`, `/v1/assess`, `/v1/runs`: what happens to tickets, and what Tierwise thinks of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path

from adapters.storage import inbox, outbox, records, tickets
from adapters.storage.keys import Caller, Role
from adapters.storage.store import run_id
from api.auth import House, needs
from api.problems import responses
from api.schemas import Accepted, AssessIn, EventIn, Run, SlaOut, TicketOut
from app.opinion import Opinion, opinion
from domain.asof import as_of
from domain.errors import BadEvent, NotFound
from domain.history import check_ticket
from domain.journey import Delivery, EventArrived
from domain.sla import CLOCKS, ledger, sla_clocks

router = APIRouter(prefix="/v1", tags=["tickets"])

Platform = Annotated[Caller, Depends(needs(Role.PLATFORM))]
Reader = Annotated[
    Caller, Depends(needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD, Role.EVALUATOR, Role.KNOWLEDGE_MANAGER))
]
Id = Annotated[str, Path(min_length=1, max_length=200)]
Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", max_length=200, description="the platform's delivery id; a repeat changes nothing"),
]


@router.post("/tickets/{source}/events", status_code=202, responses=responses(404, 409))
def take_event(source: Id, body: EventIn, house: House, known: Platform, delivery_id: Key = None) -> Accepted:
    """Takes an event in. On 202 it is safe; its run id tells later what came of it.

    Without `Idempotency-Key` the event's own ticket and event ids make it unique.
    """
    if body.ticket is not None:
        check_ticket(body.ticket)
        if body.ticket.id != body.ticket_id:
            raise BadEvent("`ticket.id` and `ticket_id` differ", mend="send the ticket that the event belongs to")
    elif not house.store.read(lambda c: tickets.get_many(c, known.tenant, [body.ticket_id])):
        raise NotFound(f"there is no ticket {body.ticket_id}", mend="send the ticket along with its first event")
    delivery = delivery_id or f"{body.ticket_id}:{body.event.id}"
    run, new = house.engine.take(
        known.tenant,
        Delivery(
            source=source, delivery_id=delivery, run_id=run_id(known.tenant, source, delivery),
            received_at=house.clock.now(),
            arrival=EventArrived(ticket_id=body.ticket_id, event=body.event, ticket=body.ticket),
        ),
    )  # fmt: skip
    return Accepted(run_id=run, new=new)


@router.get("/runs/{run}", responses=responses(404))
def get_run(run: Id, house: House, known: Reader) -> Run:
    """What became of a delivery."""
    delivery, state, result = house.store.read(lambda c: inbox.status(c, known.tenant, run))
    journeys = house.store.read(
        lambda c: [
            one for one in records.journeys.find(c, known.tenant, ticket_id=delivery.arrival.ticket_id) if one.id == run
        ]
    )
    return Run.model_validate(
        {"run_id": run, "state": state, "result": result, "journey": journeys[0] if journeys else None}
    )


@router.get("/tickets/{ticket_id}", responses=responses(404))
def get_ticket(ticket_id: Id, house: House, known: Reader) -> TicketOut:
    """The ticket, the newest opinion on it, and everything done about it."""
    store, tenant = house.store, known.tenant
    ticket = store.ticket(tenant, ticket_id)
    opinions = store.read(lambda c: records.assessments.find(c, tenant, ticket_id=ticket_id, limit=1))
    decisions = store.read(lambda c: records.decisions.find(c, tenant, ticket_id=ticket_id, limit=1))
    return TicketOut(
        ticket=ticket,
        assessment=opinions[0] if opinions else None,
        decision=decisions[0] if decisions else None,
        escalations=store.read(lambda c: records.escalations.find(c, tenant, ticket_id=ticket_id)),
        effects=store.read(lambda c: outbox.of_ticket(c, tenant, ticket_id)),
    )


@router.get("/tickets/{ticket_id}/sla", responses=responses(404))
def get_sla(ticket_id: Id, house: House, known: Reader) -> SlaOut:
    """Both SLA clocks and every minute of them: running, paused, outside hours, and why."""
    at = house.clock.now()
    ticket = as_of(house.store.ticket(known.tenant, ticket_id), at)
    return SlaOut(
        clocks=list(sla_clocks(ticket, house.policy, at)),
        ledger={clock: list(ledger(ticket, house.policy, at, clock)) for clock in CLOCKS},
    )


@router.post("/assess", responses=responses())
async def assess(body: AssessIn, house: House, known: Reader) -> Opinion:
    """The whole opinion on one ticket. Nothing is stored, nothing is sent."""
    check_ticket(body.ticket)
    at = body.at or max(house.clock.now(), body.ticket.created_at)
    if at < body.ticket.created_at:
        raise BadEvent("`at` lies before the ticket's creation", mend="leave `at` out to judge at this moment")
    return await opinion(
        known.tenant, body.ticket, at, policy=house.policy, history=house.history, search=house.search,
        knowledge=house.knowledge,
    )  # fmt: skip
