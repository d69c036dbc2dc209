"""A language model as the agents see it: one question with a closed schema; an answer that is checked, or none.

The model states an opinion. It has no tools, sees ticket text only inside fences, and is never the only thing that can
answer: where it fails, the local path does, and the record says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from pydantic import Field

from domain.base import Record

A = TypeVar("A", bound=Record)

CallOutcome = Literal["answered", "cached", "failed", "not_asked"]
"""`failed`: asked without a usable answer; `not_asked`: budget spent, circuit open, or policy says no."""
Verdict = Literal["kept", "partly", "stopped", "unused"]
"""`kept`: all of the answer stands; `partly`: the local text stands in for some of it; `stopped`: for all of it;
`unused`: there was no answer, or nothing in it to use."""


class ModelRequest(Record):
    """A rendered prompt about one ticket, before anything private is taken out of it."""

    agent: str
    prompt: str
    """The prompt's folder; an agent may have several."""
    version: str
    """Of the prompt."""
    hash: str
    """sha256 of the files that the prompt was made from."""
    system: str
    user: str
    max_tokens: int = Field(ge=1)
    tenant: str
    ticket_id: str
    names: tuple[str, ...] = ()
    """Names of people that stand in for nobody outside: masked before the request leaves, put back in the answer."""
    ids: tuple[str, ...] = ()
    """Their ids in the helpdesk, masked as well."""


class ModelCall(Record):
    """What became of one request: who was asked, what came of it, what it cost. Kept with the run."""

    agent: str
    prompt: str
    """`prompt/version`."""
    prompt_hash: str
    model: str
    outcome: CallOutcome
    why: str = ""
    """The code of the failure, such as `timeout` or `wrong_schema`; empty when it answered."""
    attempts: int = Field(default=0, ge=0)
    tokens_in: int = Field(default=0, ge=0)
    tokens_out: int = Field(default=0, ge=0)
    cost: float = Field(default=0.0, ge=0)
    """In the currency of the settings' prices."""
    milliseconds: int = Field(default=0, ge=0)
    asked: str = ""
    """Hash of the question's content, nothing private in it: equal questions share one answer."""
    verdict: Verdict = "unused"
    """What the checks made of the answer."""
    stopped: tuple[str, ...] = ()
    """What the checks stopped, by kind: `identifier`, `done`, `no_quote` …; as many as there were."""


@dataclass(frozen=True)
class Asked(Generic[A]):
    """An answer that satisfies its schema, or none, and the call either way."""

    answer: A | None
    call: ModelCall


class LanguageModel(Protocol):
    """A model behind its budget, privacy, retries and cache."""

    @property
    def name(self) -> str:
        """Names the model in records."""
        ...

    async def ask(self, request: ModelRequest, schema: type[A]) -> Asked[A]:
        """One question. Never raises for anything the other side does; the call says why there is no answer."""
        ...
