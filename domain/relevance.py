"""How near a document is to a query: a weighted mean of a few signals. The weights are all there is to the model.

    score = Σ w·f / Σ w   with   w(meaning) = 1   and every other weight times m / (m + half)

m is the sum of the idf of the query's words (nats), how much the query says: a question of ten words in one's own
phrasing is read by meaning, a long report also by the words it repeats. `docs/explanation/search.md` tells how the
default weights were chosen and what they reach.
"""

from __future__ import annotations

from typing import NamedTuple

from pydantic import Field

from domain.base import Record

IDENTIFIERS_FULL = 15.0
"""Nats of idf at which shared identifiers count in full: two that stand in one document of a thousand each."""


class Likeness(NamedTuple):
    """What is measured of a document against a query, each 0–1 (cosines from −1)."""

    meaning: float
    """Cosine of the two nearest parts of query and document."""
    words: float
    """Share of the query's idf-weighted words, words in the document's title counting more."""
    title_words: float
    """The same of the query's title alone."""
    titles: float
    """Cosine of the two titles."""
    identifiers: float = 0.0
    """Idf of the identifiers that both name, over `IDENTIFIERS_FULL`."""
    requester: float = 0.0
    """1 for the same requester, likewise below."""
    asset: float = 0.0
    service: float = 0.0
    category: float = 0.0


class Relevance(Record):
    """Weights, relative to 1 for meaning. The defaults come from link sets without requester, asset, service and
    category, so that these weigh nothing until an organisation's own links show what they are worth."""

    words: float = Field(default=0.5, ge=0.0)
    title_words: float = Field(default=0.6, ge=0.0)
    titles: float = Field(default=0.3, ge=0.0)
    identifiers: float = Field(default=0.1, ge=0.0)
    requester: float = Field(default=0.0, ge=0.0)
    asset: float = Field(default=0.0, ge=0.0)
    service: float = Field(default=0.0, ge=0.0)
    category: float = Field(default=0.0, ge=0.0)
    half: float = Field(default=80.0, gt=0.0)
    """Nats at which the other weights come to half of themselves: about fifteen uncommon words."""

    def said(self, mass: float) -> float:
        """The share of their weight that all signals but meaning have, for a query of this idf mass (nats, ≥ 0)."""
        return mass / (mass + self.half)

    def score(self, found: Likeness, mass: float) -> float:
        """0–1; more is nearer."""
        said = self.said(mass)
        weights = [said * float(getattr(self, name)) for name in Likeness._fields[1:]]
        top = max(0.0, found.meaning) + sum(w * max(0.0, f) for w, f in zip(weights, found[1:], strict=True))
        return min(1.0, top / (1.0 + sum(weights)))
