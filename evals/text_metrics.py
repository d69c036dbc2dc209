"""ROUGE and AUC, computed here so that a report needs no download.

ROUGE: C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries", 2004; F1, lower-cased words and numbers,
no stemming. AUC: share of (positive, negative) pairs in the right order, ties half (Mann and Whitney 1947).
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence

from domain.base import Record
from evals.metrics import Estimate

_TOKEN = re.compile(r"[a-z0-9]+")
RESAMPLES = 1000


class Rouge(Record):
    """F1 of unigrams, bigrams and the longest common subsequence, each 0–100."""

    rouge_1: float
    rouge_2: float
    rouge_l: float


def rouge(candidate: str, reference: str) -> Rouge:
    """The three scores of one text; an empty candidate or reference scores 0."""
    got, want = _TOKEN.findall(candidate.lower()), _TOKEN.findall(reference.lower())
    return Rouge(
        rouge_1=100 * _ngram_f1(got, want, 1),
        rouge_2=100 * _ngram_f1(got, want, 2),
        rouge_l=100 * _f1(_common_subsequence(got, want), len(got), len(want)),
    )


def auc(scores: Sequence[float], labels: Sequence[bool]) -> float | None:
    """Area under the ROC curve; none when one of the classes is missing."""
    positives = sum(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return None
    ranked = sorted(zip(scores, labels, strict=True))
    rank_sum, start = 0.0, 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        rank_sum += (start + end + 1) / 2 * sum(label for _, label in ranked[start:end])
        start = end
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def auc_interval(scores: Sequence[float], labels: Sequence[bool], *, seed: int) -> Estimate | None:
    """AUC with its percentile bootstrap interval (Efron 1979); none when one of the classes is missing."""
    whole = auc(scores, labels)
    if whole is None:
        return None
    draw = random.Random(seed)
    drawn: list[float] = []
    while len(drawn) < RESAMPLES:
        rows = [draw.randrange(len(scores)) for _ in scores]
        value = auc([scores[row] for row in rows], [labels[row] for row in rows])
        if value is not None:
            drawn.append(value)
    drawn.sort()
    return Estimate(mean=whole, low=drawn[int(0.025 * RESAMPLES)], high=drawn[int(0.975 * RESAMPLES)])


def _ngram_f1(got: list[str], want: list[str], size: int) -> float:
    mine = Counter(zip(*(got[at:] for at in range(size)), strict=False))
    theirs = Counter(zip(*(want[at:] for at in range(size)), strict=False))
    return _f1(sum((mine & theirs).values()), sum(mine.values()), sum(theirs.values()))


def _f1(common: int, got: int, want: int) -> float:
    return 2 * common / (got + want) if common else 0.0


def _common_subsequence(got: list[str], want: list[str]) -> int:
    lengths = [0] * (len(want) + 1)
    for mine in got:
        diagonal = 0
        for at, theirs in enumerate(want, 1):
            above = lengths[at]
            lengths[at] = diagonal + 1 if mine == theirs else max(above, lengths[at - 1])
            diagonal = above
    return lengths[-1]
