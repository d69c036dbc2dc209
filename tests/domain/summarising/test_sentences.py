"""The sentences a writer meant to say."""

from __future__ import annotations

import pytest

from domain.summarising.sentences import sentence_spans


def sentences(body: str) -> list[str]:
    return [body[one.start : one.end] for one in sentence_spans(body)]


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ("Hello team,\nthe VPN is down.\nKind regards\nRen Ito", ["the VPN is down."]),
        ("dear all the printer is jammed regards, helpdesk team", ["the printer is jammed"]),
        ("greetings please restart it. best regards, [NAME] [NAME]", ["please restart it."]),
        ("Hi Ada, it works. Thanks and regards, Ren", ["it works."]),
        ("Guten Tag,\nder Drucker geht nicht.\nMit freundlichen Grüßen\nRen", ["der Drucker geht nicht."]),
        ("With regards to the server, it is slow again.", ["With regards to the server, it is slow again."]),
        ("We use version 5.2.1. It fails.", ["We use version 5.2.1.", "It fails."]),
    ],
)
def test_greetings_and_farewells_are_left_out(body: str, meant: list[str]) -> None:
    assert sentences(body) == meant


def test_quoted_mail_and_signature_are_left_out() -> None:
    body = "It is broken again.\n\nOn Mon, 12 Oct 2026 at 10:00, Ada wrote:\n> We fixed it.\n"
    assert sentences(body) == ["It is broken again."]


def test_a_body_of_courtesy_alone_has_no_sentence() -> None:
    assert sentences("Dear team,\n\nKind regards,\nRen") == []
