"""The sentences a writer meant to say, as stretches of the body: own words, without greeting and farewell."""

from __future__ import annotations

import re
from functools import lru_cache

from domain.assessment import Span
from domain.text.own import own_spans
from domain.text.sentences import split_sentences

_ANY = re.compile(r"\w")
_GREETING = re.compile(
    r"^[\s,.;:!-]*(?:(?:good (?:morning|afternoon|evening|day)|dear|dears|hi|hello|hey|greetings|salam|hallo"
    r"|guten (?:tag|morgen)|moin|liebe[rs]?|sehr geehrte[rs]?|bonjour|bonsoir|hola|buenos dias|buenas tardes)\b)",
    re.IGNORECASE,
)
_ADDRESSEE = re.compile(
    r"^[\s,.;:!-]*(?:(?:all|team|sirs?|madams?|mr|mrs|ms|dr|colleagues?|everyone|everybody|there|support|friends?"
    r"|gentlemen|ladies|and|again|zusammen|herr|frau|damen|herren|und|tous|toutes|equipe|a)\b|&)",
    re.IGNORECASE,
)
_NAMED = re.compile(r"[^\W\d_]*_\w+|[\[<{]\w+[\]>}]|@[\w.]+")
"""A masked name, as anonymised helpdesks write it, or a mention."""
_CAPITAL = re.compile(r"[A-ZÀ-Þ][\w'’.-]*")
_FAREWELL = re.compile(
    r"(?:^|(?<=[\s.,;!?]))(?:(?:with|many|best|kind|kindest|warm|thanks|thank you|and|&)[\s,]+)*"
    r"(?:regards|rgds|sincerely|cheers|br|mfg|gruß|gruss|(?:viele|liebe|beste) grüße"
    r"|mit freundlichen grüßen|cordialement|saludos)\b",
    re.IGNORECASE,
)
_SIGNATURE_WORDS = frozenset({"team", "helpdesk", "help", "desk", "support", "service", "it", "and", "the"})
_WORD = re.compile(r"\S+")


READ = 20_000
"""Characters of one message that are read; what follows is a log or a dump."""
LONGEST = 800


@lru_cache(maxsize=512)
def sentence_spans(body: str) -> tuple[Span, ...]:
    """The writer's own sentences, in order, without greeting and farewell. Quotes and signatures are left out.

    The first `READ` characters count; a stretch without a space is cut at `LONGEST`.
    """
    body = body[:READ]
    found: list[Span] = []
    for part in own_spans(body):
        for sentence in split_sentences(body[part.start : part.end]):
            start, end = part.start + sentence.start, part.start + sentence.end
            span = _trimmed(body, start, min(end, start + LONGEST))
            if span is not None:
                found.append(span)
    return tuple(found)


def _trimmed(body: str, start: int, end: int) -> Span | None:
    """The stretch without greeting, farewell and outer spaces; nothing when no word is left."""
    start = _after_greeting(body, start, end)
    end = _before_farewell(body, start, end)
    while start < end and (body[start].isspace() or body[start] in ",;:"):
        start += 1
    while end > start and (body[end - 1].isspace() or body[end - 1] in ",;"):
        end -= 1
    return Span(start=start, end=end) if _ANY.search(body, start, end) else None


def _after_greeting(body: str, start: int, end: int) -> int:
    text = body[start:end]
    greeting = _GREETING.match(text)
    if greeting is None:
        return start
    at = greeting.end()
    comma = re.match(r"[^,.!?]{0,40}?,", text[at:])
    if comma is not None and len(comma.group().split()) <= 4:
        return start + at + comma.end()
    while True:
        spaces = len(text[at:]) - len(text[at:].lstrip(" ,"))
        rest = text[at + spaces :]
        match = _ADDRESSEE.match(rest) or _NAMED.match(rest) or (_CAPITAL.match(rest) if _mixed(text) else None)
        if match is None:
            return start + at
        at += spaces + match.end()


def _mixed(text: str) -> bool:
    """Whether capitals tell names from words here: a greeting written in lower case but not the rest, or a name."""
    return text != text.lower() and text != text.upper()


def _before_farewell(body: str, start: int, end: int) -> int:
    for match in _FAREWELL.finditer(body, start, end):
        rest = _WORD.findall(body[match.end() : end])
        if len(rest) <= 8 and all(_names_somebody(word) for word in rest):
            return match.start()
    return end


def _names_somebody(word: str) -> bool:
    bare = word.strip(".,;:!?()-–|")
    if not bare or bare.lower() in _SIGNATURE_WORDS or _FAREWELL.match(bare):
        return True
    return bool(_NAMED.fullmatch(bare) or _CAPITAL.fullmatch(bare))
