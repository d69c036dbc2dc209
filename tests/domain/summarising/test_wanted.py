"""What a first message leaves open."""

from __future__ import annotations

import pytest

from domain.summarising.wanted import asked_for, open_facts


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


def test_a_fault_shown_in_a_picture_asks_for_more_than_planned_work() -> None:
    fault = open_facts("The export fails with an error, see the attached screenshot.")
    planned = open_facts("As discussed, please deploy the latest version on the test server.")
    assert fault.score > 0.7 > planned.score


def test_what_support_asked_for_before_is_asked_for_first() -> None:
    usual = open_facts("The export fails.").absent[0].field
    assert open_facts("The export fails.", {"environment": 9}).absent[0].field == "environment" != usual


@pytest.mark.parametrize(
    ("sentence", "fields"),
    [
        ("Please attach a screenshot of the page.", {"evidence"}),
        ("Could you share the customer number?", {"item"}),
        ("Which release version do you use?", {"environment"}),
        ("Please join the remote session, can you?", set()),
        ("We replaced the server.", set()),
    ],
)
def test_a_question_of_support_is_told_by_what_it_asks_for(sentence: str, fields: set[str]) -> None:
    assert asked_for(sentence) == fields
