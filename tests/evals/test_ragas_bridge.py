"""ragas' scores: what they say, what has none is named, and without the extra one line says how to install it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator

import pytest

from adapters.llm.client import Endpoint
from adapters.llm.scripted import Rule, Script, ScriptedServer
from domain.errors import Misconfigured
from evals.ragas_bridge import Item, context_scores, model_scores, text_scores

needs_extra = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("ragas", "rapidfuzz", "rouge_score", "sacrebleu")),
    reason="the extra 'evals' is not installed",
)
SAME = Item(id="same", response="The VPN drops every hour.", reference="The VPN drops every hour.")
OTHER = Item(id="other", response="Printer jam.", reference="The VPN drops every hour.")


@pytest.fixture(scope="module")
def judge() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


def test_without_the_extra_one_line_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    with pytest.raises(Misconfigured) as refused:
        text_scores([SAME])
    assert "pip install" in str(refused.value) and "\n" not in str(refused.value)


@needs_extra
def test_equal_texts_score_one_by_every_measure() -> None:
    alike, apart = text_scores([SAME]), text_scores([OTHER])
    assert [score.metric for score in alike] == ["rouge1", "rougeL", "bleu", "chrf", "string_similarity"]
    assert all(score.mean == pytest.approx(1.0, abs=0.01) for score in alike)
    assert all((one.mean or 0) < 0.4 for one in apart)


@needs_extra
def test_what_was_found_is_compared_by_id_and_by_string() -> None:
    item = Item(
        id="q", found_ids=("a", "b"), reference_ids=("a",), contexts=("VPN drops", "Printer jam"),
        reference_contexts=("VPN drops",),
    )  # fmt: skip
    scores = {score.metric: score.mean for score in context_scores([item])}
    assert scores["id_precision"] == 0.5 and scores["id_recall"] == 1.0
    assert scores["string_recall"] == 1.0 and scores["string_precision"] == pytest.approx(1.0, abs=0.01)


@needs_extra
def test_an_item_without_a_score_is_named_and_not_averaged() -> None:
    nothing = Item(id="nothing", found_ids=(), reference_ids=("a",))
    found = Item(id="found", found_ids=("a",), reference_ids=("a",))
    precision = next(one for one in context_scores([nothing, found]) if one.metric == "id_precision")
    assert (precision.mean, precision.scored, precision.undefined) == (1.0, 1, {"nothing": "nan"})


@needs_extra
def test_the_model_judges_and_what_it_does_not_answer_is_named(judge: ScriptedServer) -> None:
    statements = {"statements": ["The VPN drops."]}
    verdicts = {"statements": [{"statement": "The VPN drops.", "reason": "it says so", "verdict": 1}]}
    judge.plays(
        Script(rules=(
            Rule.model_validate({"says": "StatementGeneratorOutput", "answer": statements}),
            Rule.model_validate({"says": "NLIStatementOutput", "answer": verdicts}),
            Rule.model_validate({"says": "ResponseGroundednessOutput", "answer": {"rating": 2}}),
            Rule.model_validate({"says": "ContextPrecisionOutput", "text": "no JSON"}),
        ))
    )  # fmt: skip
    item = Item(
        id="q", question="What is wrong?", response="The VPN drops.", reference="The VPN drops.",
        contexts=("The VPN drops.",),
    )  # fmt: skip
    scores = {one.metric: one for one in model_scores([item], Endpoint("judge", judge.url))}
    assert scores["faithfulness"].mean == 1.0 and scores["response_groundedness"].mean == 1.0
    precision = scores["context_precision"]
    assert precision.mean is None and precision.scored == 0 and set(precision.undefined) == {"q"}
