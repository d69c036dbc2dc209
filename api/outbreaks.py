"""`/v1/outbreaks`: bursts of one trouble, and a person's word on them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from adapters.storage import records
from adapters.storage.keys import Caller, Role
from api.auth import House, Needs, acting_as
from api.once import Changed, OnlyOnce
from api.paging import After, Limit, page, place
from api.parameters import OutbreakId
from api.problems import responses
from api.reading import StrictRoute
from api.schemas import OutbreakIn, OutbreakPage
from app.bootstrap import Services
from domain.errors import BadInput
from domain.outbreak import Outbreak, OutbreakState

router = APIRouter(prefix="/v1", tags=["outbreaks"], route_class=StrictRoute)

Reader = Annotated[Caller, Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD, Role.EVALUATOR))]
Decider = Annotated[Caller, Depends(Needs(Role.PLATFORM, Role.LEAD))]


@router.get("/outbreaks", summary="List outbreaks", responses=responses())
def list_outbreaks(
    house: House, known: Reader,
    state: Annotated[list[OutbreakState], Query(description="only these states")] = [],  # noqa: B006 - FastAPI copies
    limit: Limit = 50, after: After = None,
) -> OutbreakPage:  # fmt: skip
    """Outbreaks, newest first. Pass `next` as `after` to page on."""
    found = house.store.read(
        lambda c: records.outbreaks.find(c, known.tenant, states=state, limit=limit + 1, after=place(after))
    )
    items, following = page(found, limit, lambda one: (one.detected_at, one.id))
    return OutbreakPage(items=items, next=following)


@router.get("/outbreaks/{outbreak_id}", summary="Read an outbreak", responses=responses(404))
def get_outbreak(outbreak_id: OutbreakId, house: House, known: Reader) -> Outbreak:
    """One outbreak: its evidence, its parent, the tickets under it, and what was decided."""
    return house.store.read(lambda c: records.outbreaks.get(c, known.tenant, outbreak_id))


@router.post(
    "/outbreaks/{outbreak_id}/decision",
    summary="Confirm, reject or split an outbreak",
    responses=responses(404, 409, 415),
)
def decide_outbreak(
    outbreak_id: OutbreakId, body: OutbreakIn, house: House, known: Decider, once: OnlyOnce
) -> Outbreak:
    """Confirmed, its tickets are tied to the parent. Rejected, nobody is asked about this burst again.

    A split, like a rejection, needs a reason; the tickets split off have their own clock and are looked at again.
    """
    by = acting_as(known, body.by)
    return once(Outbreak, lambda: _decided(house, known.tenant, outbreak_id, body, by))


def _decided(house: Services, tenant: str, outbreak_id: str, body: OutbreakIn, by: str) -> tuple[Outbreak, Changed]:
    if body.decision != "confirm" and not body.reason.strip():
        raise BadInput(f"a {body.decision} needs a reason", mend="say in `reason` why it is none")
    outbreak, run = house.outbreaks.decide(
        tenant, outbreak_id, body.decision, only=body.tickets, by=by, why=body.reason or "confirmed",
        expected=body.version,
    )  # fmt: skip
    return outbreak, Changed(outbreak.parent, run)
