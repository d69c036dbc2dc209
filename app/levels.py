"""The escalation matrix while a journey waits: levels come due all the same, and change what they are to change."""

from __future__ import annotations

import asyncio

from adapters.storage import records
from adapters.storage.store import Store
from domain.asof import as_of
from domain.looking import look
from domain.policy.policy import Policy
from domain.ports import Clock
from domain.recording import Changes, JourneyRecords


class LevelSweep:
    """Looks at the matrix of a ticket outside the graph. Run twice, it changes the same once."""

    def __init__(self, store: Store, records: JourneyRecords, policy: Policy, clock: Clock) -> None:
        self._store = store
        self._records = records
        self._policy = policy
        self._clock = clock

    async def sweep(self, tenant: str, ticket_id: str, run_id: str) -> int:
        """Applies the levels that are due and plans the next; how many were passed."""
        if not self._policy.escalation.levels:
            return 0
        found = await asyncio.to_thread(
            self._store.read, lambda c: records.assessments.find(c, tenant, ticket_id=ticket_id, limit=1)
        )
        if not found:
            return 0
        whole = await asyncio.to_thread(self._store.ticket, tenant, ticket_id)
        at = max([self._clock.now(), *(event.at for event in whole.events)])
        ticket, opinion = as_of(whole, at), found[0].model_copy(update={"at": at})
        matrix = await self._records.matrix(tenant, ticket_id)
        last = await self._records.last_escalation(tenant, ticket_id)
        if last is None or last.ended:
            # The journey is about to be called off; what is due then is for the next look, which may open another.
            return 0
        seen = look(opinion, ticket, self._policy, at, matrix, last)
        await self._records.save(
            tenant,
            Changes(
                run_id=run_id, ticket_id=ticket_id, matrix=seen.matrix, escalation=seen.escalation,
                effects=seen.effects, timers=seen.timers,
            ),
        )  # fmt: skip
        return len(seen.decision.levels)
