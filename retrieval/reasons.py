"""Why a document was found, in words: what it has in common with the query, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from domain.evidence import DocumentKind, Signal, SignalKind
from domain.ports import About
from retrieval.documents import Document

_MOST_IDENTIFIERS = 5
REOPENED, BOUNCED, UNEXPLAINED = 0.15, 0.10, 0.10
"""The share of its score that a ticket loses as advice. A judgement, not a measurement: no set that we know links texts
to how tickets ended. Together they move a ticket behind one that is a third less near, never out of the list."""


def reasons(document: Document, about: About, identifiers: Sequence[str]) -> tuple[Signal, ...]:
    """The signals of a hit; `identifiers` are those that it shares with the query, the rarest first."""
    return (*_in_common(document, about, identifiers), *_ending(document), *_age(document, about))


def advice(document: Document) -> float:
    """The factor (0–1) that the score of a document keeps when advice is asked for."""
    lost = REOPENED * bool(document.reopened) + BOUNCED * bool(document.bounced)
    return 1.0 - lost - UNEXPLAINED * (document.explained is False)


def _in_common(document: Document, about: About, identifiers: Sequence[str]) -> Iterator[Signal]:
    if identifiers:
        shown = tuple(identifiers[:_MOST_IDENTIFIERS])
        yield Signal(kind=SignalKind.IDENTIFIER, text=f"both name {', '.join(shown)}", values=shown)
    pairs = (
        (SignalKind.REQUESTER, "requester", about.requester, document.requester),
        (SignalKind.ASSET, "asset", about.asset, document.asset),
        (SignalKind.SERVICE, "service", about.service, document.service),
        (SignalKind.CATEGORY, "category", about.category, document.category),
    )
    for kind, word, wanted, held in pairs:
        if wanted is not None and wanted == held:
            yield Signal(kind=kind, text=f"same {word}: {held}", values=(held,))


def _ending(document: Document) -> Iterator[Signal]:
    if document.kind != DocumentKind.TICKET or document.known_at is None:
        return
    if document.reopened:
        yield Signal(kind=SignalKind.REOPENED, text="was opened again after a resolution")
    if document.bounced:
        yield Signal(kind=SignalKind.BOUNCED, text="went back to a team that had had it")
    if document.explained is False:
        yield Signal(kind=SignalKind.UNEXPLAINED, text="nobody wrote how it was resolved")
    if document.explained and document.reopened is False and document.bounced is False:
        yield Signal(kind=SignalKind.RESOLVED_WELL, text="resolved with a note, not opened again, not sent back")


def _age(document: Document, about: About) -> Iterator[Signal]:
    if about.at is None or document.known_at is None or document.known_at > about.at:
        return
    word = {DocumentKind.TICKET: "ended", DocumentKind.PROBLEM: "opened", DocumentKind.ARTICLE: "updated"}
    yield Signal(kind=SignalKind.AGE, text=f"{word[document.kind]} {_ago(document.known_at, about.at)}")


def _ago(then: datetime, now: datetime) -> str:
    days = (now - then) // timedelta(days=1)
    if days == 0:
        return "within a day"
    return "a day before" if days == 1 else f"{days} days before"
