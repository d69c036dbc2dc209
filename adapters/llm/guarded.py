"""The model as agents get it: masked, within its budget and its time, tried again where that helps, kept, counted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from adapters.llm.breaker import Breaker
from adapters.llm.cache import AnswerCache, KeptAnswer
from adapters.llm.client import Reply, shape_of
from adapters.llm.failures import ModelFailure
from adapters.llm.masking import Masked
from adapters.llm.spending import Spending, tokens_of
from domain.base import Record, content_hash
from domain.language_model import Asked, CallOutcome, ModelCall, ModelRequest

log = structlog.get_logger(__name__)
A = TypeVar("A", bound=Record)

_MAY_HAVE_BEEN_PAID = frozenset(
    ("timeout", "truncated", "content_filter", "refused", "empty", "too_large", "malformed")
)
"""Failures after which the server has probably counted tokens that it does not tell."""


class Chat(Protocol):
    """Asks a server once. Raises `ModelFailure`."""

    @property
    def name(self) -> str:
        """The model's name."""
        ...

    async def ask(self, system: str, user: str, schema: type[Record], max_tokens: int) -> Reply:
        """One call."""
        ...


@dataclass(frozen=True)
class Patience:
    """How long, and how often."""

    step_seconds: float = 20.0
    """For one question with all its tries and pauses."""
    attempts: int = 3
    first_pause: float = 0.5
    """Seconds; doubled with each try, and drawn at random below that."""
    longest_pause: float = 5.0
    """A server that asks for more is not waited for."""


@dataclass
class _Course:
    """What happens to one question."""

    began: float
    attempts: int = 0
    used: tuple[int, int] = (0, 0)
    outcome: CallOutcome = "failed"
    why: str = ""
    detail: str = field(default="", repr=False)


class GuardedModel:
    """Implements `domain.language_model.LanguageModel`. `on_call` is told of every call, asked or not."""

    def __init__(
        self, chat: Chat, spending: Spending, cache: AnswerCache, breaker: Breaker, patience: Patience,
        on_call: Callable[[ModelCall], None] | None = None,
    ) -> None:  # fmt: skip
        self._chat = chat
        self._spending = spending
        self._cache = cache
        self.breaker = breaker
        self._patience = patience
        self._on_call = on_call

    @property
    def name(self) -> str:
        """The model's name."""
        return self._chat.name

    async def ask(self, request: ModelRequest, schema: type[A]) -> Asked[A]:
        """One question; the call says what became of it."""
        course = _Course(began=time.monotonic())
        masked = Masked(request)
        key = self._key(request, masked, schema)
        answer = await self._kept(request, key, masked, schema, course)
        if answer is None:
            answer = await self._bought(request, key, masked, schema, course)
        call = self._call(request, key, course)
        if self._on_call is not None:
            self._on_call(call)
        if call.outcome in ("failed", "not_asked"):
            log.info("the local path answers", agent=call.agent, why=call.why, detail=course.detail)
        return Asked(answer, call)

    def _key(self, request: ModelRequest, masked: Masked, schema: type[Record]) -> str:
        """The content of the question: what decides about the answer, and nothing private."""
        shape = content_hash(shape_of(schema))
        return content_hash([self.name, request.hash, masked.system, masked.user, shape, request.max_tokens])

    async def _kept(
        self, request: ModelRequest, key: str, masked: Masked, schema: type[A], course: _Course
    ) -> A | None:
        kept = await self._cache.get(request.tenant, key)
        if kept is None:
            return None
        try:
            answer = masked.read(kept.text, schema)
        except ModelFailure:
            return None
        course.outcome = "cached"
        return answer

    async def _bought(
        self, request: ModelRequest, key: str, masked: Masked, schema: type[A], course: _Course
    ) -> A | None:
        reserved = (tokens_of(masked.system) + tokens_of(masked.user), request.max_tokens)
        why = self._spending.reserve(request.tenant, request.ticket_id, *reserved)
        if why is not None:
            course.outcome, course.why = "not_asked", why
            return None
        try:
            text = await self._tried(request, masked, schema, course, reserved)
            answer = masked.read(text, schema)
        except ModelFailure as failure:
            course.why, course.detail = failure.why, failure.detail
            if failure.why == "circuit_open" and course.attempts == 0:
                course.outcome = "not_asked"
            return None
        finally:
            self._spending.settle(request.tenant, request.ticket_id, reserved, course.used)
        course.outcome = "answered"
        kept = KeptAnswer(key=key, ticket_id=request.ticket_id, model=self.name, text=text)
        await self._cache.put(request.tenant, kept)
        return answer

    async def _tried(
        self, request: ModelRequest, masked: Masked, schema: type[Record], course: _Course, reserved: tuple[int, int]
    ) -> str:
        """The server's text, after as many tries as help and as the time allows."""
        tries = AsyncRetrying(
            stop=stop_after_attempt(self._patience.attempts), wait=self._pause, reraise=True,
            retry=retry_if_exception(self._helps),
        )  # fmt: skip
        try:
            async with asyncio.timeout(self._patience.step_seconds):
                async for attempt in tries:
                    with attempt:
                        return await self._once(request, masked, schema, course, reserved)
        except TimeoutError:
            self.breaker.failed()
            course.used = _sum(course.used, reserved)
            raise ModelFailure("timeout", detail="the time of the step is over") from None
        raise ModelFailure("error", detail="no try was made")

    async def _once(
        self, request: ModelRequest, masked: Masked, schema: type[Record], course: _Course, reserved: tuple[int, int]
    ) -> str:
        if not self.breaker.lets_through():
            raise ModelFailure("circuit_open")
        course.attempts += 1
        try:
            reply = await self._chat.ask(masked.system, masked.user, schema, request.max_tokens)
        except ModelFailure as failure:
            if failure.about_the_server:
                self.breaker.failed()
            else:
                self.breaker.succeeded()
            if failure.why in _MAY_HAVE_BEEN_PAID:
                course.used = _sum(course.used, reserved)
            raise
        self.breaker.succeeded()
        given = reserved[0] if reply.tokens_in is None else reply.tokens_in
        made = tokens_of(reply.text) if reply.tokens_out is None else reply.tokens_out
        course.used = _sum(course.used, (given, made))
        return reply.text

    def _helps(self, error: BaseException) -> bool:
        if not isinstance(error, ModelFailure) or not error.retry:
            return False
        return error.after is None or error.after <= self._patience.longest_pause

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.after if isinstance(error, ModelFailure) else None
        drawn = wait_random_exponential(self._patience.first_pause, self._patience.longest_pause)(state)
        return drawn if asked is None else min(asked + drawn / 4, self._patience.longest_pause)

    def _call(self, request: ModelRequest, key: str, course: _Course) -> ModelCall:
        tokens_in, tokens_out = course.used
        return ModelCall(
            agent=request.agent, prompt=f"{request.prompt}/{request.version}", prompt_hash=request.hash,
            model=self.name, outcome=course.outcome, why=course.why, attempts=course.attempts, tokens_in=tokens_in,
            tokens_out=tokens_out, cost=self._spending.prices.of(tokens_in, tokens_out),
            milliseconds=int((time.monotonic() - course.began) * 1000), asked=key,
        )  # fmt: skip


def _sum(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return one[0] + other[0], one[1] + other[1]
