"""What a sentence does."""

from __future__ import annotations

import pytest

from domain.summarising.forms import Form, forms_of


@pytest.mark.parametrize(
    ("sentence", "form"),
    [
        ("Any update on this?", Form.CHASE),
        ("We will check and get back to you.", Form.ACKNOWLEDGE),
        ("Please join the session below.", Form.MEETING),
        ("Can we close this ticket?", Form.CLOSING),
        ("Thanks a lot!", Form.COURTESY),
        ("Please find attached the log.", Form.POINTER),
        ("Could you send us the version?", Form.ASK),
        ("You need to restart the client.", Form.INSTRUCT),
        ("Restarted the gateway.", Form.DONE),
        ("The certificate has been renewed.", Form.DONE),
        ("The outage was caused by an expired certificate.", Form.CAUSE),
        ("Still the same error.", Form.FAILED),
        ("It works now.", Form.WORKS),
        ("We will deploy the fix on Monday.", Form.PROMISE),
        ("The report is missing.", Form.PROBLEM),
        ("12 people cannot work.", Form.IMPACT),
        ("We checked the logs of the service.", Form.CHECKED),
    ],
)
def test_a_form_is_told_by_its_words(sentence: str, form: Form) -> None:
    assert form in forms_of(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The certificate will be renewed tomorrow.",
        "The gateway was not restarted.",
        "Has to be fixed by the vendor.",
        "Please confirm that it is installed.",
        "Once it is deployed we tell you.",
    ],
)
def test_work_that_is_wished_planned_or_denied_is_not_done(sentence: str) -> None:
    assert Form.DONE not in forms_of(sentence)


def test_a_question_whether_it_works_is_no_confirmation() -> None:
    assert Form.WORKS not in forms_of("Please confirm that it works now.")
    assert Form.WORKS not in forms_of("It is still not working fine.")
