"""Ranking metrics against values worked out by hand."""

from __future__ import annotations

import pytest

from evals.metrics import bootstrap, ranking_scores, summarise


def test_a_ranking_is_scored_as_by_hand() -> None:
    ranked = ["x", "a", "y", "b", *(f"z{n}" for n in range(16)), "c"]
    scores = ranking_scores(ranked, {"a", "b", "c"})
    assert scores == {"mrr": 0.5, "hit@1": 0.0, "hit@5": 1.0, "hit@10": 1.0, "recall@20": pytest.approx(2 / 3)}
    assert set(ranking_scores([], {"a"}).values()) == {0.0}


def test_the_interval_holds_the_mean_and_narrows_with_more_values() -> None:
    few, many = bootstrap([0.0, 1.0] * 10, seed=1), bootstrap([0.0, 1.0] * 1000, seed=1)
    assert few.low < few.mean == 0.5 < few.high
    assert many.high - many.low < few.high - few.low
    assert bootstrap([0.0, 1.0] * 10, seed=1) == few


def test_no_values_have_no_metrics() -> None:
    assert bootstrap([], seed=1).mean == 0.0
    assert summarise([], seed=1) == {}
