"""What a search costs as the index grows, beside Chroma's own unfiltered query, and which neighbours it misses."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from zlib import crc32

import numpy as np

from adapters.storage.documents import SqlDocuments, open_documents
from domain.evidence import DocumentKind
from domain.ports import SearchQuery
from evals.bench.embedding import generated
from retrieval.chroma import ChromaIndex
from retrieval.documents import Document
from retrieval.embeddings import MiniLm
from retrieval.ingest import Indexer, scope_of
from retrieval.ports import Matrix
from retrieval.search import HybridSearch

SIZES = (1_000, 10_000, 100_000)
_REAL = 1_000
_NOISE = 0.03
"""Standard deviation added to each of 384 components: a document comes to a cosine of about 0.86 to the text it is
made from, near enough to be of its subject and far enough to be a text of its own."""
_QUERIES = 100
_REQUESTERS = 200
_TENANT = "bench"


class _Perturbed:
    """MiniLM's vectors of real texts, each used for many documents with noise of its own: 100,000 texts embedded for
    real would take half an hour. Queries are texts it knows, so that no search pays for an embedding."""

    def __init__(self, model: MiniLm, texts: Sequence[str]) -> None:
        self._model = model
        self._base = model.encode(texts)
        self._known: dict[str, int] = {}
        self.name = f"perturbed-{model.name}"
        self.dimension = model.dimension

    def knows(self, texts: Sequence[str]) -> None:
        """These are embedded for real, now."""
        rows = self._model.encode(texts)
        self._known = {text: len(self._base) + at for at, text in enumerate(texts)}
        self._base = np.concatenate([self._base, rows])

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Rows of length 1."""
        return np.stack([self._row(text) for text in texts]).astype(np.float32)

    def pieces(self, text: str, lead: str = "") -> list[str]:
        """As MiniLM cuts a text; the generated ones are short."""
        return [f"{lead}\n{text}"] if lead else [text]

    def _row(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        if text in self._known:
            return np.asarray(self._base[self._known[text]], dtype=np.float64)
        code = crc32(text.encode())
        row = self._base[code % _REAL] + np.random.default_rng(code).normal(0.0, _NOISE, self.dimension)
        return np.asarray(row / np.linalg.norm(row))


def run(sizes: Sequence[int] = SIZES, *, seed: int = 7) -> dict[str, float]:
    """For each size: milliseconds (p50, p95) of our search among all tickets of a tenant and among one requester's, of
    Chroma's own query without any filter, the ratio of the medians, and recall@10 of the index against brute force.

    The query's embedding is in none of them: it costs the same in each.
    """
    model = MiniLm()
    embedder = _Perturbed(model, generated(_REAL, seed))
    asked = [f"{text} again" for text in generated(_QUERIES, seed + 1)]
    embedder.knows(asked + [text.partition("\n")[0] for text in asked])
    figures: dict[str, float] = {}
    for size in sizes:
        figures |= {f"{size}_{name}": value for name, value in _at(size, embedder, asked, seed).items()}
    return figures


def _at(size: int, embedder: _Perturbed, asked: Sequence[str], seed: int) -> dict[str, float]:
    with (
        tempfile.TemporaryDirectory(prefix="tierwise-bench-") as folder,
        closing(ChromaIndex(Path(folder) / "index")) as index,
        closing(open_documents(Path(folder) / "records.db")) as store,
    ):
        Indexer(store, index, embedder).index(_documents(size, seed))
        search = HybridSearch(store, index, embedder)
        scope = scope_of(embedder, _TENANT, DocumentKind.TICKET)
        vectors = embedder.encode(asked)
        queries = [SearchQuery(text=text, kind=DocumentKind.TICKET) for text in asked]
        own = [one.model_copy(update={"requester": f"r-{at % _REQUESTERS}"}) for at, one in enumerate(queries)]
        search.look(_TENANT, queries[0])
        ours, filtered, plain = [], [], []
        for at, query in enumerate(queries):
            plain.append(_milliseconds(partial(index.near, scope, vectors[at], 10)))
            ours.append(_milliseconds(partial(search.look, _TENANT, query)))
            filtered.append(_milliseconds(partial(search.look, _TENANT, own[at])))
        return {
            "chroma_p50": _at_share(plain, 50), "chroma_p95": _at_share(plain, 95),
            "search_p50": _at_share(ours, 50), "search_p95": _at_share(ours, 95),
            "of_requester_p50": _at_share(filtered, 50), "of_requester_p95": _at_share(filtered, 95),
            "ratio_p50": round(_at_share(ours, 50) / _at_share(plain, 50), 2),
            "of_requester_ratio_p50": round(_at_share(filtered, 50) / _at_share(plain, 50), 2),
            "recall_at_10": _recall(store, index, embedder, vectors),
        }  # fmt: skip


def _documents(size: int, seed: int) -> Iterator[Document]:
    for number, text in enumerate(generated(size, seed + 2)):
        title, _, rest = text.partition("\n")
        yield Document(
            tenant=_TENANT, kind=DocumentKind.TICKET, id=f"T-{number}", title=f"{title} ({number})", text=rest,
            requester=f"r-{number % _REQUESTERS}",
        )  # fmt: skip


def _recall(store: SqlDocuments, index: ChromaIndex, embedder: _Perturbed, vectors: Matrix) -> float:
    """Share of the ten nearest documents by brute force that the index names, over the queries."""
    scope = scope_of(embedder, _TENANT, DocumentKind.TICKET)
    best = [dict[str, float]() for _ in vectors]
    for batch in store.all_vectors(scope):
        for row in batch:
            for found, cosine in zip(best, (vectors @ row.vectors.T).max(axis=1), strict=True):
                found[row.id] = float(cosine)
        best = [dict(sorted(found.items(), key=lambda one: -one[1])[:10]) for found in best]
    named = [{one.id for one in index.near(scope, vector, 10)} for vector in vectors]
    return round(sum(len(found.keys() & ids) for found, ids in zip(best, named, strict=True)) / (10 * len(vectors)), 4)


def _at_share(values: Sequence[float], share: int) -> float:
    return round(float(np.percentile(values, share)), 2)


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)
