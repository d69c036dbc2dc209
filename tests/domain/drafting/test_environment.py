"""Where it happened."""

from __future__ import annotations

from domain.drafting.environment import environment_of
from domain.summarising.thread import read_thread
from tests.domain.made import ticket, wrote


def test_service_and_asset_come_first_then_what_the_texts_name_each_once() -> None:
    found = environment_of(
        read_thread(
            ticket(
                wrote(1, 5, "It is Windows 11 and Chrome 118, on LT-40271. Chrome 118!"),
                body="Version 5.2.1 fails in the test environment.",
                service="Remote access",
                asset="LAPTOP-7",
            )
        )
    )
    assert [one.text for one in found] == [
        "Remote access", "LAPTOP-7", "Version 5.2.1", "test environment", "Windows 11", "Chrome 118", "LT-40271",
    ]  # fmt: skip
    assert [one.sources for one in found][-1] == ("e1",)


def test_everyday_words_are_no_environment() -> None:
    assert environment_of(read_thread(ticket(body="We test it on Monday, follow-up 2 of the re-2022 plan."))) == ()
