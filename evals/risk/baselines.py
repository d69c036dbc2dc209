"""What a learned risk has to beat: the points table, a simple method on raw fields, and the clock alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from domain.points import all_reasons
from domain.policy.policy import Policy
from domain.surroundings import Surroundings
from domain.ticket import Ticket
from learning.risk.fates import AGES

Floats = NDArray[np.float64]

_MOST = 200
"""Values of a field that the simple method tells apart; the booster takes 255 at most."""


def points_of(ticket: Ticket, policy: Policy, at: datetime) -> float:
    """The points table's risk of a (cut) ticket as a share of 100; it was never meant as a probability."""
    points = sum(reason.points for reason in all_reasons(ticket, policy, at, Surroundings()))
    return min(max(points, 0), 100) / 100.0


def simple_method(
    train: Sequence[Sequence[object]], labels: Sequence[int], test: Sequence[Sequence[object]], seed: int
) -> Floats | None:
    """Gradient boosting on raw fields, fitted once at the end of the training file (scikit-learn's
    HistGradientBoosting with its defaults). None when there is nothing to fit."""
    if len(set(labels)) < 2 or not test:
        return None
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    width = len(train[0])
    books = [_book([row[one] for row in train]) for one in range(width - 2)]
    named = [True] * (width - 2) + [False, False]
    booster = HistGradientBoostingClassifier(categorical_features=named, random_state=seed)
    with threadpool_limits(1, user_api="openmp"):
        booster.fit(_coded(train, books), np.array(labels))
        return np.asarray(booster.predict_proba(_coded(test, books))[:, 1], dtype=np.float64)


def clock_only(
    hours: Floats, resolved: NDArray[np.bool_], happened: Floats, asked: Floats, ended: NDArray[np.bool_]
) -> Floats:
    """The share in which it happened among training looks at tickets open as long; nothing else is known of them."""
    edges = np.array(AGES) / 3600.0
    found = np.empty(len(asked))
    for state in (False, True):
        own, wanted = resolved == state, ended == state
        spot = np.clip(np.searchsorted(edges, hours[own], side="right") - 1, 0, len(edges) - 1)
        usual = float(happened.mean()) if len(happened) else 0.5
        count = np.bincount(spot, minlength=len(edges))
        share = (np.bincount(spot, weights=happened[own], minlength=len(edges)) + usual) / (count + 1.0)
        found[wanted] = np.interp(asked[wanted], edges, share)
    return found


def _book(values: Sequence[object]) -> dict[object, int]:
    """The most frequent values, numbered; the rest share one number."""
    counts: dict[object, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    ranked = sorted(counts, key=lambda one: (-counts[one], str(one)))[:_MOST]
    return {value: number for number, value in enumerate(ranked)}


def _coded(rows: Sequence[Sequence[object]], books: Sequence[dict[object, int]]) -> Floats:
    matrix = np.empty((len(rows), len(books) + 2))
    for number, row in enumerate(rows):
        for column, book in enumerate(books):
            matrix[number, column] = book.get(row[column], len(book))
        matrix[number, -2:] = [float(str(one)) for one in row[-2:]]
    return matrix
