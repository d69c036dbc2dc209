"""The language model of the settings: none, or a server behind masks, budgets, retries, a breaker and a cache."""

from __future__ import annotations

from datetime import timedelta

from adapters.llm.breaker import Breaker
from adapters.llm.cache import AnswerCache, MemoryCache
from adapters.llm.client import Endpoint, OpenAiChat
from adapters.llm.guarded import GuardedModel, Patience
from adapters.llm.spending import Budgets, Prices, Spending
from adapters.storage.model_answers import SqlAnswers
from adapters.storage.model_calls import SqlSpent
from adapters.storage.store import Store
from adapters.telemetry.meters import Meters
from app.settings import Settings
from domain.errors import Misconfigured
from domain.ports import Clock


def endpoint_of(settings: Settings) -> Endpoint | None:
    """Whom the settings name; none when there is no model. Raises `Misconfigured` for half a setting."""
    if settings.llm_model is None:
        if settings.llm_base_url is not None:
            raise Misconfigured(
                "TIERWISE_LLM_BASE_URL is set and TIERWISE_LLM_MODEL is not",
                mend="name the model as its server does, or leave both out",
            )
        return None
    return Endpoint(
        model=settings.llm_model, base_url=str(settings.llm_base_url) if settings.llm_base_url else None,
        key=settings.llm_api_key.get_secret_value() if settings.llm_api_key else "", dialect=settings.llm_answers,
        seconds=settings.llm_call_seconds, temperature=settings.llm_temperature,
        most_characters=settings.llm_answer_limit,
        headers=tuple((name, value.get_secret_value()) for name, value in sorted(settings.llm_headers.items())),
    )  # fmt: skip


def open_model(
    settings: Settings, clock: Clock, store: Store | None = None, meters: Meters | None = None
) -> GuardedModel | None:
    """The model, warmed up; none when the settings name none. Without a `store` nothing is kept but in memory.

    Raises `Misconfigured`.
    """
    endpoint = endpoint_of(settings)
    if endpoint is None:
        return None
    chat = OpenAiChat(endpoint)
    chat.warm()
    budgets = Budgets(
        call_tokens=settings.llm_tokens_per_call, ticket_tokens=settings.llm_tokens_per_ticket,
        day_tokens=settings.llm_tokens_per_day, call_money=settings.llm_money_per_call,
        ticket_money=settings.llm_money_per_ticket, day_money=settings.llm_money_per_day,
    )  # fmt: skip
    prices = Prices(given=settings.llm_price_in, made=settings.llm_price_out)
    spending = Spending(budgets, prices, clock.now, SqlSpent(store.engine) if store else None)
    breaker = Breaker(settings.llm_breaker_failures, settings.llm_breaker_seconds)
    patience = Patience(
        step_seconds=settings.llm_step_seconds, attempts=settings.llm_attempts,
        longest_pause=settings.llm_longest_pause,
    )  # fmt: skip
    model = GuardedModel(
        chat, spending, _cache(settings, clock, store), breaker, patience, meters.called if meters else None
    )  # fmt: skip
    if meters:
        meters.watch_breaker(lambda: breaker.state)
    return model


def _cache(settings: Settings, clock: Clock, store: Store | None) -> AnswerCache:
    if settings.llm_cache_days == 0:
        return MemoryCache(most=0)
    if store is None:
        return MemoryCache()
    keep = timedelta(days=settings.llm_cache_days)
    return SqlAnswers(store.engine, clock.now, keep=keep, most=settings.llm_cache_answers)
