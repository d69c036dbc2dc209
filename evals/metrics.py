"""Ranking metrics with bootstrap intervals. Every function is pure; randomness comes from a seed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from domain.base import Record


class Estimate(Record):
    """A mean with its 95 % interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        """Three decimals, interval in brackets."""
        return f"{self.mean:.3f} [{self.low:.3f}, {self.high:.3f}]"


def reciprocal_rank(ranked: Sequence[str], relevant: Collection[str]) -> float:
    """1 / rank of the first relevant document; 0 when none is there (Voorhees 1999)."""
    return next((1.0 / rank for rank, id in enumerate(ranked, 1) if id in relevant), 0.0)


def hit_at(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """1 when a relevant document is among the first `k`, else 0."""
    return float(any(id in relevant for id in ranked[:k]))


def recall_at(ranked: Sequence[str], relevant: Collection[str], k: int) -> float:
    """Share of the relevant documents among the first `k`. `relevant` is not empty."""
    return len(set(ranked[:k]) & set(relevant)) / len(set(relevant))


def ranking_scores(ranked: Sequence[str], relevant: Collection[str]) -> dict[str, float]:
    """MRR over what was returned, hit@1, hit@5, hit@10 and recall@20 of one query."""
    return {
        "mrr": reciprocal_rank(ranked, relevant),
        **{f"hit@{k}": hit_at(ranked, relevant, k) for k in (1, 5, 10)},
        "recall@20": recall_at(ranked, relevant, 20),
    }


def bootstrap(values: Sequence[float], *, seed: int, draws: int = 2000) -> Estimate:
    """Mean with its percentile bootstrap interval (Efron 1979); all zeros when there are no values."""
    if not values:
        return Estimate(mean=0.0, low=0.0, high=0.0)
    given = np.asarray(values, dtype=np.float64)
    picks = np.random.default_rng(seed).integers(0, len(given), size=(draws, len(given)))
    low, high = np.quantile(given[picks].mean(axis=1), (0.025, 0.975))
    return Estimate(mean=float(given.mean()), low=float(low), high=float(high))


def summarise(rows: Sequence[Mapping[str, float]], *, seed: int) -> dict[str, Estimate]:
    """Each metric's mean over the rows with its interval; rows have the same keys."""
    names = list(rows[0]) if rows else []
    return {name: bootstrap([row[name] for row in rows], seed=seed) for name in names}
