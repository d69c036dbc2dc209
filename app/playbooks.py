"""Playbooks over what is stored: how far an escalation has come, a person's mark, and how each playbook did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from adapters.storage import records
from adapters.storage.store import Store
from domain.approval import Approval
from domain.assessment import Assessment
from domain.context import Context
from domain.errors import NotFound
from domain.escalation import Escalation
from domain.playbooks import Known, PlaybookView, StepMark, StepState, Uses, mark, track, uses
from domain.policy.policy import Policy

_MOST = 2000
"""The newest escalations that the use of playbooks is counted over."""


def playbook_of(store: Store, policy: Policy, tenant: str, escalation: Escalation) -> PlaybookView | None:
    """The escalation's playbook with its steps; none when it has none, or the policy knows it no more."""
    book = next((one for one in policy.playbooks if one.id == escalation.playbook), None)
    if book is None:
        return None
    ticket_id = escalation.ticket_id
    contexts: list[Context] = store.read(lambda c: records.contexts.find(c, tenant, ticket_id=ticket_id, limit=1))
    approvals: list[Approval] = store.read(lambda c: records.approvals.find(c, tenant, ticket_id=ticket_id))
    marks: list[StepMark] = store.read(lambda c: records.step_marks.find(c, tenant, ticket_id=ticket_id))
    own = tuple(one for one in marks if one.escalation_id == escalation.id)
    known = Known(context=contexts[0] if contexts else None, approvals=tuple(approvals), marks=own)
    return track(book, escalation, store.ticket(tenant, ticket_id), known)


def mark_step(
    store: Store, policy: Policy, tenant: str, escalation_id: str, step: str, state: StepState, *, by: str, why: str,
    at: datetime,
) -> tuple[PlaybookView, str]:  # fmt: skip
    """Keeps a person's word on a step; (the playbook, the ticket). Raises `NotFound`, `IllegalMove`."""
    escalation = store.read(lambda c: records.escalations.get(c, tenant, escalation_id))
    view = playbook_of(store, policy, tenant, escalation)
    if view is None:
        raise NotFound(f"escalation {escalation_id} has no playbook", mend="its steps cannot be ticked off")
    id = f"{escalation_id}:{step}"
    before = store.read(lambda c: records.step_marks.get_or_none(c, tenant, id))
    said = mark(view, escalation, step, state, by=by, at=at, why=why, before=before)
    store.write(
        lambda c: records.step_marks.put(
            c, tenant, said, id=id, ticket_id=escalation.ticket_id, at=at, state=state, version=said.version, once=True
        )
    )
    after = playbook_of(store, policy, tenant, escalation)
    return after or view, escalation.ticket_id


def playbook_uses(store: Store, policy: Policy, tenant: str, progress: Callable[[int], None] | None = None) -> Uses:
    """How the playbooks did over the newest escalations."""
    found: list[Escalation] = store.read(lambda c: records.escalations.find(c, tenant, limit=_MOST))
    tracked: list[tuple[Escalation, PlaybookView | None]] = []
    category_of: dict[str, str | None] = {}
    for number, one in enumerate(found, 1):
        tracked.append((one, playbook_of(store, policy, tenant, one)))
        category_of[one.id] = _category(store, tenant, one.run_id)
        if progress is not None:
            progress(number)
    return uses(policy.playbooks, tracked, category_of)


def _category(store: Store, tenant: str, run_id: str) -> str | None:
    opinion: Assessment | None = store.read(lambda c: records.assessments.get_or_none(c, tenant, run_id))
    return opinion.category if opinion else None
