"""What the next tier had to ask back for after a hand-over, and which fields that makes worth asking. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from domain.base import Record
from domain.policy.forms import FormField
from domain.text.fold import fold
from domain.text.values import asks_for
from domain.text.words import holds_word
from domain.thresholds import ASKED_BACK_CASES, ASKED_BACK_SHARE


class AskedBack(Record):
    """Hand-overs of one category known at a moment, and what was asked after them."""

    category: str | None
    handovers: int
    """Tickets that were handed to a higher tier or another team."""
    questions: tuple[tuple[str, str], ...] = ()
    """(ticket, sentence) of every question after a hand-over, and of every reason for sending one back."""


class LearnedField(Record):
    """How often a field was asked back for."""

    field: str
    category: str | None
    cases: int
    """Tickets in which it was."""
    handovers: int
    worth_asking: bool
    """Whether the share and the number of cases are enough."""

    @property
    def why(self) -> str:
        """For people: on what it rests."""
        return f"the next tier asked for this in {self.cases} of {self.handovers} hand-overs of this category"


def learn_fields(fields: Iterable[FormField], seen: AskedBack) -> tuple[LearnedField, ...]:
    """For each field that was asked back for, how often; the most frequent first."""
    learned = []
    for field in fields:
        cases = len({ticket for ticket, sentence in seen.questions if speaks_of(field, sentence)})
        if cases:
            enough = cases >= ASKED_BACK_CASES and cases >= ASKED_BACK_SHARE * seen.handovers
            learned.append(
                LearnedField(
                    field=field.id, category=seen.category, cases=cases, handovers=seen.handovers, worth_asking=enough
                )
            )
    return tuple(sorted(learned, key=lambda one: (-one.cases, one.field)))


def worth_asking(fields: Iterable[FormField], seen: AskedBack | None) -> Mapping[str, str]:
    """Field → why it is worth asking, of the fields that hand-overs of the category lacked often enough."""
    if seen is None:
        return {}
    return {one.field: one.why for one in learn_fields(fields, seen) if one.worth_asking}


def speaks_of(field: FormField, sentence: str) -> bool:
    """Whether a question, or a reason for sending something back, is about the field.

    Its question word for word (what it adds in brackets left out), its label, or most of the telling words of its
    question.
    """
    if asks_for(field, sentence):
        return True
    folded = fold(sentence).text
    core = _BRACKETS.sub(" ", fold(field.question).text)
    wording = " ".join(core.split()).rstrip(" ?.")
    if len(wording.split()) >= _LEAST + 1 and holds_word(folded, [wording]):
        return True
    label = [word for word in fold(field.label).text.split() if word not in _LIGHT]
    if label and holds_word(folded, [" ".join(label)]):
        return True
    said = telling_words(folded)
    named = telling_words(core)
    if named and max(map(len, named)) >= _TELLING and named <= said:
        return True
    own = telling_words(field.question)
    return len(own) >= _LEAST and len(own & said) >= _MOST * len(own)


def telling_words(text: str) -> frozenset[str]:
    """The words of a question that say what it is about."""
    words = "".join(char if char.isalnum() else " " for char in fold(text).text).split()
    return frozenset(word for word in words if len(word) > 2 and word not in _LIGHT)


_LEAST, _MOST, _TELLING = 2, 0.6, 6
"""So many telling words a question needs to be compared by, and the share of them that must recur; a question with
fewer is known by them when one has this many letters."""
_BRACKETS = re.compile(r"\([^()]*\)|\{\{[^{}]*\}\}")
_LIGHT = frozenset(
    """
    the and you your for are can could please tell what which who where when how does did have has had with this that
    there from into not any need needs know see shown say says give send exactly name number
    today now currently still again yet please heute jetzt noch aujourd hui
    was wer wie wann welche welcher welches bitte der die das ist sind haben sie ihr und mit von
    quel quelle quels est vous votre les des une pouvez
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
