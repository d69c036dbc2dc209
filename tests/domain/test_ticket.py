"""Tickets and events: frozen, strict about their keys, and honest about who said what to whom."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain.ticket import Actor, ActorRole, Event, EventKind, Ticket
from tests.conftest import NOW
from tests.tickets import comment, ticket


def test_a_ticket_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        ticket().subject = "Other"  # type: ignore[misc]  # that it cannot be done is the point


def test_a_misspelt_key_is_no_silence() -> None:
    with pytest.raises(ValidationError, match="subjekt"):
        Ticket.model_validate({"id": "T-1", "created_at": NOW, "events": [], "subjekt": "x"})


@pytest.mark.parametrize("value", ["1", 1, 1.0, True, None])
def test_a_value_keeps_its_type(value: str | float | bool | None) -> None:
    event = Event.model_validate({"id": "e", "at": NOW, "kind": "field", "to": value})
    assert (type(event.to), event.to) == (type(value), value)


@pytest.mark.parametrize("at", ["2026-03-01T09:00:00", "2026-03-01", 1772359200, "1772359200", "tomorrow", None])
def test_a_moment_needs_its_zone(at: object) -> None:
    with pytest.raises(ValidationError):
        Event.model_validate({"id": "e", "at": at, "kind": "created"})


def test_a_message_is_something_written() -> None:
    assert comment("e1", "Hello").is_message
    assert not comment("e1", "").is_message
    assert not Event(id="e1", at=NOW, kind=EventKind.RESOLVED, body="Fixed").is_message


def test_what_is_internal_and_who_wrote_it_is_known() -> None:
    note = comment("e1", "He is angry", role=ActorRole.TECHNICIAN, by="kim", internal=True)
    assert (note.is_internal, note.role, note.actor_id) == (True, ActorRole.TECHNICIAN, "kim")
    bare = Event(id="e1", at=NOW, kind=EventKind.SLA)
    assert (bare.is_internal, bare.role, bare.actor_id) == (False, None, None)
    assert Event(id="e1", at=NOW, kind=EventKind.SLA, actor=Actor()).role is None


def test_an_event_is_found_by_its_id() -> None:
    assert ticket().event("e1") == ticket().events[0]
    assert ticket().event("e2") is None
