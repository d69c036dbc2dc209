"""ragas' scores beside our own: the only file that knows it. What has no score is named, and never averaged away."""

from __future__ import annotations

import asyncio
import importlib.util
import math
import warnings
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from adapters.llm.client import Endpoint, plain_client
from adapters.llm.failures import SERVER_ERRORS
from app.settings import quiet_libraries
from domain.base import Record
from domain.errors import Misconfigured

if TYPE_CHECKING:
    from ragas.llms.base import InstructorBaseRagasLLM

INSTALL = "pip install -c constraints.txt '.[evals]'"
MODEL_SECONDS = 120.0
"""For one item's score by a model: it takes several questions in a row."""


class Item(Record):
    """One thing to score; a score takes the parts that it needs."""

    id: str
    question: str = ""
    response: str = ""
    reference: str = ""
    contexts: tuple[str, ...] = ()
    """Texts that were found, or that the response rests on."""
    reference_contexts: tuple[str, ...] = ()
    """Texts that ought to have been found."""
    found_ids: tuple[str, ...] = ()
    reference_ids: tuple[str, ...] = ()


class RagasScore(Record):
    """One metric over all items."""

    metric: str
    mean: float | None
    """Over the items that have a score; none when no item has."""
    scored: int
    undefined: dict[str, str]
    """Item → why it has no score: `nan`, or the name of what went wrong."""


def text_scores(items: Sequence[Item]) -> tuple[RagasScore, ...]:
    """Response against reference, without a model: ROUGE-1, ROUGE-L, BLEU, chrF, string similarity; each 0–1.

    Raises `Misconfigured` without the extra.
    """
    kinds = _collections()
    metrics = {
        "rouge1": kinds.RougeScore(rouge_type="rouge1"), "rougeL": kinds.RougeScore(rouge_type="rougeL"),
        "bleu": kinds.BleuScore(), "chrf": kinds.CHRFScore(),
        "string_similarity": kinds.NonLLMStringSimilarity(),
    }  # fmt: skip
    return asyncio.run(_all(metrics, items, lambda one: {"reference": one.reference, "response": one.response}))


def context_scores(items: Sequence[Item]) -> tuple[RagasScore, ...]:
    """What was found against what ought to have been: precision and recall by id and by string.

    By string needs texts, and compares each with each. Raises `Misconfigured` without the extra.
    """
    _collections()
    with warnings.catch_warnings():
        # The sample-based metrics by id and string have no successor in this version.
        warnings.simplefilter("ignore", DeprecationWarning)
        from ragas import SingleTurnSample
        from ragas.metrics import (
            IDBasedContextPrecision,
            IDBasedContextRecall,
            NonLLMContextPrecisionWithReference,
            NonLLMContextRecall,
        )

        metrics: dict[str, Any] = {  # Any: ragas' own classes, which say nothing of their types
            "id_precision": IDBasedContextPrecision(), "id_recall": IDBasedContextRecall(),
            "string_precision": NonLLMContextPrecisionWithReference(), "string_recall": NonLLMContextRecall(),
        }  # fmt: skip

    def sample(one: Item) -> SingleTurnSample:
        return SingleTurnSample(
            retrieved_context_ids=list(one.found_ids), reference_context_ids=list(one.reference_ids),
            retrieved_contexts=list(one.contexts), reference_contexts=list(one.reference_contexts),
        )  # fmt: skip

    async def run() -> tuple[RagasScore, ...]:
        found = []
        for name, metric in metrics.items():
            scores = [await _value(metric.single_turn_ascore(sample(one))) for one in items]
            found.append(_score(name, items, scores))
        return tuple(found)

    return asyncio.run(run())


def model_scores(items: Sequence[Item], endpoint: Endpoint) -> tuple[RagasScore, ...]:
    """Judged by the model of the settings: faithfulness and groundedness of responses in their contexts, and context
    precision against the reference where items have one. Raises `Misconfigured` without the extra.
    """
    kinds = _collections()

    async def run() -> tuple[RagasScore, ...]:
        llm = _llm(endpoint)
        told = [one for one in items if one.response and one.contexts]
        found = await _all(
            {"faithfulness": kinds.Faithfulness(llm=llm)}, told,
            lambda one: {"user_input": one.question or "Summarise.", "response": one.response,
                         "retrieved_contexts": list(one.contexts)},
        )  # fmt: skip
        found += await _all(
            {"response_groundedness": kinds.ResponseGroundedness(llm=llm, max_retries=1)}, told,
            lambda one: {"response": one.response, "retrieved_contexts": list(one.contexts)},
        )  # fmt: skip
        asked = [one for one in items if one.question and one.reference and one.contexts]
        if asked:
            found += await _all(
                {"context_precision": kinds.ContextPrecisionWithReference(llm=llm)}, asked,
                lambda one: {"user_input": one.question, "reference": one.reference,
                             "retrieved_contexts": list(one.contexts)},
            )  # fmt: skip
        return found

    return asyncio.run(run())


async def _all(
    metrics: dict[str, Any], items: Sequence[Item], given: Callable[[Item], dict[str, Any]]
) -> tuple[RagasScore, ...]:
    found = []
    for name, metric in metrics.items():
        scores = [await _value(metric.ascore(**given(one))) for one in items]
        found.append(_score(name, items, scores))
    return tuple(found)


async def _value(score: Awaitable[Any]) -> float | str:
    """The score, or why there is none."""
    try:
        async with asyncio.timeout(MODEL_SECONDS):
            result = await score
    except ImportError as error:
        raise Misconfigured(f"ragas misses {error.name}", mend=INSTALL) from error
    except _failures() as error:
        return type(error).__name__
    value = float(getattr(result, "value", result))
    return "nan" if math.isnan(value) else value


def _failures() -> tuple[type[Exception], ...]:
    """What a score may raise for an item that has none."""
    from instructor.core import InstructorError

    own = (ValueError, LookupError, TypeError, AttributeError, OSError, RuntimeError, AssertionError)
    return (*own, *SERVER_ERRORS, InstructorError)


def _score(name: str, items: Sequence[Item], scores: Sequence[float | str]) -> RagasScore:
    known = [one for one in scores if isinstance(one, float)]
    undefined = {item.id: one for item, one in zip(items, scores, strict=True) if isinstance(one, str)}
    mean = sum(known) / len(known) if known else None
    return RagasScore(metric=name, mean=mean, scored=len(known), undefined=undefined)


def _collections() -> Any:  # Any: a module that is there only with the extra
    quiet_libraries()
    for name in ("ragas", "rapidfuzz", "rouge_score", "sacrebleu"):
        if importlib.util.find_spec(name) is None:
            raise Misconfigured(f"ragas' scores need the extra 'evals' ({name} is missing)", mend=INSTALL)
    from ragas.metrics import collections

    return collections


def _llm(endpoint: Endpoint) -> InstructorBaseRagasLLM:
    from ragas.llms import llm_factory

    return llm_factory(endpoint.model, client=plain_client(endpoint))
