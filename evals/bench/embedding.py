"""How much of the embedding model's own speed an import keeps, and what one embedding and one search cost."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median

from adapters.storage.documents import open_documents
from domain.evidence import DocumentKind
from domain.ports import SearchQuery
from retrieval.chroma import ChromaIndex
from retrieval.documents import Document
from retrieval.embeddings import MiniLm
from retrieval.ingest import Indexer
from retrieval.search import HybridSearch

_SUBJECTS = ("laptop", "printer", "mailbox", "vpn", "account", "badge", "scanner", "phone", "monitor", "share", "wiki")
_TROUBLES = (
    "does not start since this morning",
    "asks for a password again and again",
    "is very slow when two people use it",
    "shows error 0x8007{number:04d} and closes",
    "lost my settings after the update",
    "cannot be reached from the office in the north",
    "prints blank pages on tray {number}",
    "says that the licence has expired",
)
_ASIDES = (
    "I already restarted it twice.",
    "My colleague next to me has no such trouble.",
    "It worked until last Friday, then somebody came to change a cable.",
    "Please tell me whether I should bring it to the desk.",
    "We have a customer meeting at {number} o'clock and need it before.",
    "The light on the left blinks orange.",
    "I attached a picture of the screen.",
)


def run(texts: int | Sequence[str] = 600, *, rounds: int = 3, seed: int = 7) -> dict[str, float]:
    """Embeds the texts plainly and imports them, in turns; the medians and what follows from them.

    Seconds for `plain` (`SentenceTransformer.encode` with its own defaults), `encoded` (our embedder, the same texts)
    and `imported` (texts, vectors and words in SQL, vectors in Chroma); `encode_ratio` = plain / encoded, with the
    least and the mean cosine of our vectors to the plain ones; `ratio` = plain / imported; milliseconds for one
    embedding and one search over the imported texts, its embedding included.
    """
    given = generated(texts, seed) if isinstance(texts, int) else list(texts)
    model = MiniLm()
    model.encode(given[:32])
    ours, theirs = model.encode(given), model.loaded().encode(given, normalize_embeddings=True, show_progress_bar=False)
    cosines = (ours * theirs).sum(axis=1)
    plain, encoded, imported, embedding, searching = [], [], [], [], []
    for _ in range(rounds):
        plain.append(_seconds(lambda: model.loaded().encode(given, show_progress_bar=False)))
        encoded.append(_seconds(lambda: model.encode(given)))
        seconds, one_embedding, one_search = _import(model, given)
        imported.append(seconds)
        embedding.append(one_embedding)
        searching.append(one_search)
    return {
        "texts": float(len(given)),
        "plain_seconds": round(median(plain), 3),
        "encoded_seconds": round(median(encoded), 3),
        "encode_ratio": round(median(plain) / median(encoded), 3),
        "cosine_least": round(float(cosines.min()), 6),
        "cosine_mean": round(float(cosines.mean()), 6),
        "imported_seconds": round(median(imported), 3),
        "ratio": round(median(plain) / median(imported), 3),
        "embedding_ms": round(median(embedding), 2),
        "search_ms": round(median(searching), 2),
    }


def generated(count: int, seed: int) -> list[str]:
    """Ticket texts of 1 to 13 sentences, no two alike; the same for the same seed."""
    rng = random.Random(seed)
    return [_ticket(rng, number) for number in range(count)]


def _ticket(rng: random.Random, number: int) -> str:
    subject, trouble = rng.choice(_SUBJECTS), rng.choice(_TROUBLES).format(number=rng.randrange(10_000))
    asides = [rng.choice(_ASIDES).format(number=rng.randrange(24)) for _ in range(rng.randrange(13))]
    return f"My {subject} {number} {trouble}.\n" + " ".join(asides)


def _import(model: MiniLm, texts: Sequence[str]) -> tuple[float, float, float]:
    documents = [_document(number, text) for number, text in enumerate(texts)]
    with (
        tempfile.TemporaryDirectory(prefix="tierwise-bench-") as folder,
        closing(ChromaIndex(Path(folder) / "index")) as index,
        closing(open_documents(Path(folder) / "records.db")) as store,
    ):
        seconds = _seconds(lambda: Indexer(store, index, model).index(documents))
        search = HybridSearch(store, index, model)
        asked = [f"{text} again" for text in texts[:30]]
        embedding = [_seconds(partial(model.encode, [text])) for text in asked]
        queries = [SearchQuery(text=text, kind=DocumentKind.TICKET) for text in asked]
        searching = [_seconds(partial(search.look, "bench", query)) for query in queries]
    return seconds, 1000 * median(embedding), 1000 * median(searching)


def _document(number: int, text: str) -> Document:
    title, _, rest = text.partition("\n")
    return Document(tenant="bench", kind=DocumentKind.TICKET, id=str(number), title=title, text=rest)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
