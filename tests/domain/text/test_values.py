from __future__ import annotations

import pytest

from domain.errors import BadInput
from domain.policy.forms import FormField
from domain.text.answers import read_answer
from domain.text.passages import requester_passages
from domain.text.patterns import compile_pattern
from domain.text.values import asked_already, fact_in, find_value
from tests.domain.made import answered as replied
from tests.domain.made import ticket, wrote

ERROR = FormField(
    id="error_code", label="Error shown", question="Which error number do you see?",
    patterns=(r"\b(?:error|fehler)\s*(?:code)?\s*[:#]?\s*(\d{3,4})\b",), words={"none": ("no error",)},
)  # fmt: skip
DEVICE = FormField(
    id="device",
    label="Device",
    question="What is the computer called?",
    patterns=(r"\b(AM-[A-Z]{2,3}-\d{4})\b",),
)
PLACE = FormField(
    id="place",
    label="Place",
    question="Where are you?",
    words={"home": ("at home",), "office": ("at my desk",)},
)
NAMED = FormField(id="database", label="Database", question="Which?", patterns=(r"\b(PROD[A-Z]{2,6})\b",))


def test_a_value_is_found_with_its_place_whatever_its_case() -> None:
    found = find_value(ERROR, "It says Error 809 since today")
    assert found is not None
    value, span = found
    assert (value, span.start, span.end) == ("809", 14, 17)


def test_an_identifier_is_found_in_lower_case_but_a_plain_word_is_no_name() -> None:
    assert (find_value(DEVICE, "my pc is am-ham-1234") or ("",))[0] == "am-ham-1234"
    assert find_value(NAMED, "the production database") is None
    assert (find_value(NAMED, "it is PRODQMS") or ("",))[0] == "PRODQMS"


def test_places_count_characters_not_bytes() -> None:
    text = "Größe: Fehler 0815 — é"
    found = find_value(ERROR, text)
    assert found is not None
    assert text[found[1].start : found[1].end] == "0815"


def test_a_denied_word_is_no_value() -> None:
    assert find_value(PLACE, "I am not at home") is None


def test_the_latest_message_that_holds_a_value_counts_and_is_cited() -> None:
    passages = requester_passages(ticket(wrote(1, 5, "sorry, it is error 812"), body="I see error 809"))
    fact = fact_in(ERROR, passages)
    assert fact is not None
    assert (fact.value, fact.event_id) == ("812", "e1")


def test_values_in_quoted_mails_and_signatures_are_not_the_requesters() -> None:
    body = "It fails.\n\nOn Mon, 12 Oct 2026, Bob wrote:\n> error 809"
    assert fact_in(ERROR, requester_passages(ticket(body=body))) is None


def test_a_bare_forward_is_read_for_values() -> None:
    body = "From: Bob\nSent: Monday\nTo: Ann\nSubject: VPN\n\nI get error 809"
    fact = fact_in(ERROR, requester_passages(ticket(body=body)))
    assert fact is not None and fact.value == "809"


def _answer(text: str, *fields: FormField) -> dict[str, str]:
    passage = requester_passages(ticket(wrote(1, 5, text)))[-1]
    return {fact.field: fact.value for fact in read_answer(fields, passage).facts}


def test_the_whole_answer_is_the_value_when_one_field_was_asked_for() -> None:
    assert _answer("The one next to the coffee machine\n\nBest regards,\nRen", PLACE) == {
        "place": "The one next to the coffee machine"
    }


def test_numbered_answers_go_to_the_questions_in_order() -> None:
    assert _answer("1. it says broken\n2. the red laptop", ERROR, DEVICE) == {
        "error_code": "it says broken",
        "device": "the red laptop",
    }


def test_lines_answer_the_questions_in_order_when_their_number_fits() -> None:
    assert _answer("it says broken\nAM-HAM-1234", ERROR, DEVICE)["error_code"] == "it says broken"


def test_patterns_find_values_in_free_text() -> None:
    assert _answer("I see error 809 and the machine is AM-HAM-1234.", ERROR, DEVICE, PLACE) == {
        "error_code": "809",
        "device": "AM-HAM-1234",
    }


def test_an_open_question_of_a_technician_is_recognised_until_the_requester_writes() -> None:
    asked = replied(1, 5, "Hi, which error is shown there?")
    event = asked_already(ERROR, ticket(asked))
    assert event is not None and event.id == "e1"
    assert asked_already(ERROR, ticket(asked, wrote(2, 9, "hm"))) is None


def test_a_pattern_re2_does_not_take_is_refused_with_its_mend() -> None:
    with pytest.raises(BadInput, match="look-around"):
        compile_pattern(r"(?=a)")
