"""What may be spent: on one call, on a ticket, by a tenant in a day (UTC); in tokens and in money."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Protocol

from pydantic import Field

from adapters.llm.failures import Code
from domain.base import Record

_CHARACTERS_A_TOKEN = 3.0
"""Tokenizers of current models make 3.5 to 4.5 characters of English or German one token; fewer is careful."""
_REMEMBERED = 4096
"""Tickets whose sum is kept in memory; the others are read anew."""


class Prices(Record):
    """Money for a million tokens, in whatever currency the settings are in; zero where nothing is paid."""

    given: float = Field(default=0.0, ge=0)
    made: float = Field(default=0.0, ge=0)

    def of(self, tokens_in: int, tokens_out: int) -> float:
        """What so many tokens cost."""
        return (tokens_in * self.given + tokens_out * self.made) / 1_000_000


class Budgets(Record):
    """The most tokens and money; none is no limit."""

    call_tokens: int | None = 12_000
    ticket_tokens: int | None = 60_000
    day_tokens: int | None = 5_000_000
    call_money: float | None = None
    ticket_money: float | None = None
    day_money: float | None = None


@dataclass
class Spent:
    """A sum."""

    tokens: int = 0
    money: float = 0.0


class SpentBefore(Protocol):
    """What the records say was spent."""

    def of_ticket(self, tenant: str, ticket_id: str) -> Spent:
        """By a ticket, ever."""
        ...

    def since(self, tenant: str, moment: datetime) -> Spent:
        """By a tenant since a moment."""
        ...


def tokens_of(text: str) -> int:
    """How many tokens a text is taken to be before the server has counted them: rather too many than too few."""
    return int(len(text) / _CHARACTERS_A_TOKEN) + 1


class Spending:
    """Keeps the sums of this process, begun from the records. What is in flight is reserved. Safe in threads."""

    def __init__(
        self, budgets: Budgets, prices: Prices, now: Callable[[], datetime], before: SpentBefore | None = None
    ) -> None:
        self._budgets = budgets
        self.prices = prices
        self._now = now
        self._before = before
        self._tickets: OrderedDict[tuple[str, str], Spent] = OrderedDict()
        self._days: dict[tuple[str, date], Spent] = {}
        self._lock = threading.Lock()

    def reserve(self, tenant: str, ticket_id: str, tokens_in: int, tokens_out: int) -> Code | None:
        """Sets aside what a call may come to; or says which budget it would break, and sets nothing aside."""
        tokens, money = tokens_in + tokens_out, self.prices.of(tokens_in, tokens_out)
        most = self._budgets
        with self._lock:
            ticket, day = self._ticket(tenant, ticket_id), self._day(tenant)
            checks: tuple[tuple[Code, Spent, int | None, float | None], ...] = (
                ("budget_call", Spent(), most.call_tokens, most.call_money),
                ("budget_ticket", ticket, most.ticket_tokens, most.ticket_money),
                ("budget_day", day, most.day_tokens, most.day_money),
            )
            for code, spent, most_tokens, most_money in checks:
                if most_tokens is not None and spent.tokens + tokens > most_tokens:
                    return code
                if most_money is not None and spent.money + money > most_money:
                    return code
            _add(ticket, tokens, money)
            _add(day, tokens, money)
        return None

    def settle(self, tenant: str, ticket_id: str, reserved: tuple[int, int], used: tuple[int, int]) -> None:
        """Puts what was really used in the place of what was reserved; both are (tokens in, tokens out)."""
        tokens = sum(used) - sum(reserved)
        money = self.prices.of(*used) - self.prices.of(*reserved)
        with self._lock:
            _add(self._ticket(tenant, ticket_id), tokens, money)
            _add(self._day(tenant), tokens, money)

    def _ticket(self, tenant: str, ticket_id: str) -> Spent:
        key = (tenant, ticket_id)
        if key not in self._tickets:
            self._tickets[key] = self._before.of_ticket(tenant, ticket_id) if self._before else Spent()
            while len(self._tickets) > _REMEMBERED:
                self._tickets.popitem(last=False)
        return self._tickets[key]

    def _day(self, tenant: str) -> Spent:
        today = self._now().astimezone(UTC).date()
        if (tenant, today) not in self._days:
            self._days = {key: spent for key, spent in self._days.items() if key[1] == today}
            midnight = datetime.combine(today, time(), UTC)
            self._days[tenant, today] = self._before.since(tenant, midnight) if self._before else Spent()
        return self._days[tenant, today]


def _add(spent: Spent, tokens: int, money: float) -> None:
    spent.tokens += tokens
    spent.money += money
