"""Start, resume and inspect a journey: the single door to the graph."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from domain.base import Record
from domain.journey import Outcome, Trigger, WaitingFor
from graph.build import Journeys
from graph.state import JourneyState


class Seed(Record):
    """What a journey starts from."""

    tenant: str
    run_id: str
    ticket_id: str
    trigger: Trigger
    at: datetime
    bounced: str | None = None


class Where(Record):
    """Where a journey stands. `unknown` was never started, `unfinished` was cut off in the middle."""

    state: Literal["unknown", "unfinished", "waiting", "done"]
    waiting_for: WaitingFor | None = None
    subject_id: str | None = None
    outcome: Outcome | None = None
    escalation_id: str | None = None


class JourneyRunner:
    """Runs journeys on one compiled graph; its checkpointer decides what survives the process."""

    def __init__(self, graph: Journeys) -> None:
        self._graph = graph

    async def start(self, seed: Seed) -> Where:
        """Runs a new journey until it waits or ends; one that was cut off goes on where it was."""
        where = await self.where(seed.tenant, seed.run_id)
        if where.state == "unknown":
            state = JourneyState(
                tenant=seed.tenant, run_id=seed.run_id, ticket_id=seed.ticket_id, trigger=seed.trigger, at=seed.at
            )
            if seed.bounced is not None:
                state["bounced"] = seed.bounced
            await self._run(seed.tenant, seed.run_id, state)
        elif where.state == "unfinished":
            await self._run(seed.tenant, seed.run_id, None)
        return await self.where(seed.tenant, seed.run_id)

    async def carry_on(self, tenant: str, run_id: str) -> Where:
        """Finishes what a crash interrupted; a journey that waits or has ended is left alone."""
        where = await self.where(tenant, run_id)
        if where.state != "unfinished":
            return where
        await self._run(tenant, run_id, None)
        return await self.where(tenant, run_id)

    async def resume(self, tenant: str, run_id: str, subject_id: str, word: Mapping[str, object]) -> Where:
        """Gives a waiting journey the word it waits for; a word for anything else changes nothing."""
        where = await self.carry_on(tenant, run_id)
        if where.state == "waiting" and where.subject_id == subject_id:
            await self._run(tenant, run_id, Command(resume=dict(word)))
            return await self.where(tenant, run_id)
        return where

    async def where(self, tenant: str, run_id: str) -> Where:
        """Where a journey stands."""
        snapshot = await self._graph.aget_state(_config(tenant, run_id))
        if not snapshot.values and not snapshot.tasks:
            return Where(state="unknown")
        escalation = snapshot.values.get("escalation_id")
        asked = [pending.value for task in snapshot.tasks for pending in task.interrupts]
        if asked:
            return Where(
                state="waiting", waiting_for=WaitingFor(asked[0]["waiting_for"]),
                subject_id=asked[0]["subject_id"], escalation_id=escalation,
            )  # fmt: skip
        # `next` alone is empty after a failed checkpoint write too: only no tasks at all means done.
        if snapshot.next or snapshot.tasks:
            return Where(state="unfinished", escalation_id=escalation)
        return Where(state="done", outcome=snapshot.values.get("outcome"), escalation_id=escalation)

    async def forget(self, tenant: str, run_id: str) -> None:
        """Drops the checkpoints of a journey that has ended; its records stay."""
        saver = self._graph.checkpointer
        if saver is not None and not isinstance(saver, bool):
            await saver.adelete_thread(_config(tenant, run_id)["configurable"]["thread_id"])

    async def _run(self, tenant: str, run_id: str, given: JourneyState | Command[str] | None) -> None:
        await self._graph.ainvoke(given, _config(tenant, run_id), durability="sync")

    def picture(self) -> str:
        """The graph as mermaid."""
        return self._graph.get_graph().draw_mermaid()


def _config(tenant: str, run_id: str) -> RunnableConfig:
    return {"configurable": {"thread_id": f"{tenant}/{run_id}"}}
