"""What must not be published is masked; what an engineer needs stays."""

from __future__ import annotations

import pytest

from domain.drafting.redact import holds_address, people_of, redact
from domain.ticket import Requester
from tests.domain.made import ticket


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to ren.ito+x@mail.example.com.", "write to [e-mail]."),
        ("ren (at) example.com", "[e-mail]"),
        ("call +49 30 1234567 now", "call [phone] now"),
        ("my number is 030 123 45 67", "my number is [phone]"),
        ("ext. 4711-22", "ext. [phone]"),
    ],
)
def test_addresses_and_numbers_of_people_are_masked(text: str, masked: str) -> None:
    assert redact(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "error 0x80070005",
        "version 5.2.1",
        "on 2026-10-11",
        "10.2.3.4:8080",
        "order 4500123456",
        "KB-1014",
        "12-10-2026",
    ],
)
def test_versions_dates_errors_and_hosts_stay(text: str) -> None:
    assert redact(text) == text


def test_known_names_are_masked_whole_and_in_parts_but_not_inside_words() -> None:
    people = people_of(ticket().model_copy(update={"requester": Requester(name="Ren Ito")}))
    assert redact("ren ito said that Ren's current rent rose, Ito", people) == (
        "[name] said that [name]'s current rent rose, [name]"
    )


def test_hosts_are_masked_for_outsiders_only() -> None:
    text = "vpn.corp.example.com at 10.2.3.4"
    assert redact(text) == text
    assert redact(text, hosts=True) == "[host] at [host]"


def test_an_address_is_recognised() -> None:
    assert holds_address("a@b.example")
    assert not holds_address("@mention of a team")
