"""The router: who in the target tier gets the ticket, and why not somebody else."""

from __future__ import annotations

from datetime import datetime

from agents.collectors.similar import ticket_item
from agents.views import RouterUpdate, RouterView
from domain.assessment import latest
from domain.learned import TeamOpinion
from domain.matching import current_tier
from domain.policy.policy import Policy
from domain.ports import Judges, TicketHistory, TrackRecord
from domain.routing import Staffing, choose
from domain.ticket import Ticket, Tier


class Router:
    """Ranks technicians as of the run's moment, from their records, load, shifts and the similar tickets."""

    def __init__(self, policy: Policy, history: TicketHistory, judges: Judges | None = None) -> None:
        self._policy = policy
        self._history = history
        self._judges = judges

    async def __call__(self, state: RouterView) -> RouterUpdate:
        """The route. Raises `NotFound` when there is no such ticket."""
        answer = state.get("answer")
        moment = latest(state["at"], answer.at if answer else None)
        tenant, category = state["tenant"], state["assessment"].category
        ticket = await self._history.ticket(tenant, state["ticket_id"], moment)
        to_tier = state["decision"].to_tier
        tier = Tier(to_tier) if to_tier else current_tier(ticket, self._policy)
        staffing = Staffing(
            records=await self._records(tenant, category, moment),
            load=await self._history.open_load(tenant, moment),
            solved_for_requester=await self._solvers(tenant, ticket, moment),
            similar=state["evidence"].of_kind("ticket"),
            sent_back=state.get("sent_back", frozenset()),
            teams=await self._teams(tenant, ticket, moment),
        )
        return {"route": choose(ticket, self._policy, tier, category, moment, staffing)}

    async def _teams(self, tenant: str, ticket: Ticket, moment: datetime) -> TeamOpinion | None:
        """What was learned of the ticket's team, where policy lets that speak."""
        if self._judges is None or self._policy.learning.mode != "on":
            return None
        judgement = await self._judges.judgement(tenant, moment)
        return None if judgement is None else judgement.teams(ticket, moment)

    async def _records(self, tenant: str, category: str | None, moment: datetime) -> tuple[TrackRecord, ...]:
        """Records on the category under each of its names; on all tickets when there are none of the kind."""
        found: list[TrackRecord] = []
        known = self._policy.category(category)
        for name in dict.fromkeys(one.lower() for one in (known.id, known.name, *known.aliases)) if known else ():
            found += await self._history.track_records(tenant, name, moment)
        return tuple(found or await self._history.track_records(tenant, None, moment))

    async def _solvers(self, tenant: str, ticket: Ticket, moment: datetime) -> frozenset[str]:
        if not ticket.requester_id:
            return frozenset()
        own = await self._history.of_requester(tenant, ticket.requester_id, moment)
        items = (ticket_item("requester_history", one, 0.0) for one in own if one.id != ticket.id)
        return frozenset(item.by_whom for item in items if item.by_whom)
