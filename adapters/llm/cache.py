"""Answers by the content of their question: the same question is paid once, also after a crash in the middle of a step.

What is kept is what the server sent, with placeholders in the place of everything private.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Protocol

from domain.base import Record


class KeptAnswer(Record):
    """An answer as it came, by the hash of its question."""

    key: str
    ticket_id: str
    """Whose question it was; it is forgotten with the ticket."""
    model: str
    text: str


class AnswerCache(Protocol):
    """Where answers are kept. A cache that fails is a cache that has nothing: neither method raises."""

    async def get(self, tenant: str, key: str) -> KeptAnswer | None:
        """The answer to a question, if it is kept and not too old."""
        ...

    async def put(self, tenant: str, answer: KeptAnswer) -> None:
        """Keeps an answer; the oldest ones make room."""
        ...


class MemoryCache:
    """The shipped fake, and what is used where nothing may be stored: the newest answers of this process."""

    def __init__(self, most: int = 512) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, str], KeptAnswer] = OrderedDict()
        self._lock = threading.Lock()

    async def get(self, tenant: str, key: str) -> KeptAnswer | None:
        """The answer, if it is among the newest."""
        with self._lock:
            return self._kept.get((tenant, key))

    async def put(self, tenant: str, answer: KeptAnswer) -> None:
        """Keeps it."""
        with self._lock:
            self._kept[tenant, answer.key] = answer
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
