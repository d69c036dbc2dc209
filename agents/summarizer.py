"""The summarizer: writes the record that the receiving technician reads."""

from __future__ import annotations

from agents.boilerplate import BoilerplateOfTenant
from agents.views import SummarizerUpdate, SummarizerView
from domain.matching import playbook_for
from domain.policy.policy import Policy
from domain.ports import TicketHistory
from domain.summarising.handoff import write_handoff


class Summarizer:
    """Extractive: every sentence is one that somebody wrote on the ticket, with its event."""

    def __init__(self, policy: Policy, history: TicketHistory) -> None:
        self._policy = policy
        self._history = history
        self._boilerplate = BoilerplateOfTenant(history)

    async def __call__(self, state: SummarizerView) -> SummarizerUpdate:
        """The handoff as of the state's moment. Raises `NotFound` when there is no such ticket."""
        ticket = await self._history.ticket(state["tenant"], state["ticket_id"], state["at"])
        handoff = write_handoff(
            ticket,
            state["at"],
            context=state["context"],
            evidence=state["evidence"],
            route=state["route"],
            playbook=playbook_for(ticket, self._policy, state["assessment"]),
            boilerplate=await self._boilerplate.at(state["tenant"], state["at"]),
        )
        return {"handoff": handoff}
