"""`/v1/tickets` and `/v1/assess`: what happens to tickets, and what Tierwise thinks of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.responses import StreamingResponse

from adapters.storage import outbox, records, tickets
from adapters.storage.keys import Caller, Role
from adapters.storage.store import OURSELVES, run_id
from api.auth import House, Needs
from api.parameters import Source, TicketId
from api.problems import responses
from api.reading import StrictRoute
from api.schemas import Accepted, AssessIn, EventIn, TicketOut
from app.bootstrap import Services
from app.opinion import Opinion, opinion
from domain.errors import BadEvent, BadHistoryLine, BadInput, NotFound
from domain.history import check_moment, check_ticket
from domain.journey import Delivery, EventArrived
from domain.ticket import Ticket

router = APIRouter(prefix="/v1", tags=["tickets"], route_class=StrictRoute)

Platform = Annotated[Caller, Depends(Needs(Role.PLATFORM))]
Reader = Annotated[
    Caller, Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD, Role.EVALUATOR, Role.KNOWLEDGE_MANAGER))
]
DeliveryId = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$",
        description="The platform's delivery id: a repeat of the same event changes nothing, another event under it is "
        "refused. Left out, the ticket's and the event's own ids make the delivery unique.",
    ),
]  # fmt: skip


_STREAM: dict[int | str, dict[str, object]] = {
    200: {
        "description": "a `local` event, a `model` event where there is a language model, then `end` with the last one",
        "content": {
            "text/event-stream": {
                "schema": {
                    "type": "object",
                    "description": "one event",
                    "properties": {
                        "event": {"type": "string", "enum": ["local", "model", "end"]},
                        "data": {
                            "type": "string",
                            "contentMediaType": "application/json",
                            "contentSchema": {"$ref": "#/components/schemas/Opinion"},
                        },
                    },
                    "required": ["event", "data"],
                },
            }
        },
    }
}


@router.post("/tickets/{source}/events", summary="Send an event", status_code=202, responses=responses(404, 409, 415))
def take_event(
    source: Source, body: EventIn, house: House, known: Platform, delivery_id: DeliveryId = None
) -> Accepted:
    """Takes an event in. On 202 it is safe; its run id tells later what came of it.

    Events may come late or out of order: each is put where its moment belongs. The first event of a ticket needs the
    ticket itself along with it.
    """
    if source == OURSELVES:
        raise BadInput(f"the source {OURSELVES!r} is our own", mend="choose another name for the helpdesk")
    _check(house, known.tenant, body)
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


@router.get("/tickets/{ticket_id}", summary="Read a ticket", responses=responses(404))
def get_ticket(ticket_id: TicketId, house: House, known: Reader) -> TicketOut:
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


@router.post("/assess", summary="Ask for an opinion", responses=responses(415))
async def assess(body: AssessIn, house: House, known: Reader) -> Opinion:
    """The whole opinion on one ticket, in the local path's words. Nothing is stored, nothing is sent."""
    return await _opinion(body, house, known, with_model=False)


@router.post(
    "/assess/stream", summary="Ask for an opinion while somebody waits", response_class=StreamingResponse,
    responses={**_STREAM, **responses(415)},
)  # fmt: skip
async def assess_stream(body: AssessIn, house: House, known: Reader) -> StreamingResponse:
    """Server-sent events: the opinion in the local path's words at once, then in the language model's where the
    verifier lets it stand. Nothing is shown before it is verified. Without a model the stream ends after the first.

    The ticket, masked, is sent to the model's server; of the answers only the cache keeps what came.
    """
    local = await _opinion(body, house, known, with_model=False)
    return StreamingResponse(_told(body, house, known, local), media_type="text/event-stream")


async def _told(body: AssessIn, house: Services, known: Caller, local: Opinion) -> AsyncIterator[str]:
    yield f"event: local\ndata: {local.model_dump_json()}\n\n"
    last = local
    if house.model is not None:
        last = await _opinion(body, house, known, with_model=True)
        yield f"event: model\ndata: {last.model_dump_json()}\n\n"
    yield f"event: end\ndata: {last.model_dump_json()}\n\n"


async def _opinion(body: AssessIn, house: Services, known: Caller, *, with_model: bool) -> Opinion:
    _check_ticket(body.ticket)
    if body.at is not None:
        _check_at("at", body.at)
    at = body.at or max(house.clock.now(), body.ticket.created_at)
    if at < body.ticket.created_at:
        raise BadEvent("`at` lies before the ticket's creation", mend="leave `at` out to judge at this moment")
    return await opinion(
        known.tenant, body.ticket, at, policy=house.policy, history=house.history, search=house.search,
        knowledge=house.knowledge, bursts=house.bursts, judges=house.judges,
        model=house.model if with_model else None, may_ask=frozenset(house.settings.llm_agents),
    )  # fmt: skip


def _check(house: Services, tenant: str, body: EventIn) -> None:
    """What the caller can mend is said at once. Raises `BadInput`, `NotFound`."""
    _check_at("event.at", body.event.at)
    if body.ticket is not None:
        _check_ticket(body.ticket)
        if body.ticket.id != body.ticket_id:
            raise BadEvent("`ticket.id` and `ticket_id` differ", mend="send the ticket that the event belongs to")
    stored = house.store.read(lambda c: tickets.get_many(c, tenant, [body.ticket_id]))
    ticket = stored[0] if stored else body.ticket
    if ticket is None:
        raise NotFound(f"there is no ticket {body.ticket_id}", mend="send the ticket along with its first event")
    known = ticket.event(body.event.id)
    if known is not None and known != body.event:
        raise BadEvent("the ticket has another event with this id", mend="give each event an id of its own")
    if body.event.at < ticket.created_at:
        raise BadEvent("the event is older than its ticket", mend="check the event's `at`")


def _check_ticket(ticket: Ticket) -> None:
    try:
        check_ticket(ticket)
    except BadHistoryLine as error:
        raise BadInput(f"ticket.{error.message}", mend=error.mend) from error


def _check_at(name: str, at: datetime) -> None:
    try:
        check_moment(name, at)
    except BadHistoryLine as error:
        raise BadInput(error.message, mend=error.mend) from error
