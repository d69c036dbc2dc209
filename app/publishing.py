"""Publishing an article: into the knowledge base and into the index."""

from __future__ import annotations

from datetime import datetime

from adapters.storage.store import Store
from domain.effects import Publish
from retrieval.documents import article_document
from retrieval.ingest import Indexer


class LocalPublisher:
    """Implements `domain.helpdesk.Publisher` on our own records; writing the same version again changes nothing."""

    def __init__(self, store: Store, indexer: Indexer) -> None:
        self._store = store
        self._indexer = indexer

    def publish(self, tenant: str, key: str, body: Publish, at: datetime) -> str:  # noqa: ARG002 - the port's shape
        """Writes and indexes the article; the receipt names id and version."""
        self._store.put_knowledge(tenant, [body.article], [])
        self._indexer.index([article_document(body.article, tenant)])
        return f"{body.article.id} v{body.article.version}"
