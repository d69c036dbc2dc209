"""What a first message leaves open."""

from __future__ import annotations

import pytest

from domain.summarising.wanted import open_facts


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The printer is broken.", "incident"),
        ("How do I order a monitor?", "question"),
        ("Please add Ren to the list.", "change"),
    ],
)
def test_the_kind_of_request_is_told_apart(text: str, kind: str) -> None:
    assert open_facts(text).kind == kind


def test_what_is_told_is_not_asked_for() -> None:
    fields = {fact.field for fact in open_facts("Since yesterday: error 'Access denied' on version 5. Broken.").absent}
    assert not fields & {"error", "environment", "since"}


def test_an_empty_message_leaves_everything_open() -> None:
    assert open_facts("").score == 1


def test_the_most_wanted_fact_comes_first() -> None:
    facts = open_facts("It is broken")
    weights = [fact.weight[facts.kind] for fact in facts.absent]
    assert weights == sorted(weights, reverse=True)
