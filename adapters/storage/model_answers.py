"""Answers of models in the records database, by the hash of their question: limited in age and number."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from adapters.llm.cache import KeptAnswer
from adapters.storage.engine import reading, transaction
from adapters.storage.model_tables import model_answers as table
from domain.errors import TierwiseError

log = structlog.get_logger(__name__)


class SqlAnswers:
    """`adapters.llm.cache.AnswerCache`; what it cannot read or write it does not have."""

    def __init__(self, engine: Engine, now: Callable[[], datetime], *, keep: timedelta, most: int) -> None:
        self._engine = engine
        self._now = now
        self._keep = keep
        self._most = most

    async def get(self, tenant: str, key: str) -> KeptAnswer | None:
        """The answer, if it is kept and not too old."""
        try:
            return await asyncio.to_thread(self._get, tenant, key)
        except TierwiseError as error:
            log.warning("the kept answers cannot be read", error=str(error))
            return None

    async def put(self, tenant: str, answer: KeptAnswer) -> None:
        """Keeps an answer, and forgets the tenant's too old and supernumerary ones."""
        try:
            await asyncio.to_thread(self._put, tenant, answer)
        except TierwiseError as error:
            log.warning("an answer is not kept", error=str(error))

    def _get(self, tenant: str, key: str) -> KeptAnswer | None:
        fresh = table.c.at > self._now() - self._keep
        query = select(table).where(table.c.tenant == tenant, table.c.key == key, fresh)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else KeptAnswer(key=row.key, ticket_id=row.ticket_id, model=row.model, text=row.body)

    def _put(self, tenant: str, answer: KeptAnswer) -> None:
        now = self._now()
        values = {
            "tenant": tenant, "key": answer.key, "ticket_id": answer.ticket_id, "model": answer.model, "at": now,
            "body": answer.text,
        }  # fmt: skip
        newest = (
            select(table.c.key).where(table.c.tenant == tenant).order_by(table.c.at.desc(), table.c.key)
            .limit(self._most)
        )  # fmt: skip
        own = table.c.tenant == tenant
        with transaction(self._engine) as connection:
            statement = upsert(table).values(values)
            changed = {name: values[name] for name in ("ticket_id", "model", "at", "body")}
            connection.execute(statement.on_conflict_do_update(index_elements=["tenant", "key"], set_=changed))
            connection.execute(delete(table).where(own, table.c.at <= now - self._keep))
            connection.execute(delete(table).where(own, table.c.key.not_in(newest)))
