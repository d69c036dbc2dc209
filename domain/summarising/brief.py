"""The handoff in brief: one sentence of the requester and one of support, chosen together.

The pair with most points is taken. Points are linear in what can be counted about a sentence: where it stands in the
conversation, how long it is, how much of it other messages come back to (in the manner of G. Erkan, D. Radev,
"LexRank", 2004, with shared words instead of cosines), and what it does. Nothing is composed: a sentence stands in its
message word for word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from domain.summarising.forms import Form
from domain.summarising.statements import Statement
from domain.summarising.thread import Thread
from domain.text.fold import fold
from domain.text.injection import find_injections
from domain.ticket import ActorRole, EventKind

CANDIDATES = 20
"""Of each side the best so many sentences are looked at together: the pair adds little to what each is worth."""
_ENOUGH = 12
_FULL = 30
"""Words: up to the first a sentence tells too little, from the second on it says all it has to."""

REQUESTER: Mapping[str, float] = {
    "opening": 5, "late": -4, "telling": 4, "full": 2, "problem": 1, "central": 1,
}  # fmt: skip
SUPPORT: Mapping[str, float] = {
    "late": 7, "telling": 4, "full": 3, "central": 2, "courtesy": -3, "asks": -1, "idle": -2,
}  # fmt: skip
FOLLOWS = 2.0
"""What it counts for that support's sentence comes after the requester's.

The weights maximise the expected ROUGE-1/2/L of a pair drawn by its points over 869 public support dialogues with human
summaries (TweetSumm, training part); of 26 features those went out that 4-fold cross-validation did not miss, and the
rest was rounded to whole numbers. `idle` is ours: chasing and closing formulas are rarer there than on a helpdesk, and
the figures do not move. `tierwise eval summary` says what they are worth.
"""

_ENDS = frozenset({Form.WORKS, Form.CLOSING})
_WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True)
class _Candidate:
    statement: Statement
    points: float


def brief_of(thread: Thread) -> tuple[Statement, ...]:
    """At most two sentences: what the requester says is wrong or wanted, and what support says to it.

    Of a conversation in which one side says nothing, the one best sentence. Never among them: orders to software, and
    what was said to be over before the ticket was opened again.
    """
    reopened = max((at for at, event in enumerate(thread.ticket.events) if event.kind == EventKind.REOPENED), default=0)
    told = [
        one
        for one in thread.statements
        if not find_injections(one.text) and not (one.message < reopened and one.forms & _ENDS)
    ]
    recurring = _messages_holding(thread.statements)
    last = max((index for index, event in enumerate(thread.ticket.events) if event.is_message), default=0)
    asked = _best(told, ActorRole.REQUESTER, thread, recurring, last)
    answered = _best(told, ActorRole.TECHNICIAN, thread, recurring, last)
    if not asked or not answered:
        alone = asked or answered
        return (max(alone, key=lambda one: (one.points, -one.statement.order)).statement,) if alone else ()
    first, second = max(product(asked, answered), key=_worth)
    return tuple(sorted((first.statement, second.statement), key=lambda one: one.order))


def features_of(one: Statement, thread: Thread, holding: Mapping[str, int], last: int) -> dict[str, float]:
    """What is counted about a sentence, each about 0–3. `holding`: word → messages with it; `last`: last message."""
    words = set(_WORD.findall(fold(one.text).text))
    return {
        "opening": float(one in thread.opening),
        "late": one.message / last if last else 0.0,
        "telling": min(one.words, _ENOUGH) / 10,
        "full": min(one.words, _FULL) / 10,
        "central": sum(holding[word] - 1 for word in words) / (len(words) + 2),
        "idle": float(one.idle),
        "courtesy": float(Form.COURTESY in one.forms),
        "asks": float(Form.ASK in one.forms),
        "instructs": float(Form.INSTRUCT in one.forms),
        "done": float(bool(one.forms & {Form.DONE, Form.CAUSE, Form.CHECKED})),
        "promises": float(Form.PROMISE in one.forms),
        "problem": float(Form.PROBLEM in one.forms),
    }


def _best(
    told: Iterable[Statement], role: ActorRole, thread: Thread, holding: Mapping[str, int], last: int
) -> list[_Candidate]:
    weights = REQUESTER if role == ActorRole.REQUESTER else SUPPORT
    found = []
    for one in told:
        if one.role == role:
            features = features_of(one, thread, holding, last)
            found.append(_Candidate(one, sum(weight * features[name] for name, weight in weights.items())))
    return sorted(found, key=lambda one: (-one.points, one.statement.order))[:CANDIDATES]


def _worth(pair: tuple[_Candidate, _Candidate]) -> tuple[float, int, int]:
    asked, answered = pair
    follows = FOLLOWS if answered.statement.message > asked.statement.message else 0.0
    return asked.points + answered.points + follows, -asked.statement.order, -answered.statement.order


def _messages_holding(statements: Iterable[Statement]) -> dict[str, int]:
    """Word → how many messages hold it."""
    seen: dict[str, set[int]] = {}
    for one in statements:
        for word in _WORD.findall(fold(one.text).text):
            seen.setdefault(word, set()).add(one.message)
    return {word: len(messages) for word, messages in seen.items()}
