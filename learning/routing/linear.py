"""What a ticket's words and facts say about its team, by a linear model for each team.

Words and pieces of words weigh by TF-IDF with sublinear term frequency (Salton and Buckley 1988), facts by being there;
one-against-rest logistic regression (liblinear, Fan et al. 2008). The scores are log-odds that the pool calibrates.
"""

from __future__ import annotations

import json
import re
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from domain.ticket import Ticket
from learning.routing.seen import FIELDS, Seen
from learning.stored import Value, array, lines

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

Floats = NDArray[np.float64]
Scores = NDArray[np.float32]

LONGEST = 3000
"""Characters of a description that are read; what is past them is mostly quoted mail."""
MOST_TERMS = 150_000
"""Words, and pieces of words, kept; the most frequent."""
FACT = 0.5
"""Weight of a fact beside a text of length 1."""
COST = 20.0
"""Inverse strength of the penalty; a judgement, not tuned to any history."""
ROUNDS, CLOSE_ENOUGH = 60, 0.1
"""Of the solver. A closer fit took twice as long on real texts and ranked no better."""
FLOOR = 1e-4
"""Added to a chance before its logarithm."""
CLIP = 12.0
"""Log-odds beyond this say nothing more."""

_SENDER = re.compile(r"received from:\s*\S+", re.IGNORECASE)
_FORM = re.compile(r"^\s*name:.{0,400}?summary:", re.IGNORECASE | re.DOTALL)
_PICTURE = re.compile(r"\[cid:[^\]]*\]", re.IGNORECASE)
_ADDRESS = re.compile(r"\S+@\S+")
_IN_TEXT = ("subject", "opening")


@dataclass(frozen=True, slots=True)
class Read:
    """A ticket as the linear model reads it."""

    text: str
    facts: tuple[str, ...]


def read(facts: Seen, text: str) -> Read:
    """`text` as `words_of` gives it; facts that are words already stand in it."""
    named = zip(FIELDS, facts.values, strict=True)
    return Read(text, tuple(f"{name}={value}" for name, value in named if value is not None and name not in _IN_TEXT))


def words_of(ticket: Ticket) -> str:
    """Subject twice and description once, without senders, form headers, pictures and addresses; "" without text."""
    subject, description = (ticket.subject or "").strip(), (ticket.description or "").strip()
    if description == subject:
        description = ""
    for noise in (_SENDER, _PICTURE, _ADDRESS):
        description = noise.sub(" ", description)
    description = _FORM.sub(" ", description)[:LONGEST].strip()
    return "\n".join(part for part in (subject, subject, description) if part)


class LinearModel:
    """Scores of teams by text and facts."""

    def __init__(self, terms: _Terms, teams: Sequence[str], weights: Scores, base: Scores) -> None:
        self.teams = tuple(teams)
        self._terms = terms
        self._weights = weights
        self._base = base

    @classmethod
    def fit(cls, reads: Sequence[Read], teams: Sequence[str], seed: int) -> LinearModel | None:
        """A model of tickets and the team each ended with; none with fewer than two teams or nothing to read."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier

        terms = _Terms.of(reads)
        if terms is None or len(set(teams)) < 2:
            return None
        one = LogisticRegression(
            C=COST, solver="liblinear", dual=True, random_state=seed, max_iter=ROUNDS, tol=CLOSE_ENOUGH
        )
        with warnings.catch_warnings():
            # It stops where it is close enough to rank; that it could come closer is known.
            warnings.simplefilter("ignore", ConvergenceWarning)
            fitted = OneVsRestClassifier(one).fit(terms.rows(reads), list(teams))
        names = [str(name) for name in fitted.classes_]
        if len(names) == 2:
            # One fitted line stands for both of two classes.
            half = fitted.estimators_[0]
            weights, base = np.vstack([-half.coef_, half.coef_]), np.array([-half.intercept_[0], half.intercept_[0]])
        else:
            weights = np.vstack([each.coef_ for each in fitted.estimators_])
            base = np.array([each.intercept_[0] for each in fitted.estimators_])
        by_term = np.ascontiguousarray(weights.T, dtype=np.float32)
        return cls(terms, names, by_term, base.astype(np.float32))

    def scores(self, reads: Sequence[Read], teams: Sequence[str]) -> Floats:
        """(reads, teams): log-odds of each team; the lowest of all for a team it has not learned."""
        if not reads or not teams:
            return np.zeros((len(reads), len(teams)))
        scored = np.clip(np.asarray(self._terms.rows(reads) @ self._weights) + self._base, -CLIP, CLIP)
        place = {team: column for column, team in enumerate(self.teams)}
        known = [(number, place[team]) for number, team in enumerate(teams) if team in place]
        found = np.repeat(scored.min(axis=1, keepdims=True), len(teams), axis=1).astype(np.float64)
        found[:, [number for number, _ in known]] = scored[:, [column for _, column in known]]
        return found

    def dump(self, name: str) -> dict[str, Value]:
        """Terms, their weights, and the lines, each called `name` and something."""
        return {
            f"{name}_teams": json.dumps(list(self.teams)), f"{name}_weights": self._weights, f"{name}_base": self._base,
            **self._terms.dump(name),
        }  # fmt: skip

    @classmethod
    def load(cls, values: Mapping[str, Value], name: str) -> LinearModel | None:
        """What `dump` gave; none when there was no such model. Raises `BadModel` when something is missing."""
        if f"{name}_teams" not in values:
            return None
        return cls(
            _Terms.load(values, name), lines(values, f"{name}_teams"),
            cast(Scores, array(values, f"{name}_weights")), cast(Scores, array(values, f"{name}_base")),
        )  # fmt: skip


def both_scales(scores: Floats) -> Floats:
    """(…, 2): log-odds beside log-chances, which hardly tell unlikely teams apart."""
    return np.stack([scores, np.log(1.0 / (1.0 + np.exp(-scores)) + FLOOR)], axis=-1)


class _Terms:
    """The columns: words, pieces of words, facts. A history without text has only facts."""

    def __init__(self, texts: tuple[TfidfVectorizer, TfidfVectorizer] | None, facts: Sequence[str]) -> None:
        self.texts = texts
        self.facts = {fact: column for column, fact in enumerate(facts)}

    @classmethod
    def of(cls, reads: Sequence[Read]) -> _Terms | None:
        counts = Counter(fact for one in reads for fact in one.facts)
        # A fact that only one ticket has tells that ticket's team and nothing of the next.
        facts = sorted(fact for fact, count in counts.items() if count > 1)
        filled = [one.text for one in reads if one.text]
        texts = None
        if filled:
            texts = _vectorizers(fewest=2 if len(filled) >= 100 else 1)
            try:
                for each in texts:
                    each.fit(filled)
            except ValueError:  # nothing but stop signs in every text: there are no terms
                texts = None
        return cls(texts, facts) if texts is not None or facts else None

    def rows(self, reads: Sequence[Read]) -> csr_matrix:
        """(reads, columns)."""
        from scipy.sparse import csr_matrix, hstack

        columns = [[self.facts[fact] for fact in one.facts if fact in self.facts] for one in reads]
        ends = np.cumsum([0, *(len(line) for line in columns)])
        flat = np.asarray([column for line in columns for column in line], dtype=np.int32)
        facts = csr_matrix((np.full(len(flat), FACT), flat, ends), shape=(len(reads), len(self.facts)))
        if self.texts is None:
            return facts
        given = [one.text for one in reads]
        return hstack([*(each.transform(given) for each in self.texts), facts], format="csr")

    def dump(self, name: str) -> dict[str, Value]:
        held: dict[str, Value] = {f"{name}_facts": json.dumps(list(self.facts))}
        for part, each in zip(("words", "pieces"), self.texts or (), strict=False):
            held[f"{name}_{part}"] = json.dumps([str(term) for term in each.get_feature_names_out()])
            held[f"{name}_{part}_idf"] = np.asarray(each.idf_, dtype=np.float64)
        return held

    @classmethod
    def load(cls, values: Mapping[str, Value], name: str) -> _Terms:
        texts = None
        if f"{name}_words" in values:
            texts = _vectorizers(1, lines(values, f"{name}_words"), lines(values, f"{name}_pieces"))
            for part, each in zip(("words", "pieces"), texts, strict=True):
                each.idf_ = array(values, f"{name}_{part}_idf")
        return cls(texts, lines(values, f"{name}_facts"))


def _vectorizers(
    fewest: int, words: list[str] | None = None, pieces: list[str] | None = None
) -> tuple[TfidfVectorizer, TfidfVectorizer]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return (
        TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, min_df=fewest, strip_accents="unicode", max_features=MOST_TERMS,
            vocabulary=words,
        ),
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=fewest, max_features=MOST_TERMS,
            vocabulary=pieces,
        ),
    )  # fmt: skip
