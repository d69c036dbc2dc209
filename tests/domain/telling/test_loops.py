"""Machines that answer our mail are known by their headers, people by having none."""

from __future__ import annotations

import pytest

from domain.telling.loops import coming_back

BOUNCE = """\
This is the mail system at host mx.example.com.
Your message could not be delivered.

Content-Type: message/rfc822
From: desk@example.org
Auto-Submitted: auto-generated
X-Tierwise-Notice: acme fx_0123456789abcdef0123
"""


def test_a_bounce_names_the_notice_that_came_back() -> None:
    found = coming_back(BOUNCE)
    assert found is not None and (found.tenant, found.key) == ("acme", "fx_0123456789abcdef0123")


@pytest.mark.parametrize("header", ["Auto-Submitted: auto-replied", "Precedence: auto_reply", "X-Autoreply: yes"])
def test_an_automatic_answer_is_known_by_its_header(header: str) -> None:
    found = coming_back(f"{header}\n\nI am out of the office until Monday.")
    assert found is not None and found.key is None


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "I am out of the office until Monday, please escalate.",
        "Why does the header say Auto-Submitted: auto-replied in the middle of a line?",
        "X-Tierwise-Notice: is what the mail said",
        "Precedence: high",
    ],
)
def test_what_people_write_is_never_taken_for_a_machine(text: str | None) -> None:
    assert coming_back(text) is None
