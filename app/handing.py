"""The handoff of an escalation as people come back to it: read with what is new to them, and written anew."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from adapters.storage import records
from adapters.storage.journeys import SqlJourneyRecords
from adapters.storage.store import Store, Transaction
from agents.views import SummarizerView
from domain.errors import Conflict, NotFound
from domain.escalation import Escalation
from domain.handoff import Handoff
from domain.journey import Journey, Trigger
from domain.reading_handoff import HandoffLook, HandoffRead, moment_of, newer_events, read_handoff
from domain.recording import Changes

if TYPE_CHECKING:
    from app.bootstrap import Services


def handoff_of(store: Store, tenant: str, escalation: Escalation) -> Handoff | None:
    """The newest handoff written during the escalation."""
    ticket_id = escalation.ticket_id
    others = store.read(lambda c: records.escalations.find(c, tenant, ticket_id=ticket_id))
    ends = min((one.opened_at for one in others if one.opened_at > escalation.opened_at), default=None)
    handoffs = store.read(lambda c: records.handoffs.find(c, tenant, ticket_id=ticket_id))
    own = [one for one in handoffs if escalation.opened_at <= one.at and (ends is None or one.at < ends)]
    return own[0] if own else None


def newest_run(store: Store, tenant: str, escalation: Escalation) -> str:
    """The run that the escalation was last worked on in: its first one, or a later one after it came back."""
    journeys: list[Journey] = store.read(lambda c: records.journeys.find(c, tenant, ticket_id=escalation.ticket_id))
    runs = [one.id for one in journeys if one.escalation_id == escalation.id and one.trigger != Trigger.TICKET_CLOSED]
    return runs[0] if runs else escalation.run_id


def handoff_for(store: Store, tenant: str, escalation_id: str, reader: str, since: str | None) -> HandoffRead:
    """The handoff beside the ticket as it is now, with what is new since a moment, an event, or the reader's last look.

    Raises `NotFound` where there is no handoff yet, `BadInput` for a `since` that names nothing.
    """
    escalation = store.read(lambda c: records.escalations.get(c, tenant, escalation_id))
    ticket = store.ticket(tenant, escalation.ticket_id)
    handoff = _needed(store, tenant, escalation)
    if since is not None:
        return read_handoff(handoff, ticket, since=moment_of(since, ticket))
    look = store.read(lambda c: records.handoff_looks.get_or_none(c, tenant, _look_id(escalation_id, reader)))
    event = ticket.event(look.event_id) if look is not None and look.event_id else None
    return read_handoff(handoff, ticket, since=event.at if event else look.at if look else None)


def mark_seen(store: Store, tenant: str, escalation_id: str, reader: str, at: datetime) -> tuple[HandoffLook, str]:
    """Notes that somebody has read the handoff and the ticket up to its last event; (the look, the ticket's id).

    Raises `NotFound`.
    """
    escalation = store.read(lambda c: records.escalations.get(c, tenant, escalation_id))
    _needed(store, tenant, escalation)
    ticket = store.ticket(tenant, escalation.ticket_id)
    id = _look_id(escalation_id, reader)
    before = store.read(lambda c: records.handoff_looks.get_or_none(c, tenant, id))
    look = HandoffLook(
        escalation_id=escalation_id, reader=reader, at=at, event_id=ticket.events[-1].id if ticket.events else None,
        version=before.version + 1 if before else 1,
    )  # fmt: skip
    store.write(
        lambda c: records.handoff_looks.put(
            c, tenant, look, id=id, ticket_id=ticket.id, at=at, version=look.version, once=True
        )
    )
    return look, ticket.id


def rewritten(house: Services, tenant: str, escalation_id: str) -> Handoff:
    """The handoff as of now, kept as the escalation's newest; the one there is when nothing has happened since.

    Context, evidence and route stay those of the escalation's newest run: only the ticket is read again. Raises
    `NotFound` where nothing was handed over yet, `Conflict` once the escalation has ended.
    """
    store = house.store
    escalation = store.read(lambda c: records.escalations.get(c, tenant, escalation_id))
    before = _needed(store, tenant, escalation)
    if not newer_events(before, store.ticket(tenant, escalation.ticket_id)):
        return before
    if escalation.ended:
        raise Conflict(f"escalation {escalation_id} has ended", mend="read the ticket: its handoff stays as it was")
    run = newest_run(store, tenant, escalation)
    view = store.read(lambda c: _view(c, tenant, escalation, run, house.clock.now()))
    written = house.loop.run(house.agents.summarizer(view))
    changes = Changes(
        run_id=run, ticket_id=escalation.ticket_id, handoff=written["handoff"], calls=written["calls"], at=view["at"]
    )
    house.loop.run(SqlJourneyRecords(store.engine).save(tenant, changes))
    return written["handoff"]


def _view(c: Transaction, tenant: str, escalation: Escalation, run: str, at: datetime) -> SummarizerView:
    return {
        "tenant": tenant, "ticket_id": escalation.ticket_id, "at": at,
        "assessment": records.assessments.get(c, tenant, run), "decision": records.decisions.get(c, tenant, run),
        "context": records.contexts.get(c, tenant, run), "evidence": records.evidence.get(c, tenant, run),
        "route": records.routes.get(c, tenant, run),
    }  # fmt: skip


def _needed(store: Store, tenant: str, escalation: Escalation) -> Handoff:
    handoff = handoff_of(store, tenant, escalation)
    if handoff is None:
        raise NotFound(f"escalation {escalation.id} has no handoff yet", mend="it is written when it is handed over")
    return handoff


def _look_id(escalation_id: str, reader: str) -> str:
    return f"{escalation_id}:{reader}"
