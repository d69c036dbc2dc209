"""Lexical search with SQLite's FTS5: one word index for each tenant and kind.

FTS5 takes its statistics (idf, mean length) over a whole index, so that a shared one would let one tenant's words
weigh on another's scores. Words are cut by `retrieval.words`; FTS5 only ever sees letters, digits and `_`, quoted.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    TableClause,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    table,
)

from domain.evidence import DocumentKind
from retrieval.words import terms

PREFIX = "texts_"
"""Of the names of the tables."""
TITLE = 3.0
"""A word in a title counts as three in the text: whoever writes a title says there what it is about. Anything from 2 to
5 does as well (`docs/explanation/search.md`)."""
_MOST_TERMS = 64
_ENOUGH_TERMS = 8
_MOST_POSTINGS = 20_000
"""The rarest words decide: past these limits common words cost much and change nothing."""


class Asked(NamedTuple):
    """A query in FTS5's language, with the sum of the idf of its words."""

    match: str
    mass: float
    idf: dict[str, float]
    """Of each word that was chosen (nats)."""


def add(connection: Connection, tenant: str, kind: DocumentKind, texts: Mapping[int, tuple[str, str]]) -> None:
    """Adds texts (title, the rest) under their numbers; creates the index when it is the first."""
    own = _index(tenant, kind)
    for statement in (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {own.name} USING fts5(title, body, tokenize=\"ascii tokenchars '_'\")",
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {own.name}_df USING fts5vocab({own.name}, 'row')",
    ):
        connection.exec_driver_sql(statement)
    rows = [
        {"rowid": number, "title": " ".join(terms(title)), "body": " ".join(terms(body))}
        for number, (title, body) in texts.items()
    ]
    connection.execute(insert(own), rows)


def remove(connection: Connection, tenant: str, kind: DocumentKind, numbers: Sequence[int]) -> None:
    """Removes texts by number."""
    own = _index(tenant, kind)
    if numbers and _exists(connection, own):
        connection.execute(delete(own).where(own.c.rowid == bindparam("number")), [{"number": n} for n in numbers])


def asked(connection: Connection, tenant: str, kind: DocumentKind, text: str) -> Asked | None:
    """The rarest words of a text as a query; none when no document holds any of them.

    idf = ln((N − n + ½) / (n + ½)), at least 10⁻⁶, as FTS5's own bm25 has it (Robertson & Zaragoza 2009).
    """
    own = _index(tenant, kind)
    wanted = list(dict.fromkeys(terms(text)))[:1000]
    if not wanted or not _exists(connection, own):
        return None
    total = connection.execute(select(func.count()).select_from(own)).scalar_one()
    counts = table(f"{own.name}_df", column("term"), column("doc"))
    found = connection.execute(select(counts.c.term, counts.c.doc).where(counts.c.term.in_(wanted)))
    held = {row.term: row.doc for row in found}
    idf = {term: max(math.log((total - held.get(term, 0) + 0.5) / (held.get(term, 0) + 0.5)), 1e-6) for term in wanted}
    chosen = _rarest(idf, held)
    match = " OR ".join(f'"{term}"' for term in chosen if term in held)
    return Asked(match, sum(idf[term] for term in chosen), {term: idf[term] for term in chosen}) if match else None


def scores(tenant: str, kind: DocumentKind, query: Asked) -> CTE:
    """`number` and BM25F `score` (k1 = 1.2, b = 0.75; more is nearer) of every text that holds a word of the query."""
    own = _index(tenant, kind)
    whole: ColumnElement[str] = literal_column(own.name)
    question = select(own.c.rowid.label("number"), (-func.bm25(whole, TITLE, 1.0)).label("score"))
    # Materialized, because FTS5 would otherwise be asked again for every row of the join.
    matching = question.where(whole.op("MATCH")(bindparam("match", query.match)))
    return matching.cte("scores").prefix_with("MATERIALIZED")


def _rarest(idf: Mapping[str, float], held: Mapping[str, int]) -> list[str]:
    chosen: list[str] = []
    postings = 0
    for term in sorted(idf, key=lambda term: (-idf[term], term))[:_MOST_TERMS]:
        postings += held.get(term, 0)
        if len(chosen) >= _ENOUGH_TERMS and postings > _MOST_POSTINGS:
            break
        chosen.append(term)
    return chosen


def _exists(connection: Connection, own: TableClause) -> bool:
    names = table("sqlite_master", column("name"))
    question = select(func.count()).select_from(names).where(names.c.name == own.name)
    return connection.execute(question).scalar_one() > 0


def _index(tenant: str, kind: DocumentKind) -> TableClause:
    digest = hashlib.sha256(f"{kind}\x1f{tenant}".encode("utf-8", "surrogatepass")).hexdigest()
    return table(f"{PREFIX}{digest[:24]}", column("rowid"), column("title"), column("body"))
