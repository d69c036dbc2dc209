"""The SLA ledger over HTTP: as JSON, as a page, at a past moment, minute by minute."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api.house import House, is_problem
from tests.conftest import NOW
from tests.tickets import ticket

OPENED = NOW - timedelta(hours=2)


def stamp(minutes: float) -> str:
    return (OPENED + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


@pytest.fixture(name="path")
def sent(house: House) -> str:
    house.send(ticket("S-1", opened=OPENED))
    return "/v1/tickets/S-1/sla"


def test_the_ledger_has_every_promised_clock_and_sums_to_its_target(house: House, path: str) -> None:
    seen = house.get(path)

    assert (seen["ticket_id"], seen["policy"]) == ("S-1", house.services.policy.stamp)
    for clock in seen["clocks"]:
        rows = seen["ledger"][clock["clock"]]
        assert sum(row["minutes"] for row in rows) == 120
        running = sum(row["minutes"] for row in rows if row["state"] == "running")
        assert running + clock["remaining_minutes"] == clock["target_minutes"]
        assert all(row["why"] and row["policy"] == seen["policy"] for row in rows)
    assert seen["explained"] == []


def test_a_past_moment_is_read_as_it_was_seen_then(house: House, path: str) -> None:
    seen = house.get(f"{path}?at={stamp(30)}")

    assert seen["at"] == stamp(30)
    assert {sum(row["minutes"] for row in rows) for rows in seen["ledger"].values()} == {30}


def test_a_page_of_text_is_given_to_who_asks_for_one(house: House, path: str) -> None:
    page = house.client.get(path, headers={"Accept": "text/plain"})
    both = house.client.get(path, headers={"Accept": "text/plain;q=0.5, application/json"})

    assert page.headers["content-type"] == "text/plain; charset=utf-8"
    assert page.text.startswith("Ticket S-1, read at ")
    assert "RESOLUTION: " in page.text and " remaining = " in page.text
    assert both.headers["content-type"] == "application/json"


def test_one_minute_is_explained_as_json_and_as_text(house: House, path: str) -> None:
    seen = house.get(f"{path}?minute={stamp(45)}")
    page = house.client.get(f"{path}?minute={stamp(45)}", headers={"Accept": "text/plain"})

    assert [one["clock"] for one in seen["explained"]] == [one["clock"] for one in seen["clocks"]]
    assert page.text.splitlines() == [one["text"] for one in seen["explained"]]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (f"at={stamp(-1)}", "before the ticket's creation"),
        (f"at={stamp(10**6)}", "future"),
        (f"minute={stamp(-1)}", "outside the ledger"),
        (f"at={stamp(10)}&minute={stamp(11)}", "outside the ledger"),
        ("minute=9999-12-31T23:59:59-14:00", "outside the ledger"),
    ],
)
def test_moments_that_the_ledger_does_not_reach_are_refused(house: House, path: str, query: str, said: str) -> None:
    answer = house.client.get(f"{path}?{query}")

    is_problem(answer, 422)
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("value", ["yesterday", "2026-06-15T08:00:00", "1750000000"])
def test_a_moment_without_a_zone_is_refused(house: House, path: str, value: str) -> None:
    is_problem(house.client.get(f"{path}?at={value}"), 422)
