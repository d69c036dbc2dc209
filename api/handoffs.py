"""`/v1/escalations/{id}/handoff`: the handoff with what is new to its reader, marked as read, and written anew."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from adapters.storage.keys import Caller, Role
from api.auth import House, Needs, acting_as
from api.once import Changed, OnlyOnce
from api.parameters import EscalationId
from api.problems import responses
from api.reading import StrictRoute
from api.schemas import MoveIn
from app.bootstrap import Services
from app.handing import handoff_for, mark_seen, rewritten
from domain.reading_handoff import HandoffLook, HandoffRead

router = APIRouter(prefix="/v1", tags=["escalations"], route_class=StrictRoute)

Reader = Annotated[Caller, Depends(Needs(Role.PLATFORM, Role.TECHNICIAN, Role.LEAD))]
Since = Annotated[
    str | None,
    Query(
        min_length=1, max_length=200,
        description="count as new what happened after this moment (with its zone) or this event of the ticket; "
        "left out, after the reader's last look",
    ),
]  # fmt: skip
ReadBy = Annotated[
    str | None,
    Query(min_length=1, max_length=200, description="who reads, for keys that belong to nobody"),
]


@router.get("/escalations/{escalation_id}/handoff", summary="Read a handoff", responses=responses(404))
def get_handoff(
    escalation_id: EscalationId, house: House, known: Reader, since: Since = None, by: ReadBy = None
) -> HandoffRead:
    """The newest handoff of an escalation, whether the ticket has moved on since, and what is new to the reader."""
    return handoff_for(house.store, known.tenant, escalation_id, _reader(known, by), since)


@router.post("/escalations/{escalation_id}/handoff", summary="Write a handoff anew", responses=responses(404, 409, 415))
def rewrite_handoff(escalation_id: EscalationId, body: MoveIn, house: House, known: Reader) -> HandoffRead:
    """Reads the ticket again and keeps the handoff as the escalation's newest; nothing is sent.

    When nothing has happened since it was written, it stays as it is: asking twice changes nothing.
    """
    reader = acting_as(known, body.by)
    rewritten(house, known.tenant, escalation_id)
    return handoff_for(house.store, known.tenant, escalation_id, reader, None)


@router.post(
    "/escalations/{escalation_id}/handoff/seen", summary="Mark a handoff as read", responses=responses(404, 409, 415)
)
def mark_handoff_seen(
    escalation_id: EscalationId, body: MoveIn, house: House, known: Reader, once: OnlyOnce
) -> HandoffLook:
    """The reader has seen everything up to the ticket's last event: at the next look only later things are new."""
    reader = acting_as(known, body.by)
    return once(HandoffLook, lambda: _seen(house, known.tenant, escalation_id, reader))


def _seen(house: Services, tenant: str, escalation_id: str, reader: str) -> tuple[HandoffLook, Changed]:
    look, ticket_id = mark_seen(house.store, tenant, escalation_id, reader, house.clock.now())
    return look, Changed(ticket_id, None)


def _reader(known: Caller, by: str | None) -> str:
    """Who reads: the person of the key, the one named, or the key itself."""
    return acting_as(known, by) if known.person or by else f"key:{known.key_id}"
