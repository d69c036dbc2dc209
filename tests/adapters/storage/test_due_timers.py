"""However many timers are set, a sweep reads only those that are due, and those in small batches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from adapters.storage import measure, records
from adapters.storage.records import TIMER_BATCH
from adapters.storage.store import Store, own_delivery
from domain.journey import Timer, TimerFired
from tests.conftest import NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "records.db")
    yield opened
    opened.close()


def _set(store: Store, count: int, first: int, ahead: timedelta) -> None:
    with store.together() as connection:
        for number in range(first, first + count):
            timer = Timer(
                key=f"T-{number}:look", ticket_id=f"T-{number}", timer="look_again", subject_id="run_1",
                due_at=NOW + ahead + timedelta(seconds=number),
            )  # fmt: skip
            records.timers.put(connection, "a", timer)


def test_reading_what_is_due_costs_the_same_beside_thousands_that_are_not(store: Store) -> None:
    at = NOW + timedelta(seconds=50)
    _set(store, 40, 0, timedelta())
    few, steps_few = measure.steps(store, lambda c: records.timers.due(c, at))
    _set(store, 5_000, 100, timedelta(days=1))
    many, steps_many = measure.steps(store, lambda c: records.timers.due(c, at))

    assert few == many
    assert len(few) == 40
    assert steps_many <= steps_few * 1.2


def test_what_is_due_is_found_by_its_index(store: Store) -> None:
    plan = store.read(
        lambda c: c.execute(
            text("EXPLAIN QUERY PLAN SELECT * FROM timers WHERE due_at <= 1 ORDER BY due_at LIMIT 100")
        ).all()
    )

    assert [row.detail for row in plan] == ["SEARCH timers USING INDEX ix_timers_due_at (due_at<?)"]


def test_a_flood_of_due_timers_is_read_in_batches_until_none_is_left(store: Store) -> None:
    _set(store, 2 * TIMER_BATCH + 10, 0, timedelta())
    at, sizes = NOW + timedelta(days=1), []

    while batch := store.due_timers(at):
        sizes.append(len(batch))
        for tenant, timer in batch:
            arrival = TimerFired(ticket_id=timer.ticket_id, timer=timer.timer, subject_id=timer.subject_id)
            store.fire(tenant, timer, own_delivery(tenant, timer.key, arrival, at))

    assert sizes == [TIMER_BATCH, TIMER_BATCH, 10]
