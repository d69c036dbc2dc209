from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.asof import as_of, standing
from domain.ticket import Event, Ticket
from learning.track_record import open_load, resolutions, stints, track_records
from tests.domain.made import after, assigned, closed, event, ticket

KINDS = st.lists(st.tuples(st.sampled_from(["ada", "cy", None, "resolved", "reopened", "closed"]), st.integers(0, 3)))


def built(steps: list[tuple[str | None, int]]) -> Ticket:
    moment, events = 0, list[Event]()
    for number, (what, gap) in enumerate(steps, 1):
        moment += gap
        if what in ("resolved", "reopened", "closed"):
            events.append(event(number, moment, what))
        else:
            events.append(assigned(number, moment, "desk", what))
    return ticket(*events)


@settings(deadline=None)
@given(KINDS, st.integers(0, 40))
def test_the_load_read_from_stints_is_the_load_of_the_cut_ticket(steps: list[tuple[str | None, int]], at: int) -> None:
    made = built(steps)
    now = standing(as_of(made, after(at)))
    holder = now.technician if now.open else None
    assert open_load(stints(made), after(at)) == ({holder: 1} if holder else {})


@settings(deadline=None)
@given(KINDS, st.integers(0, 40))
def test_records_of_the_whole_ticket_at_a_moment_are_those_of_the_cut_ticket(
    steps: list[tuple[str | None, int]], at: int
) -> None:
    made = built(steps)
    cut = as_of(made, after(at))
    assert track_records(resolutions(made), None, after(at)) == track_records(resolutions(cut), None, after(at))


def test_a_fix_that_was_reopened_is_not_good_and_the_next_one_counts_for_who_made_it() -> None:
    made = ticket(
        assigned(1, 1, "desk", "ada"), event(2, 5, "resolved"), event(3, 9, "reopened"),
        assigned(4, 10, "net", "cy"), event(5, 20, "resolved"), event(6, 30, "closed"),
    )  # fmt: skip
    records = {one.technician: one for one in track_records(resolutions(made), None, after(99))}
    assert (records["ada"].resolved, records["ada"].good, records["ada"].minutes) == (1, 0, 4)
    assert (records["cy"].resolved, records["cy"].good, records["cy"].minutes) == (1, 1, 10)


def test_a_fix_passed_on_afterwards_is_not_good() -> None:
    made = ticket(assigned(1, 1, "desk", "ada"), event(2, 5, "resolved"), assigned(3, 6, "net", "cy"))
    (record,) = track_records(resolutions(made), None, after(99))
    assert (record.technician, record.good) == ("ada", 0)


def test_a_close_without_a_resolution_counts_as_one() -> None:
    made = ticket(assigned(1, 1, "desk", "ada"), event(2, 5, "closed"))
    assert [one.technician for one in resolutions(made)] == ["ada"]


def test_the_minutes_are_the_median_of_the_tickets() -> None:
    known = [one for n, took in enumerate((10, 20, 300)) for one in resolutions(closed(f"T-{n}", opened=n, took=took))]
    (record,) = track_records(known, "vpn", after(999))
    assert record.minutes == 20
