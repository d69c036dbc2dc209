"""What was found about a ticket, and whether we could look at all."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from domain.base import Moment, Record


class DocumentKind(StrEnum):
    """What the index holds."""

    TICKET = "ticket"
    PROBLEM = "problem"
    ARTICLE = "article"


class SignalKind(StrEnum):
    """What, besides its words, speaks for or against a document."""

    IDENTIFIER = "identifier"
    REQUESTER = "same_requester"
    ASSET = "same_asset"
    SERVICE = "same_service"
    CATEGORY = "same_category"
    RESOLVED_WELL = "resolved_well"
    REOPENED = "reopened"
    BOUNCED = "bounced"
    UNEXPLAINED = "unexplained"
    AGE = "age"


class Signal(Record):
    """One reason why a document was found where it was, in words."""

    kind: SignalKind
    text: str
    values: tuple[str, ...] = ()
    """What the two have in common: the identifiers, the service …"""


class Hit(Record):
    """One document found. `score` is 0–1; more is nearer."""

    kind: DocumentKind
    id: str
    title: str
    score: float
    dense: float | None = None
    """Cosine similarity to the query."""
    lexical: float | None = None
    """Share of the query's (idf-weighted) words that the document holds, 0–1."""
    snippet: str = ""
    marks: tuple[tuple[int, int], ...] = ()
    """Where the words of the query stand in the snippet: from and to, in characters."""
    why: tuple[Signal, ...] = ()
    also: tuple[str, ...] = ()
    """Ids of near copies of this document that were found too and have no line of their own."""


class Found(Record):
    """The answer of a search: the hits, or a word that it could not look.

    `found` with hits, `nothing` after having looked, `could_not_look` when the index did not answer.
    """

    status: Literal["found", "nothing", "could_not_look"]
    hits: tuple[Hit, ...] = ()
    looked_in: str = ""
    detail: str = ""


class EvidenceItem(Record):
    """A past ticket, known problem or article that bears on this ticket."""

    kind: Literal["ticket", "problem", "article", "requester_history"]
    id: str
    title: str
    score: float
    how_resolved: str | None = None
    by_whom: str | None = None
    """The technician who resolved it."""
    team: str | None = None
    minutes_to_resolve: int | None = None
    resolved_at: Moment | None = None
    escalated: bool | None = None
    why: tuple[Signal, ...] = ()
    also: tuple[str, ...] = ()
    """Ids of near copies that were found with it."""


class Evidence(Record):
    """Everything gathered for one ticket."""

    items: tuple[EvidenceItem, ...] = ()
    looked: dict[str, Literal["found", "nothing", "could_not_look"]] = {}
    """For each kind of evidence, whether it was found, absent, or out of reach."""

    def of_kind(self, kind: str) -> tuple[EvidenceItem, ...]:
        """The items of one kind, best first."""
        return tuple(item for item in self.items if item.kind == kind)
