"""An escalation was taken down: what it had changed goes back, and those concerned hear of it."""

from __future__ import annotations

import asyncio

from adapters.storage import outbox
from adapters.storage.store import Store
from app.dispatch import ENDED
from domain.effects import EffectState, WriteBack, of_step
from domain.escalation import Escalation
from domain.journey import EscalationMoved
from domain.policy.policy import Policy
from domain.ports import Clock
from domain.recording import Changes, JourneyRecords
from domain.taking_down import bodies_of, undo


class TakingDown:
    """Undoes the changes of an escalation that was taken down. Run twice, it does the same once."""

    def __init__(self, store: Store, records: JourneyRecords, policy: Policy, clock: Clock) -> None:
        self._store = store
        self._records = records
        self._policy = policy
        self._clock = clock

    async def undo(self, tenant: str, arrival: EscalationMoved, run_id: str) -> str:
        """Writes what goes back and why, and tells those concerned."""
        raised = await self._records.escalation(tenant, arrival.escalation_id)
        escalation = await asyncio.to_thread(self._as_written, tenant, raised)
        ticket = await asyncio.to_thread(self._store.ticket, tenant, arrival.ticket_id)
        undoing = undo(escalation, ticket, self._policy, by=arrival.by, why=arrival.why)
        at = self._clock.now()
        bodies = bodies_of(undoing, escalation, ticket, self._policy, by=arrival.by, why=arrival.why, at=at)
        effects = of_step(bodies, step=f"{escalation.id}:taken down", at=at)
        await self._records.save(tenant, Changes(run_id=run_id, ticket_id=ticket.id, effects=effects))
        return f"taken down: {len(undoing.back)} changes go back, {len(undoing.stays)} stay"

    def _as_written(self, tenant: str, escalation: Escalation) -> Escalation:
        """The escalation without the changes that the helpdesk never got: there is nothing of them to take back."""
        effects = self._store.read(lambda c: outbox.of_ticket(c, tenant, escalation.ticket_id))
        unwritten = [
            change
            for one in effects
            if isinstance(one.body, WriteBack) and one.body.escalation_id == escalation.id
            if one.state != EffectState.DONE or one.receipt == ENDED
            for change in one.body.changes
        ]
        written = tuple(one for one in escalation.properties if one not in unwritten)
        return escalation.model_copy(update={"properties": written})
