"""A handoff for its reader: what is new since the last look, and whether the ticket has moved on."""

from __future__ import annotations

import pytest

from domain.asof import as_of
from domain.errors import BadInput
from domain.handoff import Handoff
from domain.reading_handoff import moment_of, read_handoff
from domain.summarising.handoff import write_handoff
from domain.ticket import Event
from tests.domain.made import START, after, answered, assigned, event, ticket, wrote

PRINTER = ticket(
    answered(1, 5, "We replaced the toner in printer p-07."),
    wrote(2, 20, "Still grey pages on p-07."),
    event(3, 30, "status", to="in progress"),
    answered(4, 50, "We replaced the drum of p-07."),
    body="Printer p-07 prints grey pages.",
)


def written(minute: float = 40) -> Handoff:
    return write_handoff(as_of(PRINTER, after(minute)), after(minute))


def test_a_handoff_is_stale_when_somebody_wrote_after_it_and_says_what() -> None:
    read = read_handoff(written(), PRINTER, since=None)
    assert read.stale
    assert [(one.id, one.text) for one in read.newer] == [("e4", "We replaced the drum of p-07.")]
    assert not read_handoff(written(60), PRINTER, since=None).stale


def test_our_own_moves_do_not_make_it_stale() -> None:
    ours = event(5, 70, "comment", by="tierwise", role="bot", body="handed over")
    moved = ticket(*PRINTER.events[1:], ours, body="Printer p-07 prints grey pages.")
    assert not read_handoff(written(60), moved, since=None).stale


def test_an_event_that_comes_in_late_makes_it_stale_too() -> None:
    late = assigned(9, 35, "net", "cy")
    assert read_handoff(written(), ticket(*PRINTER.events[1:4], late, body="x"), since=None).stale


def test_what_rests_on_later_events_is_new() -> None:
    handoff = written(60)
    read = read_handoff(handoff, PRINTER, since=after(20))
    new = {name: [getattr(handoff, name)[at] for at in places] for name, places in read.new.items()}
    assert [one.text for one in new["tried"]] == ["We replaced the drum of p-07."]
    assert [one.event_id for one in new["timeline"]] == ["e3", "e4"]
    assert "problem" not in new
    assert [one.id for one in read.happened] == ["e3", "e4"]


def test_nothing_is_new_at_the_first_look() -> None:
    read = read_handoff(written(60), PRINTER, since=None)
    assert (read.new, read.happened) == ({}, ())


def test_since_names_an_event_or_a_moment() -> None:
    assert moment_of("e2", PRINTER) == after(20)
    assert moment_of("2026-10-14T08:00:00Z", PRINTER) == START


@pytest.mark.parametrize("since", ["e99", "yesterday", "2026-10-14T09:00:00", ""])
def test_anything_else_is_refused_with_the_mend(since: str) -> None:
    with pytest.raises(BadInput, match="neither an event") as refused:
        moment_of(since, PRINTER)
    assert "zone" in (refused.value.mend or "")


def test_a_handoff_written_before_the_field_existed_goes_by_its_moment() -> None:
    old = written().model_copy(update={"written_after": None})
    assert [one.id for one in read_handoff(old, PRINTER, since=None).newer] == ["e4"]
    events: tuple[Event, ...] = PRINTER.events[:4]
    assert not read_handoff(old, PRINTER.model_copy(update={"events": events}), since=None).stale
