"""Counters and histograms in Prometheus' text form. No label ever holds a ticket, a person or a text."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from domain.language_model import ModelCall

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
_COST = (0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0)
_SEARCH = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_BREAKER = {"closed": 0, "half_open": 1, "open": 2}


class Meters:
    """Everything that one process counts."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        own = self._registry
        self._calls = Counter(
            "tierwise_llm_calls_total", "Questions to the language model.",
            ("agent", "outcome", "why"), registry=own,
        )  # fmt: skip
        self._tokens = Counter(
            "tierwise_llm_tokens_total", "Tokens given to and made by the model.", ("agent", "way"), registry=own
        )
        self._cost = Counter(
            "tierwise_llm_cost_total", "Money, in the currency of the settings' prices.", ("agent",), registry=own
        )
        self._latency = Histogram(
            "tierwise_llm_seconds", "Seconds until a question had its answer, tries and pauses included.",
            ("agent",), buckets=_SECONDS, registry=own,
        )  # fmt: skip
        self._verdicts = Counter(
            "tierwise_llm_verdicts_total", "What the checks made of answers.", ("agent", "verdict"), registry=own
        )  # fmt: skip
        self._breaker = Gauge("tierwise_llm_breaker", "0 closed, 1 half open, 2 open.", registry=own)
        self._ticket_cost = Histogram(
            "tierwise_llm_cost_per_run", "Money that one run of a ticket came to, of runs that asked.",
            buckets=_COST, registry=own,
        )  # fmt: skip
        self._ticket_tokens = Histogram(
            "tierwise_llm_tokens_per_run", "Tokens that one run of a ticket came to, of runs that asked.",
            buckets=(500, 1000, 2000, 4000, 8000, 16000, 32000, 64000), registry=own,
        )  # fmt: skip
        self._journeys = Counter(
            "tierwise_journeys_total", "Journeys that ended, by outcome.", ("outcome",), registry=own
        )
        self._search = Histogram(
            "tierwise_search_seconds", "Seconds of one search.", ("kind",), buckets=_SEARCH, registry=own
        )
        self._waiting = Gauge("tierwise_outbox_waiting", "Effects that wait to be carried out.", registry=own)

    def called(self, call: ModelCall) -> None:
        """A question to the model ended."""
        self._calls.labels(call.agent, call.outcome, call.why).inc()
        self._tokens.labels(call.agent, "in").inc(call.tokens_in)
        self._tokens.labels(call.agent, "out").inc(call.tokens_out)
        self._cost.labels(call.agent).inc(call.cost)
        if call.attempts:
            self._latency.labels(call.agent).observe(call.milliseconds / 1000)

    def run_ended(self, outcome: str, calls: tuple[ModelCall, ...]) -> None:
        """A journey came to its end; `calls` are those of its run."""
        self._journeys.labels(outcome).inc()
        for call in calls:
            self._verdicts.labels(call.agent, call.verdict).inc()
        if calls:
            self._ticket_cost.observe(sum(call.cost for call in calls))
            self._ticket_tokens.observe(sum(call.tokens_in + call.tokens_out for call in calls))

    def searched(self, kind: str, seconds: float) -> None:
        """A search ended."""
        self._search.labels(kind).observe(seconds)

    def watch_breaker(self, state: Callable[[], str]) -> None:
        """The breaker is looked at whenever somebody reads."""
        self._breaker.set_function(lambda: _BREAKER[state()])

    def watch_outbox(self, waiting: Callable[[], int]) -> None:
        """The outbox is counted whenever somebody reads."""
        self._waiting.set_function(waiting)

    def page(self) -> str:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry).decode()
