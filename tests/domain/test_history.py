"""Reading the canonical history: absent stays absent, null stays null, and moments keep their zone."""

from __future__ import annotations

import json

import pytest
from pydantic import JsonValue

from domain.errors import BadHistoryLine
from domain.history import check_moment, dump_event, dump_ticket, parse_ticket, ticket_from
from domain.ticket import Event
from tests.conftest import NOW
from tests.tickets import comment, ticket

BARE: dict[str, JsonValue] = {"id": "T-1", "created_at": "2026-03-01T09:00:00+05:30", "events": []}


def test_absent_and_null_are_not_the_same() -> None:
    assert json.loads(dump_ticket(ticket_from(BARE))) == BARE
    assert json.loads(dump_ticket(ticket_from({**BARE, "subject": None}))) == {**BARE, "subject": None}


def test_from_is_written_as_from() -> None:
    event = Event.model_validate({"id": "e", "at": NOW, "kind": "status", "from": "new", "to": None})
    assert json.loads(dump_event(event)) == {
        "id": "e", "at": "2026-10-14T09:00:00Z", "kind": "status", "from": "new", "to": None
    }  # fmt: skip


def test_events_of_one_moment_keep_their_order() -> None:
    same = ticket().model_copy(update={"events": tuple(comment(f"e{n}", "x") for n in (3, 1, 2))})
    assert [event.id for event in parse_ticket(dump_ticket(same)).events] == ["e3", "e1", "e2"]


def test_several_findings_are_counted() -> None:
    with pytest.raises(BadHistoryLine, match=r"created_at: Field required \(and 1 more\); add the key"):
        ticket_from({"id": "T-1"})


def test_a_finding_names_the_place_within_the_ticket() -> None:
    events: list[JsonValue] = [{"id": "e1", "at": "2026-03-01T09:00:00Z", "kind": "created", "actor": {"role": "king"}}]
    with pytest.raises(BadHistoryLine, match=r"events\.0\.actor\.role: .*use one of the values"):
        ticket_from({**BARE, "events": events})


@pytest.mark.parametrize("text", ["\x00", "a\x00b"])
def test_nul_is_refused_wherever_it_stands(text: str) -> None:
    with pytest.raises(BadHistoryLine, match="remove U\\+0000"):
        ticket_from({**BARE, "requester": {"name": text}})
    with pytest.raises(BadHistoryLine, match="remove U\\+0000"):
        ticket_from({**BARE, "links": [{"kind": "article", "id": text}]})


def test_a_moment_out_of_reach_is_named() -> None:
    check_moment("at", NOW)
    with pytest.raises(BadHistoryLine, match="at: 2200-01-01T00:00:00\\+00:00 lies outside 1970–2200"):
        check_moment("at", NOW.replace(year=2200, month=1, day=1, hour=0))
