"""The last hours of every signature: who wrote when."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from domain.bursts.signature import Signature


class Seen(NamedTuple):
    """One ticket in a window; `seconds` since 1970."""

    seconds: float
    who: str
    ticket_id: str


class Windows:
    """What came in within the longest window, by signature. Bounded by how much comes in within it."""

    def __init__(self, longest: float) -> None:
        self._longest = longest
        self._seen: dict[Signature, deque[Seen]] = {}
        self.all: deque[Seen] = deque()

    def add(self, seen: Seen, signatures: Iterable[Signature]) -> tuple[Signature, ...]:
        """Notes a ticket; those of its signatures under which its requester had not written lately."""
        fresh = []
        for signature in signatures:
            recent = self._seen.setdefault(signature, deque())
            if all(one.who != seen.who for one in recent):
                fresh.append(signature)
            recent.append(seen)
        self.all.append(seen)
        return tuple(fresh)

    def pass_to(self, seconds: float) -> None:
        """Lets go of what is older than the longest window."""
        limit = seconds - self._longest
        while self.all and self.all[0].seconds < limit:
            self.all.popleft()
        gone = []
        for signature, recent in self._seen.items():
            while recent and recent[0].seconds < limit:
                recent.popleft()
            if not recent:
                gone.append(signature)
        for signature in gone:
            del self._seen[signature]

    def within(self, signature: Signature, since: float) -> list[Seen]:
        """What came in from `since` on, oldest first."""
        return [one for one in self._seen.get(signature, ()) if one.seconds >= since]


def requesters(seen: Iterable[Seen]) -> int:
    """How many different people wrote."""
    return len({one.who for one in seen})
