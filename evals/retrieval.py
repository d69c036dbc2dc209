"""How well search finds what it should: the product's own index and search on a corpus with known answers."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Literal

from adapters.storage.documents import SqlDocuments, open_documents
from domain.base import Record
from domain.errors import BadInput
from domain.evidence import DocumentKind, Hit
from domain.ports import SearchQuery
from evals.metrics import Estimate, ranking_scores, summarise
from evals.predictions import Id, check_ending
from evals.retrieval_files import (
    CorpusRow,
    Prediction,
    QueryRow,
    read_corpus,
    read_queries,
    write_predictions,
)
from retrieval.chroma import ChromaIndex
from retrieval.documents import Document
from retrieval.embeddings import MiniLm, Remembering
from retrieval.ingest import Indexer, scope_of
from retrieval.ports import Embedder, Filters
from retrieval.search import Floor, HybridSearch

TOP = 20
_TENANT = "eval"
_KINDS = {"articles": DocumentKind.ARTICLE, "tickets": DocumentKind.TICKET}


class RetrievalReport(Record):
    """What the suite measured.

    `systems` holds the product's search and, under the same conditions, each of its halves alone.
    """

    suite: Literal["retrieval"] = "retrieval"
    kind: str
    embedder: str
    documents: int
    queries: int
    scored: int
    """Queries that name a relevant document."""
    above_floor: float
    """Share of the queries for which the product would not have said that there is nothing."""
    systems: dict[str, dict[str, Estimate]]
    index_seconds: float
    search_ms: float
    """Median milliseconds of one search, the query's embedding included."""
    seed: int
    predictions: str


class _Bench:
    """The corpus in a store and an index of its own."""

    def __init__(self, store: SqlDocuments, index: ChromaIndex, embedder: Embedder, kind: DocumentKind) -> None:
        self.store = store
        self.index = index
        self.embedder = embedder
        self.kind = kind
        # The order is judged here; the floor is reported beside it.
        self.search = HybridSearch(store, index, embedder, Floor(dense=-1.0))
        self.with_floor = HybridSearch(store, index, embedder)

    def hybrid(self, query: QueryRow) -> tuple[Hit, ...]:
        """The product's search."""
        question = SearchQuery(text=query.text, kind=self.kind, limit=TOP, exclude=_excluded(query))
        found = asyncio.run(self.search.search(_TENANT, question))
        return found.hits

    def finds(self, query: QueryRow) -> bool:
        """Whether the product's search says that it found something."""
        question = SearchQuery(text=query.text, kind=self.kind, limit=TOP, exclude=_excluded(query))
        return bool(self.with_floor.look(_TENANT, question))

    def dense(self, query: QueryRow) -> list[str]:
        """By meaning alone."""
        excluded = _excluded(query)
        vector = self.embedder.encode([query.text])[0]
        near = self.index.near(scope_of(self.embedder, _TENANT, self.kind), vector, TOP + len(excluded))
        return [one.id for one in near if one.id not in excluded][:TOP]

    def lexical(self, query: QueryRow) -> list[str]:
        """By words alone (BM25)."""
        filters = Filters(exclude=_excluded(query))
        share = self.store.wording(_TENANT, self.kind, query.text, TOP, filters).share
        return sorted(share, key=lambda id: -share[id])


def run_retrieval(
    corpus: Path, queries: Path, predictions: Path, kind: str, seed: int, embedder: Embedder | None = None
) -> RetrievalReport:
    """Indexes `corpus`, asks every query, writes the top 20 of each to `predictions` and scores them.

    `kind` is `articles` (title and whole text in parts) or `tickets`. Raises `BadInput` naming file and line.
    """
    if kind not in _KINDS:
        raise BadInput(f"no kind {kind!r} to search in", mend=f"use one of {', '.join(_KINDS)}")
    check_ending(predictions)
    documents = read_corpus(corpus)
    asked = read_queries(queries, [row.id for row in documents])
    names = {str(row.id): row.id for row in documents}
    model = Remembering(embedder or MiniLm())
    with (
        tempfile.TemporaryDirectory(prefix="tierwise-eval-") as folder,
        closing(ChromaIndex(Path(folder) / "index")) as index,
    ):
        bench = _Bench(open_documents(Path(folder) / "records.db"), index, model, _KINDS[kind])
        started = time.perf_counter()
        Indexer(bench.store, index, model).index(_document(row, bench.kind) for row in documents)
        index_seconds = time.perf_counter() - started
        milliseconds, answers = _timed(bench.hybrid, asked)
        above_floor = sum(map(bench.finds, asked)) / len(asked)
        rankings = {
            "hybrid": [[hit.id for hit in hits] for hits in answers],
            "dense alone": [bench.dense(query) for query in asked],
            "words alone (BM25)": [bench.lexical(query) for query in asked],
        }
        bench.store.close()
    write_predictions(predictions, _predictions(asked, answers, names))
    return RetrievalReport(
        kind=kind,
        embedder=model.name,
        documents=len(documents),
        queries=len(asked),
        scored=sum(bool(query.relevant) for query in asked),
        above_floor=above_floor,
        systems={name: _scores(asked, ranked, seed) for name, ranked in rankings.items()},
        index_seconds=round(index_seconds, 2),
        search_ms=round(median(milliseconds), 2),
        seed=seed,
        predictions=str(predictions),
    )


def render(report: RetrievalReport) -> str:
    """The report as a table for people."""
    names = list(next(iter(report.systems.values()), {}))
    width = max(len(name) for name in report.systems)
    lines = [
        f"retrieval over {report.documents} {report.kind}, {report.scored} scored queries of {report.queries},"
        f" {report.embedder}",
        "means with bootstrap 95 % intervals",
        "",
        " " * width + "".join(f"  {name:<22}" for name in names),
    ]
    for system, metrics in report.systems.items():
        lines.append(f"{system:<{width}}" + "".join(f"  {metrics[name]!s:<22}" for name in names))
    lines += [
        "",
        f"above the floor {report.above_floor:.1%}; one search {report.search_ms:.1f} ms (median);"
        f" indexed in {report.index_seconds:.1f} s; predictions in {report.predictions}",
    ]
    return "\n".join(line.rstrip() for line in lines)


def _document(row: CorpusRow, kind: DocumentKind) -> Document:
    return Document(tenant=_TENANT, kind=kind, id=str(row.id), title=row.title or "", text=row.text or "")


def _excluded(query: QueryRow) -> tuple[str, ...]:
    return tuple(str(id) for id in query.exclude)


def _timed(
    ask: Callable[[QueryRow], tuple[Hit, ...]], queries: Sequence[QueryRow]
) -> tuple[list[float], list[tuple[Hit, ...]]]:
    milliseconds, answers = [], []
    for query in queries:
        started = time.perf_counter()
        answers.append(ask(query))
        milliseconds.append(1000 * (time.perf_counter() - started))
    return milliseconds, answers


def _predictions(
    queries: Sequence[QueryRow], answers: Sequence[tuple[Hit, ...]], names: dict[str, Id]
) -> list[Prediction]:
    return [
        Prediction(query_id=query.id, rank=rank, doc_id=names[hit.id], score=hit.score)
        for query, hits in zip(queries, answers, strict=True)
        for rank, hit in enumerate(hits, 1)
    ]


def _scores(queries: Sequence[QueryRow], rankings: Sequence[list[str]], seed: int) -> dict[str, Estimate]:
    rows = [
        ranking_scores(ranked, {str(id) for id in query.relevant})
        for query, ranked in zip(queries, rankings, strict=True)
        if query.relevant
    ]
    return summarise(rows, seed=seed)
