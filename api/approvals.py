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
from api.schemas import ApprovalPage, MoveIn, MoveWithReason, ReassignIn, VoteIn
from app.bootstrap import Services
from app.signing import Ballot
from domain.approval import Approval, ApprovalState

router = APIRouter(prefix="/v1", tags=["approvals"], route_class=StrictRoute)

Reader = Annotated[Caller, Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD, Role.APPROVER, Role.EVALUATOR))]
Approver = Annotated[Caller, Depends(Needs(Role.APPROVER))]
Admin = Annotated[Caller, Depends(Needs(Role.ADMIN))]
Worker = Annotated[Caller, Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD))]
Revoker = Annotated[Caller, Depends(Needs(Role.APPROVER, Role.LEAD))]


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
    """One request for approval and its whole trail: the exact action and the hash that a vote has to name; who voted,
    on whose behalf, having seen what; reminders, alternates, reassignments; the grant, its end and its task."""
    return house.store.read(lambda c: records.approvals.get(c, known.tenant, approval_id))


@router.post("/approvals/{approval_id}/decision", summary="Approve or reject", responses=responses(404, 409, 415))
def decide(approval_id: ApprovalId, body: VoteIn, house: House, known: Approver, once: OnlyOnce) -> Approval:
    """Approves or rejects exactly what was seen: a `content_hash` of anything else is refused.

    At the quorum it is granted and the journey goes on; the first rejection, which needs a reason, ends it. A delegate
    votes in their own name; the record says on whose behalf. Nobody's word counts twice, and nobody decides for
    themselves.
    """
    by = acting_as(known, body.by)
    return once(Approval, lambda: _vote(house, known, approval_id, body, by))


@router.post(
    "/approvals/{approval_id}/reassign", summary="Give the decision to others", responses=responses(404, 409, 415)
)
def reassign(approval_id: ApprovalId, body: ReassignIn, house: House, known: Admin, once: OnlyOnce) -> Approval:
    """Other people decide from now on. Whoever does this has no vote, and it stands in the record with the reason.

    Votes of approvers who stay count on; the others are set aside.
    """
    by = acting_as(known, body.by)

    def give() -> tuple[Approval, Changed]:
        approval, run = house.signing.reassign(
            known.tenant, approval_id, tuple(body.approvers), by=by, reason=body.reason, at=house.clock.now()
        )
        return approval, Changed(approval.action.ticket_id, run)

    return once(Approval, give)


@router.post(
    "/approvals/{approval_id}/carried-out", summary="Note that a grant was given", responses=responses(404, 409, 415)
)
def carried_out(approval_id: ApprovalId, body: MoveIn, house: House, known: Worker, once: OnlyOnce) -> Approval:
    """What was granted has been given: its time runs from now. Not by the requester, nor by anybody who signed."""
    by = acting_as(known, body.by)

    def note() -> tuple[Approval, Changed]:
        approval = house.signing.carried_out(known.tenant, approval_id, by=by, at=house.clock.now())
        return approval, Changed(approval.action.ticket_id, None)

    return once(Approval, note)


@router.post("/approvals/{approval_id}/revoke", summary="Take a grant back", responses=responses(404, 409, 415))
def revoke(approval_id: ApprovalId, body: MoveWithReason, house: House, known: Revoker, once: OnlyOnce) -> Approval:
    """Ends a grant before its time. The task of taking away what was given is made at once."""
    by = acting_as(known, body.by)

    def end() -> tuple[Approval, Changed]:
        approval = house.signing.revoke(known.tenant, approval_id, by=by, reason=body.reason, at=house.clock.now())
        return approval, Changed(approval.action.ticket_id, None)

    return once(Approval, end)


def _vote(house: Services, known: Caller, approval_id: str, body: VoteIn, by: str) -> tuple[Approval, Changed]:
    ballot = Ballot(
        by=by, approve=body.approve, seen_hash=body.content_hash, reason=body.reason, on_behalf_of=body.on_behalf_of,
        channel=body.channel, key=known.key_id,
    )  # fmt: skip
    approval, run = house.signing.vote(known.tenant, approval_id, ballot, house.clock.now())
    return approval, Changed(approval.action.ticket_id, run)
