from __future__ import annotations

import pytest

from domain.policy.judgement import WordList
from domain.text.signals import find_signals

LISTS = (
    WordList(
        language="en",
        words=("urgent*", "asap", "blocked", "blocking", "down", "cannot work", "no one can work"),
    ),
    WordList(language="de", words=("dringend*", "blockiert", "kann nicht arbeiten", "genervt")),
    WordList(language="fr", words=("urgent*", "bloqué*", "inacceptable")),
    WordList(language="es", words=("urgent*", "bloquead*")),
)

DENIED = [
    "this is not urgent", "it isn't urgent at all", "It isn’t down", "not an urgent matter", "we are no longer blocked",
    "nothing urgent here", "I wouldn't say it is urgent", "this is by no means urgent", "it doesn't need to be urgent",
    "das ist nicht dringend", "nicht wirklich dringend", "es ist kein dringender Fall", "das blockiert uns nicht",
    "wir sind nicht mehr blockiert", "bin gar nicht genervt",
    "ce n'est pas urgent", "pas urgent du tout", "ce n'est plus urgent", "rien d'urgent", "nous ne sommes pas bloqués",
    "no es urgente", "no es nada urgente", "ya no estamos bloqueados", "nunca urgente",
]  # fmt: skip

MEANT = [
    ("this is urgent", "urgent"), ("URGENT!!!", "URGENT"), ("nothing works, urgent", "urgent"),
    ("no one can work", "no one can work"), ("I cannot work", "cannot work"), ("not only urgent", "urgent"),
    ("It couldn't be more urgent", "urgent"), ("No. Urgent!", "Urgent"),
    ("I have not heard from you this is urgent", "urgent"), ("still not fixed and urgent", "urgent"),
    ("ich kann nicht arbeiten", "kann nicht arbeiten"), ("Es ist dringend. Nicht vergessen!", "dringend"),
    ("nicht nur dringend", "dringend"), ("c'est inacceptable", "inacceptable"), ("Estoy BLOQUEADO", "BLOQUEADO"),
    ("nous sommes bloques", "bloques"), ("plus urgent que jamais", "urgent"),
]  # fmt: skip


@pytest.mark.parametrize("text", DENIED)
def test_a_denied_word_is_no_signal(text: str) -> None:
    assert find_signals(text, LISTS) == ()


@pytest.mark.parametrize(("text", "quote"), MEANT)
def test_a_word_that_is_meant_is_a_signal_with_its_place(text: str, quote: str) -> None:
    (signal,) = find_signals(text, LISTS)
    assert signal.quote == quote
    assert text[signal.span.start : signal.span.end] == quote


def test_shouting_by_itself_is_no_signal() -> None:
    assert find_signals("PLEASE LOOK AT MY MOUSE!!!!!!", LISTS) == ()


def test_a_word_is_found_whole_only() -> None:
    assert find_signals("the download shutdown", LISTS) == ()


def test_accents_decomposed_or_left_out_make_no_difference() -> None:
    assert [one.quote for one in find_signals("nous sommes bloque\u0301s", LISTS)] == ["bloque\u0301s"]


def test_zero_width_characters_do_not_hide_a_word() -> None:
    assert len(find_signals("ur\u200bgent", LISTS)) == 1


def test_only_the_lists_of_the_language_are_used_when_one_is_given() -> None:
    assert find_signals("genervt and blocked", LISTS, "de")[0].word == "genervt"
    assert len(find_signals("genervt and blocked", LISTS, "de")) == 1


def test_words_of_scripts_without_spaces_are_found_inside_a_run() -> None:
    lists = (WordList(language="zh", words=("紧急",)),)
    assert [one.quote for one in find_signals("这个问题很紧急请帮忙", lists)] == ["紧急"]
