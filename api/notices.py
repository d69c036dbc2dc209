"""`/v1/notices` and acknowledgements: what people were told, and that they have seen it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from adapters.storage import notices, records
from adapters.storage.keys import Caller, Role
from api.auth import House, Needs, acting_as
from api.once import Changed, OnlyOnce
from api.pages import asked, done
from api.paging import After, Limit, page, place
from api.parameters import EscalationId, LinkToken, TicketFilter
from api.problems import only, responses
from api.reading import StrictRoute
from api.schemas import AcknowledgeIn
from app.acknowledging import acknowledge
from app.bootstrap import Services
from domain.telling.records import Acknowledgement, NoticeRecord, NoticeState

router = APIRouter(prefix="/v1", tags=["notices"], route_class=StrictRoute)

Reader = Annotated[Caller, Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD, Role.APPROVER))]
EscalationFilter = Annotated[str | None, Query(min_length=1, max_length=200, description="only of this escalation")]
RecipientFilter = Annotated[
    str | None,
    Query(min_length=1, max_length=320, description="only to this person: an id, an address or `room:<channel>`"),
]
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex",
}  # fmt: skip


class NoticePage(BaseModel):
    """What people were told, newest first."""

    items: list[NoticeRecord]
    next: str | None = Field(description="pass as `after` for the next page; null on the last")


@router.get("/notices", summary="List notices", responses=responses())
def list_notices(
    house: House, known: Reader,
    state: Annotated[list[NoticeState], Query(description="only these states")] = [],  # noqa: B006 - FastAPI copies
    ticket: TicketFilter = None, escalation: EscalationFilter = None, recipient: RecipientFilter = None,
    limit: Limit = 50, after: After = None,
) -> NoticePage:  # fmt: skip
    """Every message with its tries and what became of it: sent, held until when and why, gathered, dropped, failed."""
    found = house.store.read(
        lambda c: notices.find(
            c, known.tenant, escalation_id=escalation, ticket_id=ticket, recipient=recipient, states=state,
            limit=limit + 1, after=place(after),
        )
    )  # fmt: skip
    items, following = page(found, limit, lambda one: (one.at, one.key))
    return NoticePage(items=items, next=following)


@router.post(
    "/escalations/{escalation_id}/acknowledge", summary="Acknowledge an escalation", responses=responses(404, 409, 415)
)
def acknowledge_escalation(
    escalation_id: EscalationId, body: AcknowledgeIn, house: House, known: Reader, once: OnlyOnce
) -> Acknowledgement:
    """Somebody has seen it: reminders and fallbacks stop, and every place where it was told says who and when.

    Acknowledging again changes nothing and gives the first word again.
    """
    by = acting_as(known, body.by)

    def change() -> tuple[Acknowledgement, Changed]:
        word = acknowledge(
            house.store, house.policy, known.tenant, escalation_id, by=by, via=body.via, at=house.clock.now(),
            seen=body.version,
        )  # fmt: skip
        raised = house.store.read(lambda c: records.escalations.get(c, known.tenant, escalation_id))
        return word, Changed(raised.ticket_id, None)

    word = once(Acknowledgement, change)
    house.engine.wake()
    return word


@router.get(
    "/acknowledge/{token}", summary="Open the link of a mail", response_class=HTMLResponse,
    responses=only(403, 404, 409, 422, 503),
)  # fmt: skip
def open_link(token: LinkToken, house: House) -> HTMLResponse:
    """A page that asks. Opening it changes nothing: mail scanners open links."""
    word = house.reach.links.read(token, house.clock.now())
    raised = house.store.read(lambda c: records.escalations.get(c, word.tenant, word.escalation_id))
    return HTMLResponse(asked(raised.ticket_id, raised.state, word.by), headers=_HEADERS)


@router.post(
    "/acknowledge/{token}", summary="Acknowledge by the link of a mail", response_class=HTMLResponse,
    responses=only(403, 404, 409, 413, 422, 503),
)  # fmt: skip
def follow_link(token: LinkToken, house: House) -> HTMLResponse:
    """The button of that page: acknowledges for the person whose mail it was."""
    return HTMLResponse(done(_by_link(house, token)), headers=_HEADERS)


def _by_link(house: Services, token: str) -> Acknowledgement:
    at = house.clock.now()
    word = house.reach.links.read(token, at)
    found = acknowledge(house.store, house.policy, word.tenant, word.escalation_id, by=word.by, via=word.via, at=at)
    house.engine.wake()
    return found
