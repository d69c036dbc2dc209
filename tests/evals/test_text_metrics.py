"""ROUGE and AUC against values worked out by hand."""

from __future__ import annotations

import pytest

from evals.text_metrics import auc, auc_interval, rouge


def test_rouge_counts_common_words_pairs_and_the_longest_common_subsequence() -> None:
    scores = rouge("the cat sat on the mat", "The cat lay on a mat.")
    assert scores.rouge_1 == pytest.approx(100 * 8 / 12)
    assert scores.rouge_2 == pytest.approx(100 * 2 / 10)
    assert scores.rouge_l == pytest.approx(100 * 8 / 12)


def test_rouge_counts_a_repeated_word_as_often_as_both_have_it() -> None:
    assert rouge("mat mat mat", "mat").rouge_1 == pytest.approx(50)


def test_order_matters_to_the_subsequence_only() -> None:
    scores = rouge("b a", "a b")
    assert (scores.rouge_1, scores.rouge_2, scores.rouge_l) == (100, 0, 50)


def test_nothing_against_something_is_zero() -> None:
    assert rouge("", "word").rouge_1 == rouge("word", "").rouge_l == 0


def test_auc_is_the_share_of_pairs_in_order_with_ties_half() -> None:
    assert auc([0.9, 0.8, 0.1], [True, False, False]) == 1
    assert auc([0.1, 0.8, 0.9], [True, False, False]) == 0
    assert auc([0.5, 0.5, 0.1], [True, False, False]) == 0.75
    assert auc([0.5, 0.5], [True, True]) is None


def test_the_interval_holds_the_value_and_comes_out_the_same_for_a_seed() -> None:
    scores, labels = [0.9, 0.4, 0.7, 0.2, 0.6, 0.1], [True, True, True, False, False, False]
    found = auc_interval(scores, labels, seed=3)
    assert found is not None and found.low <= found.mean <= found.high
    assert found == auc_interval(scores, labels, seed=3)
    assert auc_interval(scores, [True] * 6, seed=3) is None
