"""Cases in which a person contradicted a judgement, noted in the transaction of what the person did."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from adapters.storage import records
from domain import overriding
from domain.assessment import Assessment, Decision
from domain.escalation import Escalation, EscalationState
from domain.overriding import ModelCase
from domain.ticket import Event, Ticket

SameTeam = Callable[[str, str], bool]
"""Whether two names mean one team of the policy."""


def note_move(connection: Connection, tenant: str, before: Escalation, after: Escalation) -> None:
    """A person took an escalation down or sent it back."""
    move = after.moves[-1]
    if after.state == EscalationState.BOUNCED:
        _note(connection, tenant, overriding.sent_back(before, move))
    elif after.state == EscalationState.DE_ESCALATED:
        decision = _raised_by(connection, tenant, before)
        opinion = records.assessments.get_or_none(connection, tenant, before.run_id)
        _note(connection, tenant, overriding.taken_down(before, move, decision, opinion))


def note_event(connection: Connection, tenant: str, ticket: Ticket, event: Event, same_team: SameTeam) -> None:
    """Something happened to a ticket that may contradict what was last said of it."""
    decision, opinion = latest(connection, tenant, ticket.id)
    raised = records.escalations.find(connection, tenant, ticket_id=ticket.id, limit=1)
    escalation = raised[0] if raised else None
    _note(connection, tenant, overriding.by_event(ticket, event, decision, opinion, escalation, same_team))


def note_declared(connection: Connection, tenant: str, assessment: Assessment) -> None:
    """A ticket is assessed as declared: does that contradict the look before? Call it before the look is written."""
    if assessment.declared:
        _note(connection, tenant, overriding.declared(assessment, *latest(connection, tenant, assessment.ticket_id)))


def latest(connection: Connection, tenant: str, ticket_id: str) -> tuple[Decision | None, Assessment | None]:
    """The newest decision on a ticket with the opinion it rests on."""
    decisions = records.decisions.find(connection, tenant, ticket_id=ticket_id, limit=1)
    if not decisions:
        return None, None
    opinions = records.assessments.find(connection, tenant, ticket_id=ticket_id, limit=1)
    return decisions[0], opinions[0] if opinions and opinions[0].at == decisions[0].at else None


def all_of(connection: Connection, tenant: str) -> list[ModelCase]:
    """Every case, in order of the moments they are about."""
    found = records.model_cases.find(connection, tenant, limit=MOST)
    return sorted(found, key=lambda one: (one.at, one.id))


MOST = 10_000
"""Cases read at once, the newest."""


def _raised_by(connection: Connection, tenant: str, escalation: Escalation) -> Decision | None:
    decision = records.decisions.get_or_none(connection, tenant, escalation.run_id)
    return decision if decision is not None and decision.id == escalation.decision_id else None


def _note(connection: Connection, tenant: str, case: ModelCase | None) -> None:
    if case is not None and records.model_cases.get_or_none(connection, tenant, case.id) is None:
        records.model_cases.put(
            connection, tenant, case, id=case.id, ticket_id=case.ticket_id, at=case.noted_at, state=case.about
        )
