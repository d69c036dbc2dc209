"""`/v1/delegations`: who decides for whom, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends

from adapters.storage import delegations
from adapters.storage.keys import Caller, Role
from adapters.storage.store import Transaction
from api.auth import House, Needs, acting_as
from api.once import Changed, OnlyOnce
from api.parameters import DelegationId
from api.problems import responses
from api.reading import StrictRoute
from api.schemas import DelegationIn, DelegationPage, MoveIn
from app.bootstrap import Services
from domain.base import derived_id
from domain.delegation import Delegation, add, roll_call, written
from domain.errors import BadInput, Conflict, Forbidden

router = APIRouter(prefix="/v1", tags=["approvals"], route_class=StrictRoute)

Reader = Annotated[Caller, Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD, Role.APPROVER, Role.EVALUATOR))]
Approver = Annotated[Caller, Depends(Needs(Role.APPROVER))]


@router.get("/delegations", summary="List delegations", responses=responses())
def list_delegations(house: House, known: Reader) -> DelegationPage:
    """Those of the policy, and those made at run time whether they are over or not."""
    recorded = house.store.read(lambda c: delegations.find(c, known.tenant))
    everyone = sorted((*written(house.policy), *recorded), key=lambda one: one.last, reverse=True)
    return DelegationPage(items=everyone)


@router.post("/delegations", summary="Delegate", status_code=201, responses=responses(409, 415))
def delegate(body: DelegationIn, house: House, known: Approver, once: OnlyOnce) -> Delegation:
    """The acting person lets somebody else decide in their place for a time. One that closes a circle is refused."""
    by = acting_as(known, body.by)
    return once(Delegation, lambda: _made(house, known.tenant, body, by), status=201)


@router.post("/delegations/{delegation_id}/end", summary="End a delegation", responses=responses(404, 409, 415))
def end(delegation_id: DelegationId, body: MoveIn, house: House, known: Approver, once: OnlyOnce) -> Delegation:
    """The one who delegated takes it back; from now on the delegate's word does not count. One that is over stays."""
    by = acting_as(known, body.by)
    admin = Role.ADMIN in known.roles
    return once(Delegation, lambda: _ended(house, known.tenant, delegation_id, by, admin))


def _made(house: Services, tenant: str, body: DelegationIn, by: str) -> tuple[Delegation, Changed]:
    at = house.clock.now()
    _check_people(house, body, by, at)
    new = Delegation(
        id=derived_id("del", tenant, by, body.to, body.first.isoformat(), body.last.isoformat(), at.isoformat()),
        principal=by, delegate=body.to, first=body.first, last=body.last, only=tuple(body.only), reason=body.reason,
        made_by=by, made_at=at,
    )  # fmt: skip
    if new.last <= at:
        raise BadInput("the delegation is over already", mend="set `last` to a moment to come")

    def write(connection: Transaction) -> None:
        # In the same transaction, so that two who delegate at once cannot close a circle together.
        known = delegations.find(connection, tenant, not_over_at=at)
        delegations.put(connection, tenant, add(new, (*written(house.policy), *known)))

    house.store.write(write)
    return new, Changed("", None)


def _check_people(house: Services, body: DelegationIn, by: str, at: datetime) -> None:
    here = set(house.policy.somebody) - roll_call(house.policy, at).gone
    for name in (by, body.to):
        if name not in here:
            raise BadInput(f"nobody here is called {name!r}", mend="name a person or technician of the policy")
    rules = {rule.id for rule in house.policy.approvals.rules}
    if strange := [name for name in body.only if name not in rules]:
        raise BadInput(
            f"there is no approval rule {strange[0]!r}", mend=f"use: {', '.join(sorted(rules)) or 'none there is'}"
        )


def _ended(house: Services, tenant: str, id: str, by: str, admin: bool) -> tuple[Delegation, Changed]:
    at = house.clock.now()
    if any(one.id == id for one in written(house.policy)):
        raise Conflict("this delegation is written in the policy", mend="end it in people.yaml")
    before = house.store.read(lambda c: delegations.get(c, tenant, id))
    if by != before.principal and not admin:
        raise Forbidden(f"{before.principal} made it", mend="let them end it, or use a key with the role admin")
    after = before.end(by=by, at=at)
    house.store.write(lambda c: delegations.put(c, tenant, after))
    return after, Changed("", None)
