"""What every `Helpdesk` keeps to: our own tickets in SQL and the fake in memory that can be made to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.helpdesks.local import LocalHelpdesk
from adapters.memory.helpdesk import MemoryHelpdesk
from adapters.storage.store import Store
from domain.asof import standing
from domain.effects import WriteBack
from domain.errors import LostUpdate, NotFound, Unavailable
from domain.helpdesk import Helpdesk
from domain.properties import PropertyChange
from domain.ticket import Actor, ActorRole, Event, EventKind
from domain.writing import OUR_ID, write_back
from tests.conftest import NOW
from tests.tickets import ticket

PERSON = Actor(id="kim-osei", role=ActorRole.TECHNICIAN)
UP = write_back(
    "T-1",
    (
        PropertyChange(field="priority", was="low", to="high", why="rule up"),
        PropertyChange(field="sla_target", to="gold", why="rule up"),
        PropertyChange(field="status", was="new", to="in progress", why="rule up"),
        PropertyChange(field="queue", to="escalated", why="rule up"),
        PropertyChange(field="tier", to="L2", why="rule up"),
        PropertyChange(field="team", to="net", why="best record"),
        PropertyChange(field="technician", to="noor", why="best record"),
        PropertyChange(field="tag", to="vpn", why="what it is about"),
    ),
    why="risk", comment="Handed over.",
)  # fmt: skip


@pytest.fixture(params=["local", "memory"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Helpdesk]:
    if request.param == "memory":
        yield MemoryHelpdesk({("a", "T-1"): ticket()})
        return
    store = Store.open(tmp_path / "records.db")
    store.put_tickets("a", [ticket()])
    yield LocalHelpdesk(store)
    store.close()


def by_hand(desk: Helpdesk, *, number: int = 1, **values: Any) -> None:
    """A person changes the ticket in the helpdesk."""
    event = Event.model_validate({"id": f"p{number}", "at": NOW + timedelta(minutes=number), "actor": PERSON, **values})
    if isinstance(desk, MemoryHelpdesk):
        before = desk.ticket("a", "T-1")
        desk.tickets["a", "T-1"] = before.model_copy(update={"events": (*before.events, event)})
    else:
        assert isinstance(desk, LocalHelpdesk)
        desk._store.record_event("a", None, "T-1", event)


def test_every_property_of_a_change_arrives_together_and_as_ours(desk: Helpdesk) -> None:
    desk.apply("a", "fx_1", UP, NOW)

    after = desk.ticket("a", "T-1")
    now = standing(after)
    assert (now.priority, now.sla_target, now.status, now.queue) == ("high", "gold", "in progress", "escalated")
    assert (now.tier, now.team, now.technician, now.tags) == ("L2", "net", "noor", ("vpn",))
    assert {event.actor_id for event in after.events[1:]} == {OUR_ID}


def test_the_same_key_changes_nothing_twice(desk: Helpdesk) -> None:
    desk.apply("a", "fx_1", UP, NOW)
    once = desk.ticket("a", "T-1")

    desk.apply("a", "fx_1", UP, NOW + timedelta(hours=1))

    assert desk.ticket("a", "T-1") == once


@pytest.mark.parametrize(
    "values",
    [
        {"kind": EventKind.PRIORITY, "to": "critical"},
        {"kind": EventKind.STATUS, "to": "waiting for vendor"},
        {"kind": EventKind.ASSIGNMENT, "team": "other", "technician": "ada"},
        {"kind": EventKind.TIER, "to": "L3"},
        {"kind": EventKind.FIELD, "field": "queue", "to": "night"},
        {"kind": EventKind.SLA, "field": "target", "to": "silver"},
    ],
    ids=["priority", "status", "team", "tier", "queue", "sla target"],
)
def test_a_lost_update_is_refused_whole(desk: Helpdesk, values: dict[str, Any]) -> None:
    by_hand(desk, **values)
    before = desk.ticket("a", "T-1")

    with pytest.raises(LostUpdate):
        desk.apply("a", "fx_1", UP, NOW)

    assert desk.ticket("a", "T-1") == before


def test_what_somebody_set_to_the_same_value_is_no_conflict(desk: Helpdesk) -> None:
    by_hand(desk, kind=EventKind.PRIORITY, to="High")

    desk.apply("a", "fx_1", UP, NOW)

    assert standing(desk.ticket("a", "T-1")).team == "net"


def test_what_somebody_changed_and_changed_back_does_not_come_after_ours(desk: Helpdesk) -> None:
    by_hand(desk, number=5, kind=EventKind.PRIORITY, to="high")
    by_hand(desk, number=9, kind=EventKind.PRIORITY, to="low")

    desk.apply("a", "fx_1", UP, NOW)

    assert standing(desk.ticket("a", "T-1")).priority == "high"


def test_tags_are_added_and_never_replaced(desk: Helpdesk) -> None:
    by_hand(desk, kind=EventKind.FIELD, field="tag", to="printer")

    desk.apply("a", "fx_1", UP, NOW)

    assert standing(desk.ticket("a", "T-1")).tags == ("printer", "vpn")


def test_a_property_can_be_cleared(desk: Helpdesk) -> None:
    desk.apply("a", "fx_1", UP, NOW)
    cleared = (
        PropertyChange(field="technician", was="noor", to=None, why="taken down"),
        PropertyChange(field="queue", was="escalated", to=None, why="taken down"),
        PropertyChange(field="sla_target", was="gold", to=None, why="taken down"),
    )

    desk.apply("a", "fx_2", write_back("T-1", cleared, why="taken down"), NOW)

    now = standing(desk.ticket("a", "T-1"))
    assert (now.technician, now.queue, now.sla_target, now.team) == (None, None, None, "net")


def test_a_ticket_that_is_not_there_is_said(desk: Helpdesk) -> None:
    with pytest.raises(NotFound):
        desk.apply("a", "fx_1", UP.model_copy(update={"ticket_id": "T-2"}), NOW)
    with pytest.raises(NotFound):
        desk.ticket("b", "T-1")


def test_the_fake_fails_as_its_script_says() -> None:
    meanwhile = Event(id="p1", at=NOW, kind=EventKind.PRIORITY, to="critical", actor=PERSON)
    desk = MemoryHelpdesk({("a", "T-1"): ticket()}, [Unavailable("down"), "lost answer", meanwhile])
    note = WriteBack(ticket_id="T-1", comment="Hello", why="why")

    raised: list[Callable[[], object]] = [lambda: desk.apply("a", "fx_1", note, NOW)] * 2
    for call in raised:
        with pytest.raises(Unavailable):
            call()
    assert len(desk.ticket("a", "T-1").events) == 2, "an answer that is lost was written all the same"
    with pytest.raises(LostUpdate):
        desk.apply("a", "fx_2", UP, NOW)
    assert desk.apply("a", "fx_1", note, NOW) == "already applied"
