"""What becomes known later never changes what was said before; with every option of the policy, to the microsecond."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.asof import as_of
from domain.policy.policy import Policy
from domain.sla.clocks import sla_clocks, sla_moments
from domain.sla.ledger import LedgerRow, ledger
from domain.sla.page import explain, sla_page
from domain.ticket import Event, Ticket
from evals.sla.cases import policy_from, ticket_from
from evals.sla.random import RandomCase, random_case

seeds = st.integers(0, 2**32)


def made(seed: int) -> tuple[RandomCase, Ticket]:
    """A random case whose events and moment of looking lie anywhere within their minutes."""
    rng = random.Random(seed)
    case = random_case(rng)
    ticket = ticket_from("any", case.ticket, case.events)
    first, *events = ticket.events
    moved = [event.model_copy(update={"at": event.at + timedelta(seconds=rng.uniform(0, 59))}) for event in events]
    ordered = sorted(moved, key=lambda event: event.at)
    return case, ticket.model_copy(update={"events": (first, *ordered)})


def read(ticket: Ticket, policy: Policy, case: RandomCase) -> tuple[object, ...]:
    cut = as_of(ticket, case.at)
    clocks = sla_clocks(cut, policy, case.at)
    return clocks, [[_plain(row) for row in ledger(cut, policy, case.at, one.clock)] for one in clocks]


def _plain(row: Any) -> object:
    return row.model_dump(exclude={"policy"})


@settings(max_examples=80, deadline=None)
@given(seeds, st.integers(1, 10_000), st.integers(-3, 3))
def test_what_becomes_known_later_changes_no_earlier_reading(seed: int, minutes: int, days: int) -> None:
    case, ticket = made(seed)
    learned: dict[str, Any] = {
        "date": (case.at + timedelta(days=days)).date().isoformat(), "name": "entered late",
        "known_from": (case.at + timedelta(minutes=minutes)).isoformat(),
    }  # fmt: skip
    calendars = [{**one, "special_days": [*one.get("special_days", ()), learned]} for one in case.calendars]

    before = read(ticket, policy_from("a", case.calendars, case.slas), case)

    assert read(ticket, policy_from("b", calendars, case.slas), case) == before


@settings(max_examples=80, deadline=None)
@given(seeds, st.integers(1, 3_000))
def test_minutes_that_passed_keep_what_was_known_then(seed: int, minutes: int) -> None:
    """Holidays for every day around, entered in the middle of a life, take nothing back from before."""
    case, ticket = made(seed)
    known = ticket.created_at + timedelta(minutes=minutes)
    days = [(ticket.created_at + timedelta(days=n)).date().isoformat() for n in range(-2, 12)]
    learned = [{"date": day, "known_from": known.isoformat()} for day in days]
    calendars = [{**one, "special_days": [*one.get("special_days", ()), *learned]} for one in case.calendars]
    cut = as_of(ticket, case.at)

    for clock in sla_clocks(cut, policy_from("a", case.calendars, case.slas), case.at):
        usual = ledger(cut, policy_from("a", case.calendars, case.slas), case.at, clock.clock)
        late = ledger(cut, policy_from("b", calendars, case.slas), case.at, clock.clock)

        assert _until(usual, known) == _until(late, known)


def _until(rows: tuple[LedgerRow, ...], end: datetime) -> list[object]:
    return [(row.start, min(row.end, end), row.state, row.cycle) for row in rows if row.start < end]


@settings(max_examples=120, deadline=None)
@given(seeds)
def test_ledgers_have_no_gaps_and_sum_to_the_target_to_the_microsecond(seed: int) -> None:
    case, ticket = made(seed)
    policy, cut = policy_from("a", case.calendars, case.slas), as_of(ticket, case.at)

    for clock in sla_clocks(cut, policy, case.at):
        rows = ledger(cut, policy, case.at, clock.clock)
        assert all(before.end == after.start for before, after in pairwise(rows))
        assert all(row.start < row.end for row in rows)
        assert not rows or (rows[0].start, rows[-1].end) == (ticket.created_at, case.at)
        current = [row for row in rows if row.cycle == clock.cycle]
        running = sum(((row.end - row.start) for row in current if row.state == "running"), timedelta())
        overdue = sum(((row.end - row.start) for row in current if row.state == "overdue"), timedelta())
        remaining = timedelta(minutes=clock.target_minutes) - running
        assert round(remaining / timedelta(minutes=1), 6) == round(clock.remaining_minutes, 6)
        assert not overdue or not remaining
        assert abs((running + overdue) / timedelta(minutes=1) - clock.used_minutes) < 1e-6


@settings(max_examples=60, deadline=None)
@given(seeds, st.floats(0, 0.999))
def test_every_minute_can_be_explained_and_the_page_names_every_row(seed: int, share: float) -> None:
    case, ticket = made(seed)
    policy, cut = policy_from("a", case.calendars, case.slas), as_of(ticket, case.at)
    if case.at <= ticket.created_at:
        return
    minute = ticket.created_at + (case.at - ticket.created_at) * share

    explained = explain(cut, policy, case.at, minute)

    for one, clock in zip(explained, sla_clocks(cut, policy, case.at), strict=True):
        rows = ledger(cut, policy, case.at, clock.clock)
        row = next(row for row in rows if row.start <= minute < row.end)
        assert (one.state, one.row_start, one.row_end) == (row.state, row.start, row.end)
        assert row.why in one.why
    page = sla_page(cut, policy, case.at)
    assert all(clock.target in page for clock in sla_clocks(cut, policy, case.at))


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(1, 150))
def test_the_next_moment_is_when_a_share_is_crossed_unless_something_is_learned(seed: int, percent: int) -> None:
    case, ticket = made(seed)
    policy, cut = policy_from("a", case.calendars, case.slas), as_of(ticket, case.at)

    moments = sla_moments(cut, policy, case.at, (percent,))

    assert list(moments) == sorted(set(moments))
    for moment in moments[:1]:
        assert moment > case.at
        earlier = sla_clocks(cut, policy, moment - timedelta.resolution)
        then = sla_clocks(cut, policy, moment)
        known = any(_is_news(one.get("known_from"), moment) for c in case.calendars for one in _told(c))
        crossed = any(a.used_percent < percent <= b.used_percent for a, b in zip(earlier, then, strict=True))
        assert crossed or known


def _told(calendar: Any) -> list[Any]:
    return [*calendar.get("special_days", ()), *calendar.get("changes", ())]


def _is_news(text: str | None, moment: Any) -> bool:
    return text is not None and Event(id="x", at=text, kind="created").at == moment
