"""The summarizer: writes the record that the receiving technician reads."""

from __future__ import annotations

from agents.asker import Asker
from agents.boilerplate import BoilerplateOfTenant
from agents.reading import with_readings
from agents.rewriting import HandoffRewriter
from agents.views import SummarizerUpdate, SummarizerView
from domain.matching import playbook_for
from domain.policy.policy import Policy
from domain.ports import TicketHistory
from domain.summarising.handoff import write_handoff


class Summarizer:
    """Extractive: every sentence is one that somebody wrote on the ticket, with its event.

    With a model, in its words as far as the verifier finds them in those events.
    """

    def __init__(self, policy: Policy, history: TicketHistory, asker: Asker | None = None) -> None:
        self._policy = policy
        self._history = history
        self._boilerplate = BoilerplateOfTenant(history)
        self._rewriter = HandoffRewriter(asker) if asker else None

    async def __call__(self, state: SummarizerView) -> SummarizerUpdate:
        """The handoff as of the state's moment. Raises `NotFound` when there is no such ticket."""
        ticket = await self._history.ticket(state["tenant"], state["ticket_id"], state["at"])
        playbook = playbook_for(ticket, self._policy, state["assessment"])
        handoff = write_handoff(
            ticket,
            state["at"],
            context=state["context"],
            evidence=state["evidence"],
            route=state["route"],
            playbook=playbook,
            boilerplate=await self._boilerplate.at(state["tenant"], state["at"]),
        )
        if self._rewriter is None:
            return {"handoff": handoff, "calls": ()}
        handoff, calls = await self._rewriter.better(
            with_readings(handoff, state["context"]), ticket, tenant=state["tenant"], context=state["context"],
            evidence=state["evidence"], playbook=playbook,
        )  # fmt: skip
        return {"handoff": handoff, "calls": calls}
