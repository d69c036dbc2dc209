"""The notices of a replay: planned by the rules of live work (`domain.telling.delivery`), counted, and sent nowhere.

Every message that is planned to go out counts as delivered at once, and nobody acknowledges anything: what follows an
acknowledgement that is missing, or a delivery that failed, is not replayed.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from domain.effects import Message
from domain.policy.policy import Policy
from domain.telling.delivery import Facts, Hold, Send, allowance, plan
from domain.thresholds import GATHERED_AT_MOST

Place = tuple[str, str]
"""Channel, and whom or what it reaches there."""
_EDITS = frozenset({"slack"})
"""Kinds of channels on which what stands there is changed without notifying anybody."""
BUDGET = "the budget is used up"


@dataclass
class Told:
    """What was told, and what was not at once."""

    planned: int = 0
    sent: int = 0
    critical: int = 0
    changed_in_place: int = 0
    gathered: int = 0
    """Told as part of another message."""
    held: Counter[str] = field(default_factory=Counter)
    """Why → messages that did not go out at once for it, each counted once for each reason."""
    of_day: Counter[tuple[str, date]] = field(default_factory=Counter)
    """(recipient, UTC day) → messages that notified them."""
    by_occasion: Counter[str] = field(default_factory=Counter)


@dataclass
class _Waiting:
    messages: list[tuple[Message, datetime, set[str]]] = field(default_factory=list)
    """Oldest first, each with when it was planned and why it was held."""
    until: datetime | None = None


class Board:
    """Plans the messages of one policy. Time passes by calling `due` with moments that never go back."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._waiting: dict[Place, _Waiting] = {}
        self._sent: dict[str, deque[datetime]] = {}
        self._standing: set[str] = set()
        rules = policy.notifications
        budgets = [rules.budget, *rules.budget_of.values(), *(one.budget for one in rules.channels)]
        self._longest = timedelta(minutes=max((one.per_minutes for one in budgets if one is not None), default=0))
        self.told = Told()

    def tell(self, messages: Iterable[Message], at: datetime) -> None:
        """Plans messages at the moment they are made."""
        for message in messages:
            self.told.planned += 1
            self.told.by_occasion[message.occasion] += 1
            self._plan(message, at, since=at, why=set())

    def next_due(self) -> datetime | None:
        """When something that waits is to be looked at again; none when nothing waits."""
        return min((one.until for one in self._waiting.values() if one.until is not None), default=None)

    def due(self, at: datetime) -> None:
        """Plans again everything whose wait ends by `at`."""
        places = [place for place, one in self._waiting.items() if one.until is not None and one.until <= at]
        for place in places:
            waiting = self._waiting.pop(place)
            (first, since, why), *rest = waiting.messages
            went = self._plan(first, at, since=since, why=why, with_it=rest[: GATHERED_AT_MOST - 1])
            left = rest[GATHERED_AT_MOST - 1 :] if went else rest
            for message, planned, reasons in left:
                self._plan(message, at, since=planned, why=reasons)

    def _plan(
        self, message: Message, at: datetime, *, since: datetime, why: set[str],
        with_it: Iterable[tuple[Message, datetime, set[str]]] = (),
    ) -> bool:  # fmt: skip
        place, living = (message.channel, message.to), message.living
        waiting = self._waiting.get(place)
        silent = message.kind in _EDITS and living is not None and living in self._standing and not message.critical
        facts = Facts(
            counted=self._counted(message.whose, at), behind=waiting.until if waiting else None, silent=silent,
            since=since,
        )  # fmt: skip
        planned = plan(message, facts, allowance(self._policy, message), at)
        match planned:
            case Send(counts):
                self._went(message, at, counts=counts, gathered=len(list(with_it)))
                return True
            case Hold(until, reason):
                if reason not in why:
                    why.add(reason)
                    self.told.held[reason] += 1
                found = self._waiting.setdefault(place, _Waiting())
                found.messages.append((message, since, why))
                found.until = until if found.until is None else min(found.until, until)
        return False

    def _went(self, message: Message, at: datetime, *, counts: bool, gathered: int) -> None:
        self.told.gathered += gathered
        if message.living is not None:
            self._standing.add(message.living)
        if not counts:
            self.told.changed_in_place += 1
            return
        self.told.sent += 1
        self.told.critical += message.critical
        self.told.of_day[message.whose, at.date()] += 1
        if self._longest:
            self._sent.setdefault(message.whose, deque()).append(at)

    def _counted(self, whose: str, at: datetime) -> tuple[datetime, ...]:
        times = self._sent.get(whose)
        if times is None:
            return ()
        while times and times[0] <= at - self._longest:
            times.popleft()
        return tuple(times)
