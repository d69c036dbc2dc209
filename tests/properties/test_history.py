"""Nothing is lost on the way in and out: canonical JSON to a ticket and back, through the records database too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from adapters.storage import tickets
from adapters.storage.store import Store
from domain.history import dump_ticket, parse_ticket
from domain.ticket import Event, Ticket
from tests.histories import comparable, histories

_tenants = count()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One records database for the module; each example has a tenant of its own."""
    opened = Store.open(tmp_path_factory.mktemp("records") / "records.db")
    yield opened
    opened.close()


def _same(one: Ticket, other: Ticket) -> bool:
    """Equal, and the same keys absent and null."""
    return one == other and dump_ticket(one) == dump_ticket(other)


@given(histories())
def test_a_ticket_written_out_reads_back_as_the_same_ticket(raw: dict[str, JsonValue]) -> None:
    ticket = parse_ticket(json.dumps(raw))
    assert _same(parse_ticket(dump_ticket(ticket)), ticket)


@given(histories(), st.booleans())
def test_what_is_written_out_is_what_came_in(raw: dict[str, JsonValue], ascii_only: bool) -> None:
    written = dump_ticket(parse_ticket(json.dumps(raw, ensure_ascii=ascii_only)))
    assert comparable(json.loads(written)) == comparable(raw)
    assert "\n" not in written


@given(histories())
def test_keys_may_come_in_any_order(raw: dict[str, JsonValue]) -> None:
    turned = dict(reversed(raw.items()))
    assert dump_ticket(parse_ticket(json.dumps(turned))) == dump_ticket(parse_ticket(json.dumps(raw)))


@settings(max_examples=40, deadline=None)
@given(st.lists(histories(), max_size=4, unique_by=lambda raw: str(raw["id"])))
def test_the_records_database_gives_back_what_it_was_given(store: Store, raws: list[dict[str, JsonValue]]) -> None:
    tenant = f"t{next(_tenants)}"
    given_ones = [parse_ticket(json.dumps(raw)) for raw in raws]
    written = store.put_tickets(tenant, given_ones)
    assert set(written.added) == {ticket.id for ticket in given_ones}
    for ticket in given_ones:
        assert _same(store.ticket(tenant, ticket.id), ticket)
    again = store.put_tickets(tenant, given_ones)
    assert (again.added, again.updated, len(again.unchanged)) == ((), (), len(given_ones))


@settings(max_examples=40, deadline=None)
@given(histories(), st.data())
def test_events_that_arrive_one_by_one_make_the_same_ticket(
    store: Store, raw: dict[str, JsonValue], data: st.DataObject
) -> None:
    tenant = f"t{next(_tenants)}"
    whole = parse_ticket(json.dumps({**raw, "created_at": "1970-01-02T00:00:00Z"}))
    store.put_tickets(tenant, [parse_ticket(dump_ticket(whole.model_copy(update={"events": ()})))])
    # Later ones may come first; of those at one moment the order of arrival is the order.
    moments = data.draw(st.permutations(sorted({event.at for event in whole.events})))
    arrivals = [event for moment in moments for event in whole.events if event.at == moment]
    assert [_append(store, tenant, whole.id, event) for event in arrivals] == [True] * len(arrivals)
    assert _same(store.ticket(tenant, whole.id), whole)
    assert [_append(store, tenant, whole.id, event) for event in arrivals] == [False] * len(arrivals)
    assert _same(store.ticket(tenant, whole.id), whole)


def _append(store: Store, tenant: str, ticket_id: str, event: Event) -> bool:
    return store.write(lambda connection: tickets.append_event(connection, tenant, ticket_id, event))
