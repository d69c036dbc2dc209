"""What the requester may read never holds internal words."""

from __future__ import annotations

from domain.summarising.requester import leaked, private_words, public_view, requester_text
from tests.domain.made import answered, event, ticket, wrote

SECRET = "the customer has not paid his bill for months"


def test_the_text_tells_report_work_and_what_is_needed() -> None:
    text = requester_text(
        ticket(
            answered(1, 5, "We replaced the toner."),
            answered(2, 9, "Could you send us a test page?"),
            body="The printer prints grey.",
        )
    )
    assert text.splitlines() == [
        "You reported:", "- Question", "- The printer prints grey.", "Done so far:", "- We replaced the toner.",
        "We need from you:", "- Could you send us a test page?",
    ]  # fmt: skip


def test_internal_notes_never_reach_it() -> None:
    note = event(1, 5, "comment", by="ada", role="technician", visibility="internal", body=f"Replaced it, {SECRET}.")
    assert SECRET not in requester_text(ticket(note))


def test_a_technicians_comment_that_does_not_say_it_is_public_is_taken_for_internal() -> None:
    note = event(1, 5, "comment", by="ada", role="technician", body="Replaced the toner.")
    assert "toner" not in requester_text(ticket(note))


def test_a_description_that_repeats_an_internal_note_is_hidden() -> None:
    note = event(1, 0, "comment", by="ada", role="technician", visibility="internal", body=SECRET)
    whole = ticket(note, description=SECRET)
    assert public_view(whole).description is None
    assert SECRET not in requester_text(whole)


def test_the_record_of_the_resolution_is_internal_unless_its_event_is_public() -> None:
    hidden = ticket(event(1, 5, "resolved", by="ada", role="technician"), resolution=f"Done, {SECRET}.")
    shown = ticket(
        event(1, 5, "resolved", by="ada", role="technician", visibility="public"),
        resolution="Toner was replaced.",
    )
    assert SECRET not in requester_text(hidden)
    assert "Toner was replaced." in requester_text(shown)


def test_a_leak_is_four_words_in_a_row_that_only_internal_events_hold() -> None:
    note = event(1, 5, "comment", by="ada", role="technician", visibility="internal", body=SECRET)
    assert leaked("we heard that the customer has not paid", ticket(note))
    assert leaked("the customer has", ticket(note)) == ()
    assert leaked("the customer has not paid", ticket(note, wrote(2, 6, "Yes, the customer has not paid"))) == ()


def test_one_word_that_stands_in_a_note_only_is_private_and_numbers_and_names_are_words() -> None:
    note = event(1, 5, "comment", by="ada", role="technician", visibility="internal", body="Mahlke owes 4711 euros.")
    assert private_words("Done so far: Mahlke paid 4711.", ticket(note)) == ("mahlke", "4711")
    assert private_words("Mahlke paid", ticket(note, wrote(2, 6, "Is Mahlke there?"))) == ()


def test_a_line_is_told_once() -> None:
    twice = ticket(answered(1, 5, "We replaced the toner today."), answered(2, 9, "We have replaced the toner today."))
    assert requester_text(twice).count("replaced the toner") == 1
