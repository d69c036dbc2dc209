from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from adapters.storage import stream
from adapters.storage.store import Store
from domain.ticket import Ticket
from learning.stream import happenings
from tests.conftest import NOW
from tests.tickets import comment, ticket


def many(count: int) -> list[Ticket]:
    """Tickets that begin two at a time, each with a comment that lies between later tickets."""
    made = []
    for number in range(count):
        opened = NOW + timedelta(minutes=number // 2)
        one = ticket(f"T-{number:04}", opened=opened)
        made.append(
            one.model_copy(update={"events": (*one.events, comment("c", "hello", at=opened + timedelta(hours=1)))})
        )
    return made


@pytest.fixture
def store(tmp_path: Path) -> Store:
    found = Store.open(tmp_path / "records.db")
    found.put_tickets("a", list(reversed(many(1200))))
    found.put_tickets("b", [ticket("T-9999")])
    return found


def test_tickets_come_in_the_order_of_their_first_event_page_after_page(store: Store) -> None:
    found = [one.id for one in stream.in_order(store.engine, "a")]
    assert found == [f"T-{number:04}" for number in range(1200)]


def test_only_those_that_begin_in_the_window_come(store: Store) -> None:
    since, before = NOW + timedelta(minutes=10), NOW + timedelta(minutes=12)
    found = [one.id for one in stream.in_order(store.engine, "a", since=since, before=before)]
    assert found == ["T-0020", "T-0021", "T-0022", "T-0023"]


def test_what_happened_between_two_moments_is_what_the_stream_of_all_tells_there(store: Store) -> None:
    after, until = NOW + timedelta(minutes=30), NOW + timedelta(minutes=500)
    found = [(one.at, one.ticket.id, one.count) for one in stream.happened(store.engine, "a", after, until)]
    told = [
        (one.at, one.ticket.id, one.count)
        for one in happenings(stream.in_order(store.engine, "a"))
        if after < one.at <= until
    ]
    assert found == told and len(found) > stream.PAGE


def test_events_are_counted_and_the_newest_is_known(store: Store) -> None:
    assert stream.count(store.engine, "a") == 2400
    assert stream.count(store.engine, "a", until=NOW) == 2
    last = NOW + timedelta(minutes=599 + 60)
    assert stream.span(store.engine, "a", last) == (NOW, last, NOW + timedelta(minutes=599))
    assert stream.span(store.engine, "nobody", last) == (None, None, None)
    assert stream.begun(store.engine, "a", NOW + timedelta(minutes=598), last) == 4
