"""What Tierwise asks of a helpdesk, a message channel and a knowledge base, as ports for the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from domain.effects import Message, Publish, WriteBack
from domain.telling.records import Living
from domain.ticket import Ticket


class Helpdesk(Protocol):
    """The place where tickets live. Changes are idempotent by key: the same key changes nothing twice."""

    def apply(self, tenant: str, key: str, change: WriteBack, at: datetime) -> str:
        """Carries out a change, whole; a receipt.

        Raises `LostUpdate` when a property is neither as `change.changes` saw it nor as it is to become (nothing is
        written then), `NotFound`, or `Unavailable` to be tried again.
        """
        ...

    def ticket(self, tenant: str, ticket_id: str) -> Ticket:
        """The ticket as it is in the helpdesk now. Raises `NotFound`, `Unavailable`."""
        ...


class Channel(Protocol):
    """A way to reach people. Idempotent by key where the other side allows it."""

    @property
    def edits(self) -> bool:
        """Whether it changes what stands at a place, without notifying anybody."""
        ...

    def send(
        self, tenant: str, key: str, message: Message, at: datetime, standing: Living | None = None, *,
        again: bool = False,
    ) -> str:  # fmt: skip
        """Delivers a message, or the next state of the one that is `standing` at its place; a reference to it.

        With `again` an earlier try may have arrived: a channel that can look does so before it sends.

        Raises `Unavailable` when it did not arrive and may be tried again (`TryLater` says when), `MaybeDone` when it
        may have arrived, `Gone` when what is standing was taken away, anything else when trying again is of no use.
        """
        ...


class Publisher(Protocol):
    """Puts articles where people and searches find them."""

    def publish(self, tenant: str, key: str, body: Publish, at: datetime) -> str:
        """Publishes one version of an article; a receipt. Raises `Unavailable` to be tried again."""
        ...
