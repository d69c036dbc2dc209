"""A channel that keeps what it is told, and fails as scripted: the fake for tests of everything that tells people."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from domain.effects import Message
from domain.errors import BadInput, Gone, MaybeDone, TryLater, Unavailable
from domain.ports import Clock
from domain.telling.records import Living

Fault = Literal["refuse", "later", "drop", "never", "gone"]
"""Refused for now; told to come back in ten minutes; taken but not answered; refused for good; taken away."""


class Told(NamedTuple):
    """One message as it arrived."""

    at: datetime
    tenant: str
    key: str
    message: Message
    standing: Living | None


class MemoryChannel:
    """Implements `domain.helpdesk.Channel`. A message whose id it has seen is taken once, as a mail server would."""

    def __init__(self, clock: Clock, *, edits: bool = False, faults: Iterable[Fault | None] = ()) -> None:
        self.edits = edits
        self.told: list[Told] = []
        self.faults: deque[Fault | None] = deque(faults)
        self._clock = clock
        self._seen: dict[str, str] = {}

    def send(
        self, tenant: str, key: str, message: Message, at: datetime, standing: Living | None = None, *,
        again: bool = False,
    ) -> str:  # fmt: skip
        """Takes the message, or fails as the script says next; without a script it never fails."""
        fault = self.faults.popleft() if self.faults else None
        if fault == "refuse":
            raise Unavailable("the channel does not answer", mend="try again")
        if fault == "later":
            raise TryLater("the channel is busy", seconds=600)
        if fault == "never":
            raise BadInput("there is nobody of that name", mend="correct the address")
        if fault == "gone" and standing is not None:
            raise Gone("what stood there was taken away")
        reference = self._taken(tenant, key, message, standing)
        if fault == "drop":
            raise MaybeDone("the line broke after the message was sent")
        return reference

    def _taken(self, tenant: str, key: str, message: Message, standing: Living | None) -> str:
        known = self._seen.get(key)
        if known is not None:
            return known
        self._seen[key] = standing.reference if standing and self.edits else f"ref-{key}"
        self.told.append(Told(self._clock.now(), tenant, key, message, standing if self.edits else None))
        return self._seen[key]
