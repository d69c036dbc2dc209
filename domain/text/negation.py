"""Whether a word is denied where it stands: "not urgent", "isn't down", "nicht dringend", "n'est pas urgent".

A denial reaches a word only through light words (articles, forms of "to be", adverbs of degree), never across
punctuation. So "not urgent" and "not an urgent matter" deny, while "nothing works, urgent", "no one can work"
and "I have not heard from anybody this is urgent" do not. Linear: a bounded look to either side of the word.
"""

from __future__ import annotations

import re

_REACH = 70
"""Characters before a word within which a denial can reach it."""
_MOST_LIGHT_WORDS = 6

_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?|[^\w\s'\"*_()-]|\n\s*\n")


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DENIALS = _listed(
    "not never no nothing none without neither nor cannot hardly"
    " nicht kein keine keinen keiner keinem keines nie niemals ohne nichts weder"
    " pas jamais aucun aucune sans rien ne ni"
    " nunca jamas sin ningun ninguna tampoco nada"
)
_SHORT_DENIALS = _listed("isnt arent wasnt werent dont doesnt didnt wont wouldnt")
_LIGHT = _listed(
    # English
    "a an the that this it its is be been being am are was were so very really too all at as any even yet"
    " particularly exactly currently quite terribly overly super extremely longer anymore considered causing"
    " feeling getting need needs to of in actually right now by means say call done meant here there"
    # German
    " mehr so sehr wirklich besonders ganz gar unbedingt zu es ist sind war das der die den dem ein eine einen"
    " einer als ueber allzu derzeit momentan uns mich bin seid waren"
    # French
    " sommes suis sont plus si tres vraiment trop du de d un une est etait cela ca c en particulierement tellement"
    # Spanish
    " muy tan es esta estamos estoy estan somos era son hay algo nada mas ya del el la lo un una ser estar"
    " urgente hace falta"
)
_EXCEPTIONS = frozenset(("not only", "not just", "nicht nur", "nicht bloss", "pas seulement", "pas que", "no solo"))
_INTENSIFIED = re.compile(
    r"(?:n't|n?ot|nicht|pas|no)\s+(?:be|get|have been|is|es|etre|ser)\s+(?:any\s+)?(?:more|mas|plus)\s*$"
)
_AFTER = re.compile(
    r"(?:\s+(?:uns|mich|es|das|mir|ihn|sie)){0,2}\s+(?:gar\s+|uberhaupt\s+)?nicht(?:\s+mehr)?\s*(?:[.,;:!?)\n]|$|und\b|aber\b|oder\b)"
)
_AFTER_NO = re.compile(r"\s*[?:]\s*(?:no|nope|nein|non)\b")


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether the word at `text[start:end]` (folded text) is denied by the words around it."""
    if _AFTER.match(text, end, end + _REACH) or _AFTER_NO.match(text, end, end + 12):
        return True
    window_from = max(0, start - _REACH)
    before = text[window_from:start]
    if window_from and text[window_from - 1].isalnum():
        before = before.partition(" ")[2]
    if _INTENSIFIED.search(before):
        return False
    tokens = _TOKEN.findall(before)
    return _reaches(tokens)


def carries_denial(phrase: str) -> bool:
    """Whether a (folded) phrase denies something itself, as "cannot work" or "not good enough" do."""
    return any(_denies(token) or token.startswith("cannot") for token in _TOKEN.findall(phrase))


def _reaches(tokens: list[str]) -> bool:
    """Walks back from the word over light words until a denial or something that stops it."""
    for distance, token in enumerate(reversed(tokens)):
        position = len(tokens) - 1 - distance
        if _denies(token):
            after = tokens[position + 1] if position + 1 < len(tokens) else ""
            return f"{token} {after}" not in _EXCEPTIONS
        if distance >= _MOST_LIGHT_WORDS or not _is_light(token):
            return False
    return False


def _denies(token: str) -> bool:
    return token in _DENIALS or token in _SHORT_DENIALS or token.endswith("n't") or token.startswith("n'")


def _is_light(token: str) -> bool:
    return token in _LIGHT or (len(token) <= 2 and token.endswith("'")) or token.startswith(("d'", "l'", "qu'"))
