from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.text.sentences import sentence_texts, split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It fails. Please help!", ["It fails.", "Please help!"]),
        ("it fails. please help", ["it fails.", "please help"]),
        ("fix it in the app . give a date .", ["fix it in the app .", "give a date ."]),
        ("Ping 10.0.0.1 works. report.pdf does not open.", ["Ping 10.0.0.1 works.", "report.pdf does not open."]),
        ("Dr. Smith uses e.g. Outlook. It hangs.", ["Dr. Smith uses e.g. Outlook.", "It hangs."]),
        ("Das betrifft z.B. Drucker bzw. Scanner. Bitte.", ["Das betrifft z.B. Drucker bzw. Scanner.", "Bitte."]),
        ("See ticket no. 5 please. Thanks.", ["See ticket no. 5 please.", "Thanks."]),
        ("Is it on? No. It is off.", ["Is it on?", "No.", "It is off."]),
        ("1. Open Outlook\n2. Press send\n- it hangs", ["1. Open Outlook", "2. Press send", "- it hangs"]),
        ("It was... strange. Really…", ["It was... strange.", "Really…"]),
        ("版本不对。请帮忙！", ["版本不对。", "请帮忙！"]),
        ("", []),
    ],
)  # fmt: skip
def test_text_is_cut_where_a_reader_would_cut_it(text: str, sentences: list[str]) -> None:
    assert list(sentence_texts(text)) == sentences


def test_lines_wrapped_by_a_mail_client_stay_together() -> None:
    text = "The new laptop does not connect to the docking station in the\nmeeting room on the second floor."
    assert len(split_sentences(text)) == 1


@pytest.mark.parametrize("unit", ["word ", "a.b ", "x. ", ".", "\n", "1. ", "ä", "? ", "- \n", "e.g. ", "..."])
def test_a_line_of_100_kb_is_cut_in_linear_time(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    started = time.process_time()
    split_sentences(text)
    assert time.process_time() - started < 2


@settings(deadline=None)
@given(st.text(max_size=400) | st.text(alphabet=st.sampled_from("ab.!? \n-1)eg…。"), max_size=400))
def test_sentences_hold_every_character_that_is_not_space_once_and_in_order(text: str) -> None:
    spans = split_sentences(text)
    position = 0
    for span in spans:
        assert position <= span.start < span.end <= len(text)
        assert not text[position : span.start].strip()
        position = span.end
    assert not text[position:].strip()
