from __future__ import annotations

from typing import Any

from domain.duplicates import duplicate_of
from domain.surroundings import Companion
from domain.ticket import Link, Requester, Ticket
from tests.domain.made import event, ticket

NEW = ticket(id="T-9", at=100, asset="AM-1", service="mail")


def other(
    similarity: float | None, *, overlap: float = 0.2, requester: str = "r1", at: float = 50, **more: Any
) -> Companion:
    return Companion(ticket(id="T-1", at=at, requester=Requester(id=requester), **more), similarity, overlap)


def found(companion: Companion, new: Ticket = NEW) -> str | None:
    return duplicate_of(new, (companion,))


def test_the_same_request_by_the_same_person_is_a_duplicate() -> None:
    assert found(other(0.93)) == "T-1"


def test_the_same_request_about_the_same_asset_is_a_duplicate() -> None:
    assert found(other(0.93, requester="r2", asset="am-1")) == "T-1"


def test_reports_of_one_thing_by_different_people_are_no_duplicates() -> None:
    assert found(other(0.99, requester="r2")) is None


def test_another_request_of_the_same_person_is_no_duplicate() -> None:
    assert found(other(0.7)) is None


def test_the_same_person_and_asset_need_less_likeness() -> None:
    assert found(other(0.83, asset="AM-1")) == "T-1"
    assert found(other(0.83)) is None


def test_the_same_words_are_enough_when_meaning_cannot_be_measured() -> None:
    assert found(other(None, overlap=0.9)) == "T-1"
    assert found(other(None, overlap=0.5)) is None


def test_a_resolved_a_later_or_an_old_ticket_is_not_repeated() -> None:
    resolved = Companion(ticket(event(1, 60, "resolved"), id="T-1", at=50), 0.99, 0.9)
    assert found(resolved) is None
    assert found(other(0.99, at=120)) is None
    assert found(other(0.99, at=100 - 73 * 60)) is None


def test_a_ticket_already_linked_is_not_linked_again() -> None:
    linked = NEW.model_copy(update={"links": (Link(kind="duplicate_of", id="T-1"),)})
    assert found(other(0.99), linked) is None
