"""An agent's question to the model: a released prompt, filled in, about one ticket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from domain.base import Record
from domain.language_model import Asked, LanguageModel, ModelCall, ModelRequest, Verdict
from domain.policy.policy import Policy
from domain.privacy.people import ids_in, names_in
from domain.summarising.requester import public_view
from domain.summarising.statements import source_texts
from domain.ticket import Ticket
from prompts.registry import Prompt, latest

A = TypeVar("A", bound=Record)

PROMPTS = {
    "triage": 1, "field_values": 1, "question": 1, "summarizer": 2, "requester_text": 1, "knowledge_writer": 1,
}  # fmt: skip
"""Prompt → the major version that the agents' code goes with."""
AGENTS_THAT_ASK = frozenset({"triage", "context_gatherer", "summarizer", "knowledge_writer"})
LONGEST_TEXT = 3_000
"""Characters of one event that a model is shown: about two pages."""
LONGEST_THREAD = 18_000
"""Characters of all events: about 5,000 tokens. The opening and the newest stay, the middle goes first."""


@dataclass(frozen=True)
class Asker:
    """Asks on behalf of agents. `agents` are those that may ask at all."""

    model: LanguageModel
    policy: Policy
    agents: frozenset[str] = AGENTS_THAT_ASK

    async def ask(
        self, agent: str, prompt: str, values: Mapping[str, object], schema: type[A], *, tenant: str, ticket: Ticket
    ) -> Asked[A] | None:
        """The answer, checked against its schema and nothing else; none when the agent may not ask."""
        if agent not in self.agents:
            return None
        rendered = _prompt(prompt).render(values)
        request = ModelRequest(
            agent=agent, prompt=prompt, version=rendered.version, hash=rendered.hash, system=rendered.system,
            user=rendered.user, max_tokens=rendered.max_tokens, tenant=tenant, ticket_id=ticket.id,
            names=names_in(ticket, self.policy), ids=ids_in(ticket, self.policy),
        )  # fmt: skip
        return await self.model.ask(request, schema)


@lru_cache(maxsize=16)
def _prompt(name: str) -> Prompt:
    return latest(name, PROMPTS[name])


def judged(call: ModelCall, verdict: Verdict, stopped: Sequence[str] = ()) -> ModelCall:
    """The call with what the checks made of its answer."""
    return call.model_copy(update={"verdict": verdict, "stopped": tuple(stopped)})


def verdict_of(kept: int, stopped: int) -> Verdict:
    """How a number of kept and stopped pieces reads."""
    if stopped == 0:
        return "kept" if kept else "unused"
    return "partly" if kept else "stopped"


def shown(ticket: Ticket, *, public: bool = False) -> list[dict[str, str]]:
    """The ticket's texts as prompts take them: who wrote each, when, and for whom. Nothing internal with `public`."""
    seen = public_view(ticket) if public else ticket
    texts = source_texts(seen)
    told = [
        {
            "id": event.id, "at": event.at.isoformat(timespec="minutes"),
            "role": str(event.role or "system"), "visibility": "internal" if event.is_internal else "public",
            "text": texts[event.id][:LONGEST_TEXT],
        }
        for event in seen.events
        if texts.get(event.id, "").strip()
    ]  # fmt: skip
    return _within(told)


def _within(told: list[dict[str, str]]) -> list[dict[str, str]]:
    """The opening and as many of the newest as there is room for."""
    if not told:
        return told
    room = LONGEST_THREAD - len(told[0]["text"])
    newest: list[dict[str, str]] = []
    for one in reversed(told[1:]):
        room -= len(one["text"])
        if room < 0:
            break
        newest.append(one)
    return [told[0], *reversed(newest)]
