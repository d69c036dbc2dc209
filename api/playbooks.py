"""`/v1/playbooks` and the steps of an escalation's playbook."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from adapters.storage.keys import Caller, Role
from api.auth import House, Needs, acting_as
from api.once import Changed, OnlyOnce
from api.parameters import EscalationId
from api.problems import responses
from api.reading import StrictRoute
from api.schemas import StepIn
from app.bootstrap import Services
from app.playbooks import mark_step, playbook_uses
from domain.playbooks import PlaybookView, Uses

router = APIRouter(prefix="/v1", tags=["playbooks"], route_class=StrictRoute)

Reader = Annotated[Caller, Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD, Role.EVALUATOR))]
Marker = Annotated[Caller, Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD))]
StepId = Annotated[str, Path(min_length=1, max_length=64, examples=["scope"])]


@router.get("/playbooks", summary="See how the playbooks did", responses=responses())
def get_playbooks(house: House, known: Reader) -> Uses:
    """For each playbook how often it was found, how much of it was done and what was skipped; and what none is for."""
    return playbook_uses(house.store, house.policy, known.tenant)


@router.post(
    "/escalations/{escalation_id}/steps/{step_id}",
    summary="Tick a playbook's step off",
    responses=responses(404, 409, 415),
)
def mark_playbook_step(
    escalation_id: EscalationId, step_id: StepId, body: StepIn, house: House, known: Marker, once: OnlyOnce
) -> PlaybookView:
    """Marks a step as done, skipped (with a reason) or open again; a step that needs others waits for them."""
    by = acting_as(known, body.by)
    return once(PlaybookView, lambda: _marked(house, known.tenant, escalation_id, step_id, body, by))


def _marked(
    house: Services, tenant: str, escalation_id: str, step_id: str, body: StepIn, by: str
) -> tuple[PlaybookView, Changed]:
    view, ticket_id = mark_step(
        house.store, house.policy, tenant, escalation_id, step_id, body.state, by=by, why=body.reason,
        at=house.clock.now(),
    )  # fmt: skip
    return view, Changed(ticket_id, None)
