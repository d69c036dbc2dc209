"""Near copies of one document shown once: the better hit has a line, the others are named under it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retrieval.documents import Document
from retrieval.ports import Matrix
from retrieval.ranker import Ranked
from retrieval.words import terms

COPY_COSINE = 0.95
"""Cosine of the two beginnings. A judgement: a first cut, cheap to take; words and identifiers decide."""
COPY_WORDS = 0.8
"""Share of the words of both that both hold (Jaccard): a template filled in otherwise is near in meaning and differs
here in what matters, a number or a name."""


def fold(
    ranked: Sequence[Ranked], vectors: Mapping[str, Matrix], documents: Mapping[str, Document], most: int
) -> list[tuple[Ranked, tuple[str, ...]]]:
    """The best `most` hits that are no near copy of a better one, each with the ids of its copies, best first."""
    kept: list[tuple[Ranked, list[str]]] = []
    words: dict[str, frozenset[str]] = {}
    for hit in ranked:
        first = next((one for one in kept if _copies(one[0].id, hit.id, vectors, documents, words)), None)
        if first is not None:
            first[1].append(hit.id)
        elif len(kept) < most:
            kept.append((hit, []))
    return [(hit, tuple(copies)) for hit, copies in kept]


def _copies(
    one: str, other: str, vectors: Mapping[str, Matrix], documents: Mapping[str, Document],
    words: dict[str, frozenset[str]],
) -> bool:  # fmt: skip
    if float(vectors[one][0] @ vectors[other][0]) < COPY_COSINE:
        return False
    for id in (one, other):
        if id not in words:
            words[id] = frozenset(terms(documents[id].whole))
    both, either = words[one] & words[other], words[one] | words[other]
    # The identifiers of two copies are the same: the same sentence about another host is another case.
    apart = [term for term in either - both if any(character.isdigit() for character in term)]
    return not apart and len(both) >= COPY_WORDS * len(either)
