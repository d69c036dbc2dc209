"""What simpler ways get on the same tickets: the most frequent team, leaving it, a linear SVM, similar tickets' vote.

Each learns from the training tickets alone, whole, and sees of a test ticket what the model sees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from domain.ticket import Ticket
from evals.routing.reading import At, Split, view
from evals.routing.scoring import Ranked
from learning.routing.seen import FIELDS, final_team, seen

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float64]
Embed = Callable[[Sequence[str]], NDArray[np.float32]]

VOTERS = 10
"""Most similar tickets that vote, as Moveworks Triage does (its public documentation)."""
SHOWN = 5
_FIELDS = tuple(name for name in FIELDS if name not in ("subject", "opening"))


def baselines(split: Split, at: At, seed: int, embed: Embed | None = None) -> dict[str, list[Ranked]]:
    """Method → its answers in the order of `split.test`. `embed` adds a logistic regression on sentence vectors."""
    train = [(ticket, team) for ticket in split.train if (team := final_team(ticket)) is not None]
    teams = [team for _, team in train]
    frequent = tuple(team for team, _ in Counter(sorted(teams)).most_common(SHOWN))
    views = [view(ticket, at) for ticket in split.test]
    found = {
        "most frequent": [Ranked(frequent, teams.count(frequent[0]) / len(teams) if frequent else 0.0)] * len(views)
    }
    if at == "first-assignment":
        found["left in its first team"] = [_left(one, frequent) for one in views]
    if len(set(teams)) < 2:
        return found
    looks = [view(ticket, at) for ticket, _ in train]
    rows, asked = _encoded(looks, views)
    found["linear SVM"] = _svm(rows, teams, asked, seed)
    found["most similar tickets' vote"] = _vote(rows, teams, asked, frequent)
    if embed is not None and any(one.subject or one.description for one in looks):
        found["MiniLM + logistic"] = _logistic(
            embed([_text(one) for one in looks]), teams, embed([_text(one) for one in views])
        )
    return found


def _left(ticket: Ticket, frequent: tuple[str, ...]) -> Ranked:
    team = seen(ticket).of("team")
    rest = tuple(one for one in frequent if one != team)
    return Ranked(((team, *rest) if team else rest)[:SHOWN], 1.0)


def _svm(rows: csr_matrix, teams: list[str], asked: csr_matrix, seed: int) -> list[Ranked]:
    from sklearn.svm import LinearSVC

    model = LinearSVC(C=0.5, random_state=seed).fit(rows, teams)
    margins = np.asarray(model.decision_function(asked), dtype=np.float64)
    if margins.ndim == 1:
        margins = np.column_stack([-margins, margins])
    return _ranked(margins, [str(one) for one in model.classes_])


def _logistic(rows: NDArray[np.float32], teams: list[str], asked: NDArray[np.float32]) -> list[Ranked]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=10, max_iter=200, tol=1e-3).fit(rows, teams)
    return _ranked(np.asarray(model.predict_proba(asked)), [str(one) for one in model.classes_])


def _vote(rows: csr_matrix, teams: list[str], asked: csr_matrix, frequent: tuple[str, ...]) -> list[Ranked]:
    names = sorted(set(teams))
    place = {team: number for number, team in enumerate(names)}
    of_row = np.asarray([place[team] for team in teams])
    votes = np.zeros((asked.shape[0], len(names)))
    for start in range(0, asked.shape[0], 500):
        near = (asked[start : start + 500] @ rows.T).toarray()
        for number, line in enumerate(near):
            best = np.argpartition(-line, min(VOTERS, len(line)) - 1)[:VOTERS]
            np.add.at(votes[start + number], of_row[best], 1.0 / VOTERS + 1e-6 * line[best])
    votes[:, [place[team] for team in frequent]] += 1e-9 * np.arange(len(frequent), 0, -1)
    return _ranked(votes, names)


def _ranked(scores: Floats, names: Sequence[str]) -> list[Ranked]:
    order = np.argsort(-scores, axis=1, kind="stable")[:, :SHOWN]
    return [
        Ranked(tuple(names[place] for place in line), float(scores[number, line[0]]))
        for number, line in enumerate(order)
    ]


def _encoded(train: Sequence[Ticket], test: Sequence[Ticket]) -> tuple[csr_matrix, csr_matrix]:
    """Words and pairs of words by TF-IDF beside one column for each value of each field; rows of length 1 each."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    fields = DictVectorizer()
    facts = fields.fit_transform([_facts(one) for one in train]), fields.transform([_facts(one) for one in test])
    # One empty column, so that tickets that say nothing at all have a row too.
    blocks = [facts] if facts[0].shape[1] else [(csr_matrix((len(train), 1)), csr_matrix((len(test), 1)))]
    if any(_text(one) for one in train):
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2 if len(train) >= 100 else 1)
        try:
            given = words.fit_transform([_text(one) for one in train])
        except ValueError:  # texts without one term
            return blocks[0]
        # Words say what a text is about; who wrote it is a hint.
        blocks = [(0.5 * normalize(left), 0.5 * normalize(right)) for left, right in blocks]
        blocks.append((given, words.transform([_text(one) for one in test])))
    left, right = zip(*blocks, strict=True)
    return hstack(left, format="csr"), hstack(right, format="csr")


def _facts(ticket: Ticket) -> dict[str, str]:
    facts = seen(ticket)
    return {name: value for name in _FIELDS if (value := facts.of(name)) is not None}


def _text(ticket: Ticket) -> str:
    return "\n".join(part for part in (ticket.subject, ticket.description) if part)
