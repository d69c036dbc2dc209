"""The product against the minute oracle: random cases, every clock, every minute of the ledger."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import JsonValue

from domain.asof import as_of
from domain.policy.policy import Policy
from domain.sla.clocks import SlaClock, sla_clocks
from domain.sla.ledger import LedgerRow, ledger
from domain.ticket import Ticket
from evals.sla.cases import policy_from, ticket_from
from evals.sla.oracle import LOOK_AHEAD, Oracle, OracleReading
from evals.sla.random import RandomCase, random_case

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Disagreement:
    """One random case in which product and oracle differ."""

    number: int
    clock: str
    what: str
    oracle: JsonValue
    product: JsonValue


@dataclass
class Agreement:
    """How many random cases were compared, and what differed."""

    seed: int
    cases: int = 0
    clocks: int = 0
    minutes: int = 0
    seconds_product: float = 0.0
    seconds_oracle: float = 0.0
    disagreements: tuple[Disagreement, ...] = ()


def compare(count: int, seed: int, progress: Callable[[int], None] = lambda _: None) -> Agreement:
    """Compares `count` random cases. Case n of a seed is always the same, so that one can be looked at alone."""
    result = Agreement(seed)
    found: list[Disagreement] = []
    for number in range(count):
        found += _one(number, numbered_case(seed, number), result)
        result.cases += 1
        progress(1)
    result.disagreements = tuple(found)
    return result


def numbered_case(seed: int, number: int) -> RandomCase:
    """Case `number` of a seed."""
    return random_case(random.Random(f"{seed}:{number}"))


def _one(number: int, case: RandomCase, result: Agreement) -> Iterator[Disagreement]:
    began = time.perf_counter()
    expected = Oracle(case.calendars, case.slas, case.ticket, case.events).read(case.at)
    walked = time.perf_counter()
    policy = policy_from(f"case {number}", case.calendars, case.slas)
    ticket = as_of(ticket_from(f"case {number}", case.ticket, case.events), case.at)
    read_from = time.perf_counter()
    clocks = {clock.clock: clock for clock in sla_clocks(ticket, policy, case.at)}
    rows = {name: ledger(ticket, policy, case.at, name) for name in clocks}
    result.seconds_oracle += walked - began
    result.seconds_product += time.perf_counter() - read_from
    if set(expected) != set(clocks):
        yield Disagreement(number, "", "promised clocks", [*sorted(expected)], [*sorted(clocks)])
        return
    for name, clock in clocks.items():
        result.clocks += 1
        result.minutes += len(expected[name].minutes)
        yield from differences(number, expected[name], clock, rows[name], case.at)
        yield from _reread(number, ticket, policy, case.at, clock)


def differences(
    number: int, expected: OracleReading, clock: SlaClock, rows: tuple[LedgerRow, ...], at: datetime
) -> Iterator[Disagreement]:
    """Where a reading and the rows of its ledger differ from what the oracle found."""
    beyond = expected.due_at is None and clock.due_at is not None and clock.due_at >= at + LOOK_AHEAD
    counted = sum(((row.end - row.start) for row in rows if _counts(row, clock)), timedelta()) / _MINUTE
    pairs: dict[str, tuple[JsonValue, JsonValue]] = {
        "status": (expected.state, clock.status),
        "used": (expected.used, clock.used_minutes),
        "target": (expected.target, clock.target),
        "cycle": (expected.cycle, clock.cycle),
        "breached at": (_text(expected.breached_at), _text(clock.breached_at)),
        "due at": (_text(expected.due_at), None if beyond else _text(clock.due_at)),
        "rows and what remains sum to the target": (expected.allowed, counted + clock.remaining_minutes),
        "minutes": (_runs(expected.minutes), _runs(_spread(rows))),
    }
    for what, (oracle, product) in pairs.items():
        if oracle != product:
            yield Disagreement(number, clock.clock, what, oracle, product)


def _reread(number: int, ticket: Ticket, policy: Policy, at: datetime, clock: SlaClock) -> Iterator[Disagreement]:
    """What was said about a moment must be said again when it is asked for later: nothing reads the clock."""
    again = next(one for one in sla_clocks(as_of(ticket, at), policy, at) if one.clock == clock.clock)
    if again != clock:
        yield Disagreement(number, clock.clock, "the same reading twice", repr(clock), repr(again))


def _counts(row: LedgerRow, clock: SlaClock) -> bool:
    return row.state == "running" and row.cycle == clock.cycle


def _spread(rows: tuple[LedgerRow, ...]) -> list[str]:
    return [row.state for row in rows for _ in range(round((row.end - row.start) / _MINUTE))]


def _runs(states: list[str]) -> list[JsonValue]:
    """[['running', 20], ['paused', 5], …]: long lists of states as people can read them."""
    runs: list[list[JsonValue]] = []
    count = 0
    for number, state in enumerate(states):
        count += 1
        if number + 1 == len(states) or states[number + 1] != state:
            runs.append([state, count])
            count = 0
    return [*runs]


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")
