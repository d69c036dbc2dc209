"""The page of text that explains a ticket's SLA minutes, and the explanation of one of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.asof import as_of
from domain.errors import BadInput
from domain.policy.policy import Policy
from domain.sla.page import MinuteExplained, explain, sla_page, wall
from domain.ticket import Ticket
from evals.sla.cases import policy_from, ticket_from

OFFICE: dict[str, Any] = {
    "id": "office", "zone": "Europe/Berlin", "hours": {"mon": ["08:00-16:00"], "tue": ["08:00-16:00"]},
    "special_days": [{"date": "2026-06-15", "name": "No power", "known_from": "2026-06-15T12:00:00+02:00"}],
}  # fmt: skip
SLAS: dict[str, Any] = {
    "targets": [{"priority": "normal", "first_response": 60, "resolution": 480, "calendar": "office"}],
    "default_priority": "normal", "pause_in": ["waiting"],
}  # fmt: skip
AT = datetime(2026, 6, 16, 8, 0, tzinfo=UTC)


def policy(**changes: Any) -> Policy:
    return policy_from("page", [OFFICE], SLAS | changes)


def ticket(*events: dict[str, Any]) -> Ticket:
    return as_of(ticket_from("INC-1", {"created_at": "2026-06-15T09:00:00+02:00"}, events), AT)


def resolution(minute: str, *events: dict[str, Any]) -> MinuteExplained:
    return explain(ticket(*events), policy(), AT, datetime.fromisoformat(minute))[1]


def test_the_page_lists_every_row_and_the_sum() -> None:
    page = sla_page(ticket(), policy(), AT)

    assert page.startswith(f"Ticket INC-1, read at 2026-06-16 08:00 UTC under policy {policy().stamp}\n")
    assert "FIRST RESPONSE: running, 300 of 60 minutes used (500 %), due 2026-06-15 10:00 CEST" in page
    assert "breached 2026-06-15 10:00 CEST" in page
    assert "RESOLUTION: running, 300 of 480 minutes used (62 %), due 2026-06-16 13:00 CEST" in page
    assert "holiday: 2026-06-15 No power" in page
    assert "300 running + 180 remaining = 480 target" in page
    assert "60 running + 0 remaining = 60 target" in page


def test_a_clock_that_started_anew_says_so() -> None:
    events = (
        {"at": "2026-06-15T11:00:00+02:00", "kind": "resolved"},
        {"at": "2026-06-16T09:00:00+02:00", "kind": "reopened"},
    )

    page = sla_page(ticket(*events), policy(on_reopen="reset"), AT)

    assert "60 running since the clock started anew (2) + 420 remaining = 480 target" in page
    assert "since 2026-06-15 11:00 CEST" in page


def test_a_minute_says_what_the_wall_clock_showed_and_how_much_was_used() -> None:
    found = resolution("2026-06-15T08:30:00Z")

    assert found.local == "2026-06-15 10:30 CEST (Mon, Europe/Berlin, UTC+02:00)"
    assert (found.state, found.used_before, found.target_minutes) == ("running", 90, 480)
    assert found.text == (
        f"Resolution at {found.local}: running, {found.why}; 90 of 480 minutes of target 'normal' were used by then."
    )


def test_a_minute_that_counted_says_what_became_known_only_later() -> None:
    found = resolution("2026-06-15T10:00:00+02:00")

    assert "other hours for 2026-06-15 (No power) are known only from 2026-06-15 12:00 CEST" in found.why


def test_after_it_is_known_the_holiday_is_the_reason() -> None:
    found = resolution("2026-06-15T13:00:00+02:00")

    assert found.state == "off_hours"
    assert "holiday: 2026-06-15 No power" in found.why
    assert "known only" not in found.why


def test_a_pause_names_its_status_and_an_end_its_event() -> None:
    paused = resolution(
        "2026-06-15T11:30:00+02:00", {"at": "2026-06-15T11:00:00+02:00", "kind": "status", "to": "waiting"}
    )
    over = resolution("2026-06-15T11:30:00+02:00", {"at": "2026-06-15T11:00:00+02:00", "kind": "resolved"})

    assert (paused.state, paused.why.split(";")[0]) == ("paused", "the status 'waiting' pauses the clock")
    assert (over.state, over.why.split(";")[0]) == ("stopped", "resolved with event e1")


def test_weekly_hours_that_were_entered_late_are_told() -> None:
    late: dict[str, Any] = {
        "first": "2026-06-15", "hours": {"tue": ["10:00-12:00"]}, "known_from": "2026-06-16T00:00:00+02:00",
    }  # fmt: skip
    learned = policy_from("page", [{**OFFICE, "special_days": [], "changes": [late]}], SLAS)

    found = explain(ticket(), learned, AT, datetime.fromisoformat("2026-06-15T10:00:00+02:00"))[1]

    assert found.state == "running"
    assert "other weekly hours from 2026-06-15 on are known only from 2026-06-16 00:00 CEST" in found.why


@pytest.mark.parametrize("minute", ["2026-06-15T06:59:59Z", "2026-06-16T08:00:00Z"])
def test_a_minute_outside_the_ledger_is_refused_with_its_bounds(minute: str) -> None:
    with pytest.raises(BadInput, match=r"from 2026-06-15T07:00:00Z to 2026-06-16T08:00:00Z"):
        resolution(minute)


def test_the_two_runs_of_a_repeated_hour_are_told_apart() -> None:
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    assert wall(first, "Europe/Berlin") == "2026-10-25 02:30 CEST"
    assert wall(second, "Europe/Berlin") == "2026-10-25 02:30 CET"
    assert wall(first.replace(second=5), "Asia/Kathmandu", offset=True) == (
        "2026-10-25 06:15:05 +0545 (Sun, Asia/Kathmandu, UTC+05:45)"
    )
