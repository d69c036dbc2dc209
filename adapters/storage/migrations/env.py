"""Alembic's entry: runs migrations on the connection that `adapters.storage.engine.migrate` hands over."""

from __future__ import annotations

from alembic import context

from adapters.storage import document_tables, model_tables
from adapters.storage.schema import metadata

# Documents and models are part of the same schema.
assert document_tables.documents.metadata is metadata
assert model_tables.model_calls.metadata is metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
