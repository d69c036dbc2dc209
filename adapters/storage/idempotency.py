"""Answers given under an `Idempotency-Key`: a repeated request gets the first one's answer again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from adapters.storage.schema import idempotency as table
from domain.errors import KeyReused

REMEMBERED = timedelta(days=7)
"""How long an answer is kept: longer than any platform retries."""


def remembered(connection: Connection, tenant: str, key: str, digest: str, at: datetime) -> str | None:
    """The answer that a key got, as JSON; none for a new key, or one older than `REMEMBERED`.

    `digest` stands for who asked for what. Raises `KeyReused` when it differs from the first request's.
    """
    query = select(table.c.hash, table.c.response).where(
        table.c.tenant == tenant, table.c.key == key, table.c.created_at > at - REMEMBERED
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    if row.hash != digest:
        raise KeyReused("this Idempotency-Key was used for another request", mend="give each request a key of its own")
    return str(row.response)


def remember(
    connection: Connection, tenant: str, key: str, digest: str, *, status: int, response: str, at: datetime
) -> None:
    """Keeps the answer of a new key, and forgets the tenant's answers that are too old."""
    connection.execute(delete(table).where(table.c.tenant == tenant, table.c.created_at <= at - REMEMBERED))
    connection.execute(
        insert(table).values(
            tenant=tenant, key=key, hash=digest, status=status, response=response, created_at=at
        )
    )  # fmt: skip
