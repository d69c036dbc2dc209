"""What a language model did in the demo: where it spoke, what was stopped, what it cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from adapters.llm.scripted import Script, ScriptedServer
from app.settings import Settings
from domain.base import Record
from domain.language_model import ModelCall

PRICE_IN, PRICE_OUT = 0.5, 1.5
"""For a million tokens: of the order of small hosted models, so that the demo shows what its questions come to."""


class DemoModel(Record):
    """All questions of the demo taken together."""

    name: str
    asked: int
    answered: int
    cached: int
    failed: dict[str, int]
    """Why → how often."""
    kept: int
    """Answers that stand as a whole."""
    mended: int
    """Answers of which the local text stands in for some, or all."""
    stopped: dict[str, int]
    """What the checks stopped, by kind."""
    tokens_in: int
    tokens_out: int
    cost: float


@contextmanager
def scripted_model(settings: Settings, *, wanted: bool) -> Iterator[Settings]:
    """The settings, with a scripted server behind them for the while when it is wanted."""
    if not wanted:
        yield settings
        return
    with ScriptedServer(Script(otherwise="faithful")) as server:
        update = {
            "llm_model": server.name, "llm_base_url": server.url, "llm_price_in": PRICE_IN, "llm_price_out": PRICE_OUT,
        }  # fmt: skip
        yield settings.model_copy(update=update)


def summed(name: str, calls: Sequence[ModelCall]) -> DemoModel:
    """What the calls come to."""
    return DemoModel(
        name=name, asked=len(calls), answered=sum(one.outcome == "answered" for one in calls),
        cached=sum(one.outcome == "cached" for one in calls),
        failed=dict(Counter(one.why for one in calls if one.why)),
        kept=sum(one.verdict == "kept" for one in calls),
        mended=sum(one.verdict in ("partly", "stopped") for one in calls),
        stopped=dict(Counter(kind for one in calls for kind in one.stopped)),
        tokens_in=sum(one.tokens_in for one in calls), tokens_out=sum(one.tokens_out for one in calls),
        cost=sum(one.cost for one in calls),
    )  # fmt: skip
