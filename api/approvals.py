"""`/v1/approvals`: what waits for a signature, and the approvers' word."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from adapters.storage import records
from adapters.storage.keys import Caller, Role
from api.auth import House, Needs, acting_as
from api.once import Changed, OnlyOnce
from api.paging import After, Limit, page, place
from api.parameters import ApprovalId, TicketFilter
from api.problems import responses
from api.reading import StrictRoute
from api.schemas import ApprovalPage, VoteIn
from app.bootstrap import Services
from domain.approval import Approval, ApprovalState

router = APIRouter(prefix="/v1", tags=["approvals"], route_class=StrictRoute)

Reader = Annotated[Caller, Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD, Role.APPROVER, Role.EVALUATOR))]
Approver = Annotated[Caller, Depends(Needs(Role.APPROVER))]


@router.get("/approvals", summary="List approvals", responses=responses())
def list_approvals(
    house: House, known: Reader,
    state: Annotated[list[ApprovalState], Query(description="only these states")] = [],  # noqa: B006 - FastAPI copies
    ticket: TicketFilter = None, limit: Limit = 50, after: After = None,
) -> ApprovalPage:  # fmt: skip
    """Requests for approval, newest first. Pass `next` as `after` to page on."""
    found = house.store.read(
        lambda c: records.approvals.find(
            c, known.tenant, ticket_id=ticket, states=state, limit=limit + 1, after=place(after)
        )
    )
    items, following = page(found, limit, lambda one: (one.requested_at, one.id))
    return ApprovalPage(items=items, next=following)


@router.get("/approvals/{approval_id}", summary="Read an approval", responses=responses(404))
def get_approval(approval_id: ApprovalId, house: House, known: Reader) -> Approval:
    """One request for approval: the exact action, its risk, and the hash that a vote has to name."""
    return house.store.read(lambda c: records.approvals.get(c, known.tenant, approval_id))


@router.post("/approvals/{approval_id}/decision", summary="Approve or reject", responses=responses(404, 409, 415))
def decide(approval_id: ApprovalId, body: VoteIn, house: House, known: Approver, once: OnlyOnce) -> Approval:
    """Approves or rejects exactly what was seen: a `content_hash` of anything else is refused.

    At the quorum it is granted and the journey goes on; the first rejection, which needs a reason, ends it.
    """
    by = acting_as(known, body.by)
    return once(Approval, lambda: _vote(house, known.tenant, approval_id, body, by))


def _vote(house: Services, tenant: str, approval_id: str, body: VoteIn, by: str) -> tuple[Approval, Changed]:
    at = house.clock.now()
    approval, run = house.store.decide_approval(
        tenant, approval_id,
        lambda one: one.vote(by=by, approve=body.approve, seen_hash=body.content_hash, at=at, reason=body.reason),
        at,
    )  # fmt: skip
    return approval, Changed(approval.action.ticket_id, run)
