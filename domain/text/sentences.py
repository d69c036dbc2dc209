"""Cutting text into sentences, with their places. Linear in the text's length, whatever it looks like."""

from __future__ import annotations

import re

from domain.assessment import Span

_STOP = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|[。！？]+[」』”]*")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_ITEM = re.compile(r"[^\S\n]*(?:[-*•–+>]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s")
_LIST_MARK = re.compile(r"\(?(?:\d{1,3}|[a-zA-Z])")
_LAST_WORD = re.compile(r"(\S+)$")


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ABBREVIATIONS = _listed(
    "e.g i.e etc mr mrs ms dr prof st vs approx dept est inc ltd corp tel ext fig no nr nos vol jan feb mar apr"
    " jun jul aug sep sept oct nov dec z.b bzw ca ggf usw evtl d.h u.a inkl exkl bsp str abt hr fr sog vgl"
    " p.ex env mme mlle m sr sra srta dpto pag num aprox ej"
)
_NUMBERED = _listed("no nr nos num fig vol pag tel ext")
_WRAPPED_AT = 55
"""A line at least this long that is followed by a lower-case one was broken by the mail client."""
_LONGEST_MARK = 12
_LONGEST = 600
"""A run of words without any stop is cut at the last space before this many characters."""


def split_sentences(text: str) -> tuple[Span, ...]:
    """The sentences of `text` in order: within bounds, not overlapping, holding every character that is not space."""
    sentences: list[Span] = []
    for start, end in _paragraphs(text):
        position = start
        for match in _STOP.finditer(text, start, end):
            if match.end() <= position or _goes_on(text, position, match.start(), match.end(), end):
                continue
            _add(sentences, text, position, match.end())
            position = match.end()
        _add(sentences, text, position, end)
    return tuple(sentences)


def sentence_texts(text: str) -> tuple[str, ...]:
    """The sentences of `text` as strings."""
    return tuple(text[one.start : one.end] for one in split_sentences(text))


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Stretches between line breaks that end something; lines wrapped by a mail client stay together."""
    found, start, position = [], 0, text.find("\n")
    line_start = 0
    while position != -1:
        if _breaks(text, line_start, position):
            found.append((start, position))
            start = position + 1
        line_start = position + 1
        position = text.find("\n", line_start)
    found.append((start, len(text)))
    return found


def _breaks(text: str, line_start: int, position: int) -> bool:
    if _BLANK_LINE.match(text, position) or _ITEM.match(text, position + 1):
        return True
    after = text[position + 1 : position + 2]
    return position - line_start < _WRAPPED_AT or not after.islower()


def _goes_on(text: str, start: int, stop: int, after: int, end: int) -> bool:
    """Whether the stop at `text[stop:after]` is part of an abbreviation, a number or a list mark."""
    mark = text[stop:after]
    following = text[after : min(end, after + 4)].lstrip()[:1]
    if mark.startswith(("..", "…")):
        return following.islower()
    if mark != ".":
        return False
    word = _word_before(text, start, stop)
    bare = word.lower().lstrip("([\"'")
    if not word:
        return False
    if stop - start <= _LONGEST_MARK and _LIST_MARK.fullmatch(text[start:stop].strip()):
        return True
    if bare in _NUMBERED:
        return following.isdigit()
    if bare in _ABBREVIATIONS:
        return True
    return len(bare) == 1 and bare.isalpha() and word.isupper() and following.isupper()


def _word_before(text: str, start: int, stop: int) -> str:
    match = _LAST_WORD.search(text[max(start, stop - 30) : stop])
    return match.group(1) if match else ""


def _add(sentences: list[Span], text: str, start: int, end: int) -> None:
    """Adds `text[start:end]` without the space around it, cut where it is too long to be one sentence."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > _LONGEST:
        cut = max(text.rfind(" ", start, start + _LONGEST), text.rfind("\n", start, start + _LONGEST))
        if cut <= start:
            break
        stop = cut
        while stop > start and text[stop - 1].isspace():
            stop -= 1
        sentences.append(Span(start=start, end=stop))
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        sentences.append(Span(start=start, end=end))
