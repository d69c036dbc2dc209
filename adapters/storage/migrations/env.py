"""Alembic's entry: runs migrations on the connection that `adapters.storage.engine.migrate` hands over."""

from __future__ import annotations

from alembic import context

from adapters.storage import document_tables
from adapters.storage.schema import metadata

assert document_tables.documents.metadata is metadata  # the documents are part of the same schema

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
