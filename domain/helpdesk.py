"""What Tierwise asks of a helpdesk, a message channel and a knowledge base, as ports for the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from domain.effects import Message, Publish, WriteBack


class Helpdesk(Protocol):
    """The place where tickets live. Changes are idempotent by key: the same key changes nothing twice."""

    def apply(self, tenant: str, key: str, change: WriteBack, at: datetime) -> str:
        """Carries out a change, whole; a receipt. Raises `NotFound`, or `Unavailable` to be tried again."""
        ...


class Channel(Protocol):
    """A way to reach people. Idempotent by key where the other side allows it."""

    def send(self, tenant: str, key: str, message: Message, at: datetime) -> str:
        """Delivers a message; a receipt. Raises `Unavailable` to be tried again."""
        ...


class Publisher(Protocol):
    """Puts articles where people and searches find them."""

    def publish(self, tenant: str, key: str, body: Publish, at: datetime) -> str:
        """Publishes one version of an article; a receipt. Raises `Unavailable` to be tried again."""
        ...
