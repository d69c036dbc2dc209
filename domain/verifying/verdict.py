"""What the verifier says: which claims may stand, and of the others which words stopped each and why."""

from __future__ import annotations

from typing import Literal

from domain.base import Record
from domain.handoff import Claim

BlockKind = Literal[
    "source", "identifier", "number", "time", "name", "quote", "word", "language", "done", "modality", "negation",
    "actor", "attribution", "quantity", "state", "private", "order", "length",
]  # fmt: skip

WHY: dict[BlockKind, str] = {
    "source": "cites something that does not exist",
    "identifier": "names something that its sources do not",
    "number": "holds a number or amount that its sources do not",
    "time": "holds a time or date that its sources do not",
    "name": "names somebody whom its sources do not",
    "quote": "quotes what nobody wrote",
    "word": "says something that its sources do not",
    "language": "is in another language than its sources",
    "done": "says that something was done, and no source shows it",
    "modality": "says for certain what its sources only ask, plan or suppose",
    "negation": "says the opposite of its sources",
    "actor": "says that somebody else did it",
    "attribution": "puts a fact with something that its sources tell of something else",
    "quantity": "says how many or how often otherwise than its sources",
    "state": "contradicts where the ticket stands",
    "private": "tells the requester what is internal",
    "order": "speaks to software or carries a link or image of its own",
    "length": "is too long to be one claim",
}
"""What a person is told about each kind of block."""


class Blocked(Record):
    """A claim that may not stand. `what` holds its words that stopped it."""

    claim: Claim
    kind: BlockKind
    what: str

    @property
    def text(self) -> str:
        """Why, in a sentence for people."""
        return f"It {WHY[self.kind]}: “{self.what}”."


class Verdict(Record):
    """The claims that may stand, in their order, and what stopped the others: one entry for each reason."""

    kept: tuple[Claim, ...] = ()
    blocked: tuple[Blocked, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether nothing was blocked."""
        return not self.blocked
