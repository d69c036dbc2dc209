"""From sampled moments to the tables of one stage."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import numpy as np
from numpy.typing import NDArray

from domain.learned import Target
from learning.features import KEYS, NUMBERS, SINGLE
from learning.risk.additive import Additive, Table, fit_additive
from learning.risk.encoding import FOLDS, Encoded, encode
from learning.risk.fates import Fate
from learning.risk.sampling import Rows
from learning.risk.stage import KeyTable, NumberTable, PairTable, Stage
from learning.tally import DAY, HOUR

Floats = NDArray[np.float64]

ROWS_AT_MOST = 40_000
"""Moments that one stage is fitted on: the latest ones."""
HALF_LIFE = 21 * DAY
"""A ticket this much older than the newest counts half: what held last month holds less."""
LEAST_LABELS = 100
LEAST_OF_EACH = 20
"""Fewer labelled tickets, or fewer of the rarer kind, teach nothing that could be checked: with 20 of a kind, a rate
estimated from them is off by more than a fifth of itself two times in five (binomial standard error)."""


def enough(chance: Floats) -> str:
    """Why labels do not suffice, or nothing. `chance` is 0 or 1 where it is certain."""
    certain = chance[(chance == 0.0) | (chance == 1.0)]
    yes = int(certain.sum())
    no = len(certain) - yes
    if not len(certain):
        return "no ticket says what came of it"
    if not yes or not no:
        return f"all {len(certain)} labelled tickets say the same: it {'always' if yes else 'never'} happened"
    if len(certain) < LEAST_LABELS:
        return f"{len(certain)} labelled tickets; {LEAST_LABELS} are needed"
    if min(yes, no) < LEAST_OF_EACH:
        return f"it happened in {yes} of {len(certain)} labelled tickets; {LEAST_OF_EACH} of each kind are needed"
    return ""


def fit_stage(
    rows: Rows, words: list[dict[str, int]], fates: list[Fate], chance: Floats, target: Target, seed: int, *,
    now: float, aged: bool, progress: Callable[[int], None] | None = None,
) -> Stage | None:  # fmt: skip
    """The tables of one stage; none when its labels do not suffice. `aged`: older tickets count less."""
    keep = np.flatnonzero(_at_risk(rows, fates, chance, target))[-ROWS_AT_MOST:]
    ours = chance[rows.tickets[keep]]
    if enough(ours):
        return None
    weight = np.ones(len(keep))
    if aged:
        opened = np.array([fates[one].opened for one in rows.tickets[keep]])
        weight = 0.5 ** ((now - opened) / HALF_LIFE)
        weight *= len(weight) / weight.sum()
    # By ticket, not by row, so that a ticket is in the same fold at every stage.
    folds = (rows.tickets[keep] * 2654435761 + seed) % FOLDS
    coded = [
        encode(rows.keys[keep, one].astype(np.int64), len(words[one]), ours, weight, folds) for one in range(len(KEYS))
    ]
    numbers = rows.numbers[keep].astype(np.float64)
    matrix = np.column_stack([numbers, *(one.rows for one in coded)])
    model = fit_additive(matrix, ours, weight, seed, progress=progress)
    hours = _hours(rows, keep, fates, target)
    return _tables(model, numbers, rows.keys[keep], coded, words, ours, weight, hours)


def _at_risk(rows: Rows, fates: list[Fate], chance: Floats, target: Target) -> NDArray[np.bool_]:
    """Rows of tickets whose end is told or estimated, and to which it had not happened yet."""
    there = ~np.isnan(chance[rows.tickets]) if len(rows.tickets) else np.zeros(0, dtype=bool)
    if target == "escalation":
        there &= np.array([fates[one].climbed > at for one, at in zip(rows.tickets, rows.at, strict=True)], dtype=bool)
    return there


def _hours(rows: Rows, keep: NDArray[np.int64], fates: list[Fate], target: Target) -> tuple[float, float, float] | None:
    if target != "escalation":
        return None
    waits = np.array(
        [
            (fates[one].climbed - at) / HOUR
            for one, at in zip(rows.tickets[keep], rows.at[keep], strict=True)
            if fates[one].climbed < inf
        ]
    )
    if len(waits) < LEAST_OF_EACH:
        return None
    low, middle, high = np.quantile(waits, (0.1, 0.5, 0.9))
    return float(low), float(middle), float(high)


def _tables(
    model: Additive, numbers: Floats, codes: NDArray[np.int32], coded: list[Encoded], words: list[dict[str, int]],
    chance: Floats, weight: Floats, hours: tuple[float, float, float] | None,
) -> Stage:  # fmt: skip
    seen_numbers, seen_keys = [], []
    for column in range(len(NUMBERS) + len(KEYS)):
        table = model.tables.get(column)
        if column < len(NUMBERS):
            if table is None:
                continue
            there = numbers[:, column][~np.isnan(numbers[:, column])]
            low, high = (float(there.min()), float(there.max())) if len(there) else (-inf, inf)
            edges, values = tuple(map(float, table.edges)), tuple(map(float, table.values))
            seen_numbers.append(NumberTable(NUMBERS[column], edges, values, low, high))
            continue
        position = column - len(NUMBERS)
        one = coded[position]
        present = set(np.unique(codes[:, position]).tolist())
        if table is None:
            # A key without an effect still tells what tickets looked like.
            if KEYS[position] not in SINGLE or present == {-1}:
                continue
            table = Table(np.empty(0), np.zeros(2))
        effects = table.of(one.shares)
        known = {
            value: (float(effects[code]), float(one.shares[code]), float(one.weights[code]))
            for value, code in words[position].items()
            if code in present
        }
        unseen = float(table.of(np.array([one.usual]))[0])
        shape = tuple(map(float, table.edges))
        seen_keys.append(KeyTable(KEYS[position], float(table.values[0]), unseen, one.usual, shape, known))
    certain = int(((chance == 0.0) | (chance == 1.0)).sum())
    pairs = tuple(
        PairTable(_NAMES[one], _NAMES[two], tuple(tuple(map(float, row)) for row in effect))
        for (one, two), effect in sorted(model.pairs.items())
    )
    share = float(np.average(chance, weights=weight))
    return Stage(model.base, tuple(seen_numbers), tuple(seen_keys), pairs, certain, share, hours)


_NAMES = (*NUMBERS, *KEYS)
