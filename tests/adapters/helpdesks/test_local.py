"""The helpdesk that is our own records: a change is whole, happens once, and is known as ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.helpdesks.local import LocalHelpdesk
from adapters.storage.store import Store
from domain.asof import standing
from domain.effects import WriteBack
from domain.errors import NotFound
from domain.ticket import ActorRole, EventKind
from tests.conftest import NOW
from tests.tickets import ticket

UP = WriteBack(
    ticket_id="T-1", comment="Handed over.", priority="high", status="in progress", tier="L2", team="net",
    technician="noor", tags=("vpn", "vpn", "escalated"), why="risk",
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "records.db")
    opened.put_tickets("acme", [ticket()])
    yield opened
    opened.close()


def test_the_parts_of_a_change_arrive_together_and_as_ours(store: Store) -> None:
    assert LocalHelpdesk(store).apply("acme", "fx_1", UP, NOW) == "7 events"
    changed = store.ticket("acme", "T-1")
    now = standing(changed)
    assert (now.priority, now.status, now.tier, now.team, now.technician) == (
        "high",
        "in progress",
        "L2",
        "net",
        "noor",
    )
    ours = changed.events[1:]
    assert {event.role for event in ours} == {ActorRole.BOT}
    assert [event.to for event in ours if event.field == "tag"] == ["vpn", "escalated"]
    assert [event.from_ for event in ours if event.kind == EventKind.PRIORITY] == ["low"]


def test_the_same_key_changes_nothing_twice(store: Store) -> None:
    desk = LocalHelpdesk(store)
    desk.apply("acme", "fx_1", UP, NOW)
    before = store.ticket("acme", "T-1")
    assert desk.apply("acme", "fx_1", UP, NOW + timedelta(hours=1)) == "already applied"
    assert store.ticket("acme", "T-1") == before


def test_a_comment_is_internal_unless_it_is_meant_for_the_requester(store: Store) -> None:
    desk = LocalHelpdesk(store)
    desk.apply("acme", "fx_1", WriteBack(ticket_id="T-1", comment="Inside", why="w"), NOW)
    desk.apply("acme", "fx_2", WriteBack(ticket_id="T-1", comment="Outside", public=True, why="w"), NOW)
    shown = {event.body: event.visibility for event in store.ticket("acme", "T-1").events[1:]}
    assert shown == {"Inside": "internal", "Outside": "public"}


def test_what_is_so_already_is_not_changed_again(store: Store) -> None:
    same = WriteBack(ticket_id="T-1", priority="low", why="w")
    assert LocalHelpdesk(store).apply("acme", "fx_1", same, NOW) == "0 events"


def test_a_change_never_comes_before_the_ticket(store: Store) -> None:
    LocalHelpdesk(store).apply("acme", "fx_1", UP, NOW - timedelta(days=30))
    assert store.ticket("acme", "T-1").events[-1].at == ticket().created_at


def test_a_ticket_of_another_tenant_is_not_changed(store: Store) -> None:
    with pytest.raises(NotFound):
        LocalHelpdesk(store).apply("other", "fx_1", UP, NOW)
    assert store.ticket("acme", "T-1") == ticket()
