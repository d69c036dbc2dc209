"""What every `TicketHistory` keeps to. Another implementation joins as a parameter of `make_history`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from adapters.memory.history import MemoryHistory
from adapters.storage.history import SqlHistory
from adapters.storage.store import Store
from domain.errors import NotFound
from domain.history import ticket_from
from domain.ports import TicketHistory
from domain.ticket import EventKind, Outcome, Requester, Ticket
from tests.domain.made import after, assigned, closed, event, ticket, wrote
from tests.histories import histories, moments

T = TypeVar("T")
MakeHistory = Callable[[Mapping[str, Sequence[Ticket]]], TicketHistory]


@pytest.fixture(params=["memory", "sql"])
def make_history(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeHistory]:
    """Builds a history out of whole tickets by tenant."""
    with ExitStack() as stack:
        numbers = count()

        def sql(tickets: Mapping[str, Sequence[Ticket]]) -> TicketHistory:
            store = Store.open(tmp_path / f"{next(numbers)}.db")
            stack.callback(store.close)
            return _filled(store, tickets)

        yield MemoryHistory if request.param == "memory" else sql


def _filled(store: Store, tickets: Mapping[str, Sequence[Ticket]]) -> SqlHistory:
    for tenant, those in tickets.items():
        store.put_tickets(tenant, those)
    return SqlHistory(store.engine)


def run(answer: Awaitable[T]) -> T:
    async def ask() -> T:
        return await answer

    return asyncio.run(ask())


LIFE = ticket(
    assigned(1, 10, "desk", "ada"),
    wrote(2, 20, "still slow"),
    assigned(3, 30, "net", "cy"),
    event(4, 40, "resolved", by="cy", role="technician"),
    event(5, 50, "reopened"),
    event(6, 60, "resolved", by="cy", role="technician"),
    event(7, 70, "closed"),
    id="T-1", category="vpn", resolution="Reset the tunnel.", resolved_at=after(60), closed_at=after(70),
    closure_code="solved", outcome=Outcome(escalated=True),
)  # fmt: skip


def test_a_ticket_is_cut_at_the_moment(make_history: MakeHistory) -> None:
    found = run(make_history({"a": [LIFE]}).ticket("a", "T-1", after(30)))
    assert [one.id for one in found.events] == ["e0", "e1", "e2", "e3"]
    assert (found.resolution, found.resolved_at, found.closed_at, found.closure_code) == (
        None,
        None,
        None,
        None,
    )


def test_labels_are_never_shown(make_history: MakeHistory) -> None:
    found = run(make_history({"a": [LIFE]}).ticket("a", "T-1", after(1000)))
    assert found.outcome == Outcome()
    assert found.resolution == "Reset the tunnel."


@pytest.mark.parametrize(("tenant", "name", "at"), [("a", "T-2", 10), ("b", "T-1", 10), ("a", "T-1", -1)])
def test_an_unknown_ticket_another_tenants_or_one_not_yet_opened_is_not_found(
    make_history: MakeHistory, tenant: str, name: str, at: float
) -> None:
    with pytest.raises(NotFound):
        run(make_history({"a": [LIFE]}).ticket(tenant, name, after(at)))


def test_several_tickets_come_in_the_order_asked_for_without_the_unknown(make_history: MakeHistory) -> None:
    history = make_history({"a": [LIFE, ticket(id="T-2"), ticket(id="T-3", at=90)]})
    found = run(history.tickets("a", ["T-2", "T-9", "T-3", "T-1"], after(30)))
    assert [one.id for one in found] == ["T-2", "T-1"]
    assert found[1].resolution is None


def test_a_requesters_tickets_come_newest_first_and_only_those_opened_before(
    make_history: MakeHistory,
) -> None:
    mine = [ticket(id=f"T-{number}", at=number) for number in (1, 2, 3, 4)]
    other = ticket(id="O-1", at=1, requester=Requester(id="r2"))
    history = make_history({"a": [*mine, other]})
    assert [one.id for one in run(history.of_requester("a", "r1", after(4)))] == ["T-3", "T-2", "T-1"]
    assert [one.id for one in run(history.of_requester("a", "r1", after(9), limit=2))] == ["T-4", "T-3"]
    assert run(history.of_requester("b", "r1", after(9))) == []


def test_tickets_opened_between_two_moments_come_oldest_first_cut_at_the_end(
    make_history: MakeHistory,
) -> None:
    later = ticket(wrote(1, 8, "hello"), id="T-6", at=6)
    history = make_history({"a": [later, ticket(id="T-7", at=7), ticket(id="T-5", at=5), ticket(id="T-4", at=4)]})
    found = run(history.opened_between("a", after(5), after(7)))
    assert [one.id for one in found] == ["T-5", "T-6"]
    assert len(found[1].events) == 1


def test_the_load_counts_open_tickets_by_who_has_them(make_history: MakeHistory) -> None:
    history = make_history({"a": [LIFE, ticket(assigned(1, 5, "desk", "ada"), id="T-2")]})
    loads = {at: run(history.open_load("a", after(at))) for at in (0, 5, 10, 30, 40, 50, 60)}
    assert loads == {
        0: {}, 5: {"ada": 1}, 10: {"ada": 2}, 30: {"ada": 1, "cy": 1}, 40: {"ada": 1}, 50: {"ada": 1, "cy": 1},
        60: {"ada": 1},
    }  # fmt: skip


def test_a_record_is_what_was_known_at_the_moment(make_history: MakeHistory) -> None:
    history = make_history({"a": [LIFE]})
    assert run(history.track_records("a", "vpn", after(39))) == []
    (early,) = run(history.track_records("a", "VPN", after(45)))
    assert (early.technician, early.team, early.resolved, early.good, early.minutes) == (
        "cy",
        "net",
        1,
        1,
        10,
    )
    (late,) = run(history.track_records("a", None, after(60)))
    assert (late.resolved, late.good, late.minutes) == (2, 1, 20)
    assert run(history.track_records("a", "mail", after(60))) == []


def test_what_is_usual_needs_ten_resolved_tickets(make_history: MakeHistory) -> None:
    nine = [closed(f"T-{number}", opened=number, took=10 + number) for number in range(9)]
    history = make_history({"a": nine, "b": [*nine, closed("T-9", opened=9, took=1000)]})
    assert run(history.usual_minutes("a", "vpn", after(5000))) is None
    assert run(history.usual_minutes("b", "vpn", after(5000))) == 14.5
    assert run(history.usual_minutes("b", "mail", after(5000))) is None
    assert run(history.usual_minutes("b", None, after(100))) is None


def test_the_escalated_share_counts_what_had_climbed_by_then(make_history: MakeHistory) -> None:
    plain = [closed(f"T-{number}", opened=number, took=10) for number in range(8)]
    climbed = [closed(f"C-{n}", opened=n, took=10, tier="L2", from_tier="L1") for n in range(2)]
    history = make_history({"a": [*plain, *climbed], "b": plain})
    assert run(history.escalated_share("a", after(100))) == 0.2
    assert run(history.escalated_share("a", after(12))) is None
    assert run(history.escalated_share("b", after(100))) is None


def test_nothing_of_later_events_is_seen(make_history: MakeHistory) -> None:
    poison = ticket(
        *LIFE.events[1:4], assigned(4, 31, "core", "fay", "L3"), event(5, 32, "resolved"), id="T-1",
        resolution="poison", category="vpn",
    )  # fmt: skip
    at = after(30)
    clean, dirty = (make_history({"a": [one]}) for one in (LIFE, poison))
    assert run(clean.ticket("a", "T-1", at)).events == run(dirty.ticket("a", "T-1", at)).events
    assert run(clean.open_load("a", at)) == run(dirty.open_load("a", at))
    assert run(clean.track_records("a", None, at)) == run(dirty.track_records("a", None, at))
    assert EventKind.RESOLVED not in {one.kind for one in run(dirty.opened_between("a", after(0), at))[0].events}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One database for many examples; each has a tenant of its own."""
    store = Store.open(tmp_path_factory.mktemp("records") / "records.db")
    yield store
    store.close()


_tenants = count()


@settings(max_examples=40, deadline=None)
@given(st.lists(histories(), max_size=4, unique_by=lambda raw: str(raw["id"])), moments)
def test_all_answer_alike_whatever_the_tickets(records: Store, raws: list[dict[str, JsonValue]], at: datetime) -> None:
    tenant = f"t{next(_tenants)}"
    tickets = {tenant: [ticket_from(raw) for raw in raws]}
    memory, sql = MemoryHistory(tickets), _filled(records, tickets)
    requester = next((one.requester_id for one in tickets[tenant] if one.requester_id), "r-7")
    ids = [one.id for one in tickets[tenant]]

    async def answers(history: TicketHistory) -> tuple[object, ...]:
        return (
            await history.tickets(tenant, ids, at), await history.of_requester(tenant, requester, at),
            await history.opened_between(tenant, after(-(10**7)), at), await history.open_load(tenant, at),
            await history.track_records(tenant, None, at), await history.usual_minutes(tenant, None, at),
            await history.escalated_share(tenant, at),
        )  # fmt: skip

    assert run(answers(memory)) == run(answers(sql))
