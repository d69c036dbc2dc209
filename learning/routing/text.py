"""What a ticket's words say about its team: words and pieces of words, and a linear model for each team.

TF-IDF as in Salton and Buckley (1988) with sublinear term frequency; one-against-rest logistic regression
(liblinear, Fan et al. 2008). The scores are log-odds that the pool calibrates.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from domain.ticket import Ticket
from learning.stored import Value, array, lines

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

Floats = NDArray[np.float64]
Scores = NDArray[np.float32]

LONGEST = 3000
"""Characters of a description that are read; what is past them is mostly quoted mail."""
MOST_PIECES = 150_000
MOST_WORDS = 150_000
"""Terms kept, the most frequent."""
COST = 20.0
"""Inverse strength of the penalty. Chosen by cross-validation among 5, 20 and 60; flat around it."""
ROUNDS, CLOSE_ENOUGH = 60, 0.1
"""Of the solver. Ten times closer takes five times as long and ranks no better."""
CLIP = 12.0
"""Log-odds beyond this say nothing more."""

_SENDER = re.compile(r"received from:\s*\S+", re.IGNORECASE)
_FORM = re.compile(r"^\s*name:.{0,400}?summary:", re.IGNORECASE | re.DOTALL)
_PICTURE = re.compile(r"\[cid:[^\]]*\]", re.IGNORECASE)
_ADDRESS = re.compile(r"\S+@\S+")


def words_of(ticket: Ticket) -> str:
    """Subject twice and description once, without senders, form headers, pictures and addresses; "" without text."""
    subject, description = (ticket.subject or "").strip(), (ticket.description or "").strip()
    if description == subject:
        description = ""
    for noise in (_SENDER, _PICTURE, _ADDRESS):
        description = noise.sub(" ", description)
    description = _FORM.sub(" ", description)[:LONGEST].strip()
    return "\n".join(part for part in (subject, subject, description) if part)


class TextModel:
    """Scores of teams by text. Texts without any known term score alike for every team as its base says."""

    def __init__(
        self, words: TfidfVectorizer, pieces: TfidfVectorizer, teams: Sequence[str], weights: Scores, base: Scores
    ) -> None:
        self.teams = tuple(teams)
        self._words = words
        self._pieces = pieces
        self._weights = weights
        self._base = base

    @classmethod
    def fit(cls, texts: Sequence[str], teams: Sequence[str], seed: int) -> TextModel | None:
        """A model of texts and the team each ended with; none where fewer than two teams have text."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier

        held = [(text, team) for text, team in zip(texts, teams, strict=True) if text]
        if len({team for _, team in held}) < 2:
            return None
        words, pieces = _vectorizers(fewest=2 if len(held) >= 100 else 1)
        given = [text for text, _ in held]
        try:
            rows = _joined(words.fit_transform(given), pieces.fit_transform(given))
        except ValueError:  # nothing but stop signs in every text: there are no terms
            return None
        one = LogisticRegression(
            C=COST, solver="liblinear", dual=True, random_state=seed, max_iter=ROUNDS, tol=CLOSE_ENOUGH
        )
        fitted = OneVsRestClassifier(one).fit(rows, [team for _, team in held])
        names = [str(name) for name in fitted.classes_]
        if len(names) == 2:
            # One fitted line stands for both of two classes.
            half = fitted.estimators_[0]
            weights, base = np.vstack([-half.coef_, half.coef_]), np.array([-half.intercept_[0], half.intercept_[0]])
        else:
            weights = np.vstack([each.coef_ for each in fitted.estimators_])
            base = np.array([each.intercept_[0] for each in fitted.estimators_])
        by_term = np.ascontiguousarray(weights.T, dtype=np.float32)
        return cls(words, pieces, names, by_term, base.astype(np.float32))

    def scores(self, texts: Sequence[str], teams: Sequence[str]) -> Floats:
        """(texts, teams): log-odds of each team by its text; the lowest of all for a team without texts, 0 all over
        for an empty text."""
        found = np.full((len(texts), len(teams)), 0.0)
        filled = [row for row, text in enumerate(texts) if text]
        if not filled or not teams:
            return found
        given = [texts[row] for row in filled]
        rows = _joined(self._words.transform(given), self._pieces.transform(given))
        scored = np.clip(np.asarray(rows @ self._weights) + self._base, -CLIP, CLIP)
        place = {team: column for column, team in enumerate(self.teams)}
        columns = [place.get(team) for team in teams]
        known = [number for number, column in enumerate(columns) if column is not None]
        wide = np.repeat(scored.min(axis=1, keepdims=True), len(teams), axis=1)
        wide[:, known] = scored[:, [column for column in columns if column is not None]]
        found[filled] = wide
        return found

    def dump(self) -> dict[str, Value]:
        """Terms, their weights, and the lines."""
        return {
            "text_teams": json.dumps(list(self.teams)),
            "text_words": json.dumps(_terms(self._words)),
            "text_pieces": json.dumps(_terms(self._pieces)),
            "text_words_idf": np.asarray(self._words.idf_, dtype=np.float64),
            "text_pieces_idf": np.asarray(self._pieces.idf_, dtype=np.float64),
            "text_weights": self._weights,
            "text_base": self._base,
        }

    @classmethod
    def load(cls, values: Mapping[str, Value]) -> TextModel | None:
        """What `dump` gave; none when there was no text model. Raises `BadModel` when something is missing."""
        if "text_teams" not in values:
            return None
        words, pieces = _vectorizers(1, lines(values, "text_words"), lines(values, "text_pieces"))
        words.idf_ = array(values, "text_words_idf")
        pieces.idf_ = array(values, "text_pieces_idf")
        return cls(
            words, pieces, lines(values, "text_teams"),
            cast(Scores, array(values, "text_weights")), cast(Scores, array(values, "text_base")),
        )  # fmt: skip


def _vectorizers(
    fewest: int, words: list[str] | None = None, pieces: list[str] | None = None
) -> tuple[TfidfVectorizer, TfidfVectorizer]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return (
        TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, min_df=fewest, strip_accents="unicode", max_features=MOST_WORDS,
            vocabulary=words,
        ),
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=fewest, max_features=MOST_PIECES,
            vocabulary=pieces,
        ),
    )  # fmt: skip


def _joined(words: csr_matrix, pieces: csr_matrix) -> csr_matrix:
    from scipy.sparse import hstack

    return hstack([words, pieces], format="csr")


def _terms(vectorizer: TfidfVectorizer) -> list[str]:
    return [str(term) for term in vectorizer.get_feature_names_out()]
