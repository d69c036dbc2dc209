"""Sentences that a helpdesk writes under every ticket: learned from the tickets at hand, never listed here."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

from domain.base import Record
from domain.summarising.forms import Form, forms_of
from domain.summarising.sentences import sentence_spans
from domain.text.fold import fold
from domain.ticket import Ticket

MIN_TICKETS = 3
"""A sentence seen on fewer tickets is never boilerplate."""
MIN_SHARE = 0.02
"""... nor one on a smaller share of the tickets that hold text."""
MIN_SHARE_OF_FACTS = 0.10
"""A sentence that reports work or a cause ("the new release is deployed") may recur: it takes this share."""
_FACTS = frozenset({Form.DONE, Form.CAUSE})
_NAME = re.compile(r"[^\W\d_]*_\w+|[\[<{]\w+[\]>}]")
_LETTERS = re.compile(r"[^\W\d_]+")


class Boilerplate(Record):
    """Normalised sentences that say nothing about a single ticket."""

    sentences: frozenset[str] = frozenset()

    def covers(self, sentence: str) -> bool:
        """Whether the sentence is one of them, whatever its case, punctuation, numbers and masked names."""
        return normal_form(sentence) in self.sentences


NO_BOILERPLATE = Boilerplate()


def normal_form(sentence: str) -> str:
    """Letters only, folded, one space between words; masked names and numbers are left out."""
    return " ".join(_LETTERS.findall(_NAME.sub(" ", fold(sentence).text)))


def learn_boilerplate(
    tickets: Iterable[Ticket], *, min_tickets: int = MIN_TICKETS, min_share: float = MIN_SHARE
) -> Boilerplate:
    """The sentences that stand on at least `min_tickets` tickets and on `min_share` of those with text."""
    seen_on: Counter[str] = Counter()
    factual: dict[str, bool] = {}
    with_text = 0
    for ticket in tickets:
        bodies = [event.body for event in ticket.events if event.body]
        with_text += bool(bodies)
        sentences = {
            normal_form(body[span.start : span.end]): body[span.start : span.end]
            for body in bodies
            for span in sentence_spans(body)
        }
        seen_on.update(sentences.keys())
        for form, sentence in sentences.items():
            if form not in factual:
                factual[form] = bool(forms_of(sentence) & _FACTS)
    enough = max(min_tickets, math.ceil(min_share * with_text))
    enough_facts = max(enough, math.ceil(MIN_SHARE_OF_FACTS * with_text))
    return Boilerplate(
        sentences=frozenset(
            form for form, count in seen_on.items() if form and count >= (enough_facts if factual[form] else enough)
        )
    )
