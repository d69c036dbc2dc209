"""Which language a text is in, told by its commonest words or its script. None when that is not clear.

English, German, French and Spanish by function words (the short words that make up about half of running text
and are rarely borrowed); Japanese, Chinese, Korean and Arabic by Unicode block.
"""

from __future__ import annotations

import re
from collections import Counter

from domain.text.fold import fold

_FUNCTION_WORDS = {
    "en": "the and is are was were to of it that this i you we my our your with for not have has had do does did"
    " can cannot will would when what from on at be been please there they he she but if since any after get an",
    "de": "der die das und ist sind war ich wir sie nicht ein eine einen einem einer mit auf fur von zu den dem"
    " des im am es bei wenn kann konnen hat haben habe wird werden noch auch aber bitte mein meine unser mir uns"
    " seit nach oder wie sich",
    "fr": "le la les des du une est sont etait je nous vous il elle ne pas et ou pour dans sur avec que qui mon"
    " ma mes notre votre ce cette ces plus depuis bonjour merci s'il au aux mais par ai avons avez peux",
    "es": "el los las una unos es son esta estan yo nosotros usted y o para por con que en del al mi mis nuestro"
    " su se lo le pero como desde hola gracias favor hay puedo podemos tengo tenemos he ha muy cuando ya",
}
_WORDS = {language: frozenset(words.split()) for language, words in _FUNCTION_WORDS.items()}
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_LOOK_AT = 4000
_LEAST_WORDS = 2
_LEAD = 1.5
"""The best language must have this many times the function words of the second best."""


def guess_language(text: str) -> str | None:
    """An ISO 639-1 code out of en, de, fr, es, ja, zh, ko, ar; none when unsure. Reads 4,000 characters."""
    head = text[:_LOOK_AT]
    by_script = _script_language(head)
    if by_script:
        return by_script
    tokens = _TOKEN.findall(fold(head).text)
    counts = Counter({language: sum(1 for one in tokens if one in words) for language, words in _WORDS.items()})
    (best, most), (_, second) = counts.most_common(2)
    if most < _LEAST_WORDS or most < _LEAD * second or most < 0.08 * len(tokens):
        return None
    return best


def _script_language(text: str) -> str | None:
    letters = kana = han = hangul = arabic = 0
    for char in text:
        if not char.isalpha():
            continue
        letters += 1
        code = ord(char)
        kana += 0x3040 <= code <= 0x30FF
        han += 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF
        hangul += 0xAC00 <= code <= 0xD7AF
        arabic += 0x0600 <= code <= 0x06FF or 0x0750 <= code <= 0x077F
    if letters and (kana + han + hangul + arabic) * 2 > letters:
        if kana * 10 > kana + han:
            return "ja"
        return max((("zh", han), ("ko", hangul), ("ar", arabic)), key=lambda pair: pair[1])[0]
    return None
