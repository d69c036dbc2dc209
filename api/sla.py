"""`/v1/tickets/{id}/sla`: every SLA minute of a ticket, explained, now or as it was seen at a past moment."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import PlainTextResponse

from adapters.storage.keys import Caller, Role
from api.auth import House, Needs
from api.parameters import TicketId
from api.problems import responses
from api.reading import StrictRoute
from api.schemas import SlaOut
from domain.asof import as_of
from domain.base import Moment
from domain.errors import BadInput
from domain.sla.ledger import readings
from domain.sla.page import explain, sla_page, wall
from domain.sla.shared import SHARED, shared
from domain.ticket import Ticket

router = APIRouter(prefix="/v1", tags=["tickets"], route_class=StrictRoute)

Reader = Annotated[
    Caller, Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD, Role.EVALUATOR, Role.KNOWLEDGE_MANAGER))
]
At = Annotated[
    Moment | None,
    Query(description="the moment to read at, in the past; now when left out. Write `+` of an offset as `%2B`."),
]
Minute = Annotated[
    Moment | None, Query(description="a moment to explain, between the ticket's creation and the moment of reading")
]
_TEXT: dict[int | str, dict[str, object]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


@router.get(
    "/tickets/{ticket_id}/sla", summary="Read a ticket's SLA ledger", response_model=SlaOut,
    responses=responses(404) | _TEXT,
)  # fmt: skip
def get_sla(
    request: Request, ticket_id: TicketId, house: House, known: Reader, at: At = None, minute: Minute = None
) -> SlaOut | PlainTextResponse:
    """Every promised clock and every minute of it: running, overdue, paused, outside hours, and why.

    The resolution clock of a ticket under a confirmed outbreak is its parent's from the moment it joined, where the
    policy says so; `shared_with` names the parent. `Accept: text/plain` gives the same as a page of text. With
    `minute` that page explains that moment alone.
    """
    whole = house.store.ticket(known.tenant, ticket_id)
    moment = _moment(whole, house.clock.now(), at)
    ticket, policy = as_of(whole, moment), house.policy
    explained = explain(ticket, policy, moment, minute) if minute is not None else ()
    found, note = readings(ticket, policy, moment), ""
    sharing = house.outbreaks.sharing(known.tenant, ticket_id, moment)
    if sharing is not None:
        parent = as_of(house.store.ticket(known.tenant, sharing.parent), moment)
        found = shared(found, readings(parent, policy, moment), sharing.since)
        note = f"The {SHARED} clock is that of {parent.id} since {wall(sharing.since, policy.head.zone)}"
        if minute is not None and minute >= sharing.since:
            theirs = {one.clock: one for one in explain(parent, policy, moment, minute) if one.clock == SHARED}
            explained = tuple(theirs.get(one.clock, one) for one in explained)
    if _wants_text(request.headers.get("accept", "")):
        lines = [one.text for one in explained]
        page = sla_page(ticket, policy, moment, found, note)
        return PlainTextResponse("\n".join([*lines, ""]) if lines else page)
    return SlaOut(
        shared_with=sharing.parent if sharing else None, shared_since=sharing.since if sharing else None,
        ticket_id=ticket.id, at=moment, policy=policy.stamp, clocks=[one.clock for one in found],
        ledger={one.clock.clock: list(one.rows) for one in found}, explained=list(explained),
    )  # fmt: skip


def _moment(ticket: Ticket, now: datetime, at: datetime | None) -> datetime:
    """The moment to read at. Raises `BadInput` for one that the ledger does not reach."""
    if at is None:
        return max(now, ticket.created_at)
    if at > now:
        raise BadInput("`at` lies in the future", mend="leave `at` out to read at this moment")
    if at < ticket.created_at:
        raise BadInput("`at` lies before the ticket's creation", mend="give a later moment")
    return at


def _wants_text(accept: str) -> bool:
    """Whether a page of text is asked for rather than JSON."""
    weights = {"text/plain": 0.0, "application/json": 0.0}
    for part in accept.lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        if kind in weights:
            weights[kind] = float(weight) if weight.replace(".", "", 1).isdecimal() else 0.0
    return weights["text/plain"] > weights["application/json"]
