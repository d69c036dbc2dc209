from __future__ import annotations

import pytest

from domain.text.language import guess_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I cannot log in to the portal and my manager is waiting for the report", "en"),
        ("Ich kann mich nicht am Portal anmelden und mein Chef wartet auf den Bericht", "de"),
        ("Je ne peux pas me connecter au portail et mon chef attend le rapport", "fr"),
        ("No puedo entrar en el portal y mi jefe está esperando el informe", "es"),
        ("プリンターが動きません。助けてください", "ja"),
        ("打印机不能工作，请帮忙", "zh"),
        ("الطابعة لا تعمل", "ar"),
        ("VPN 809", None),
        ("", None),
        ("ORA-00060 deadlock 10.2.3.4", None),
    ],
)
def test_the_language_is_told_or_left_open(text: str, language: str | None) -> None:
    assert guess_language(text) == language
