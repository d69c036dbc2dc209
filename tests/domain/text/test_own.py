from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.text.own import own_spans, own_text

QUOTED = [
    "It still fails.\n\nOn Mon, 12 Oct 2026 at 09:00, Bob <bob@example.com> wrote:\n> this is unacceptable\n> really",
    "It still fails.\n\nAm 12.10.2026 um 09:00 schrieb Bob <bob@example.com>:\n> unacceptable",
    "It still fails.\n\nLe lun. 12 oct. 2026 à 09:00, Bob <bob@example.com> a écrit :\n> unacceptable",
    "It still fails.\n\nEl lun, 12 oct 2026 a las 9:00, Bob (<bob@example.com>) escribió:\n> unacceptable",
    "It still fails.\n\nFrom: Bob\nSent: Monday\nTo: Ann\nSubject: unacceptable\n\nThis is unacceptable!",
    "It still fails.\n\nVon: Bob\nGesendet: Montag\nAn: Ann\nBetreff: Ärger\n\nDas ist unacceptable!",
    "It still fails.\n\nDe : Bob\nEnvoyé : lundi\nÀ : Ann\nObjet : unacceptable\n\nC'est unacceptable!",
    "It still fails.\n\nDe: Bob\nEnviado el: lunes\nPara: Ann\nAsunto: unacceptable\n\nEs unacceptable!",
    "It still fails.\n\n---------- Forwarded message ---------\nFrom: Bob\nunacceptable",
    "It still fails.\n\n-----Ursprüngliche Nachricht-----\nunacceptable",
    "It still fails.\n\nBegin forwarded message:\n\nunacceptable",
    "It still fails.\n-- \nBob, never unacceptable Ltd",
    "It still fails.\n\nBest regards,\nBob\nUnacceptable Inc.",
    "It still fails.\n\nMit freundlichen Grüßen\nBob\nUnacceptable GmbH",
    "It still fails.\n\nCordialement,\nBob\nUnacceptable SARL",
    "It still fails.\n\nUn saludo,\nBob\nUnacceptable SA",
    "It still fails.\nSent from my iPhone unacceptable",
    "It still fails.\n\nThis e-mail is confidential and intended solely for the addressee. Copying is unacceptable; "
    "if you are not the recipient, delete this message.",
    "It still fails. From: Bob Sent: Monday 12 October To: Ann Subject: unacceptable This is unacceptable",
    "It still fails. On Mon, 12 Oct 2026 at 09:00 Bob wrote: unacceptable",
]


@pytest.mark.parametrize("body", QUOTED)
def test_only_what_the_writer_wrote_is_theirs(body: str) -> None:
    assert own_text(body).strip() == "It still fails."


def test_answers_between_quoted_lines_are_the_writers_own() -> None:
    body = "On Mon, 12 Oct 2026, Bob wrote:\n> Is it fixed?\nNo, it is not.\n> Which error?\nError 809."
    assert own_text(body).split("\n") == ["No, it is not.", "Error 809."]


def test_a_postscript_after_the_signature_is_the_writers_own() -> None:
    body = "It fails.\n\nBest regards,\nBob Miller\n\nPS: the whole team is blocked"
    assert "whole team is blocked" in own_text(body)
    assert "Miller" not in own_text(body)


def test_a_sentence_after_thanks_is_the_writers_own() -> None:
    body = "It fails.\nThanks\nPlease also look at the second monitor because it flickers all day long."
    assert "second monitor" in own_text(body)


def test_a_mail_that_only_forwards_holds_nothing_of_its_own() -> None:
    body = "From: Bob\nSent: Monday\nTo: Ann\nSubject: angry\n\nI am angry"
    assert own_spans(body) == ()


def test_a_word_that_merely_looks_like_a_header_does_not_start_a_quotation() -> None:
    body = "From: Hamburg I cannot reach the share.\nIt worked yesterday."
    assert own_text(body) == body


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("ab >\n-:.äßFromSentToSubjectOnwrote "), max_size=300))
def test_spans_are_in_order_within_bounds_and_never_blank(body: str) -> None:
    position = 0
    for span in own_spans(body):
        assert position <= span.start < span.end <= len(body)
        assert body[span.start : span.end].strip()
        position = span.end


def test_a_long_mail_full_of_header_words_is_read_quickly() -> None:
    body = "from: sent: to: " * 7000
    assert own_spans(body)
