"""Text that speaks to software instead of to people: flagged for those who read the ticket, never obeyed.

Decisions do not depend on it; a flag is for the reader. So the rules are narrow: they look for orders to an
assistant ("ignore all previous instructions", chat markup, "reveal your system prompt"), for text hidden from
people, and for the same inside base64. An ordinary request or question is never flagged, whoever asks it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from domain.assessment import Reason, Span
from domain.text.answering import ADDED, ANSWERING, SLIPPED_IN
from domain.text.fold import fold
from domain.text.sentences import split_sentences

_SOFTWARE = (
    r"(?:a\.?i\.?(?: (?:agent|assistant|system|model))?|llm|(?:large )?language model|chat ?bot|gpt\S{0,8}"
    r"|(?:ai|virtual|automated|triage|ticket|helpdesk) (?:assistant|agent|bot|classifier|summari[sz]er)"
    r"|ki(?:-(?:assistent\w*|system|modell))?|sprachmodell|ia|modele de langage|modelo de lenguaje)"
)
_EARLIER = r"(?:previous|prior|preceding|above|earlier|former|existing|system|initial|original|your|given)"
_ORDERS = r"(?:instructions?|prompts?|directives?|guidelines?|rules|programming|orders|context|constraints)"
_RULES = (
    (
        "override",
        rf"\b(?:ignore|disregard|forget|override|bypass|discard|do not follow|stop following)\s+(?:(?:all|any|every"
        rf"|everything|the|these|those|of|my|other)\s+){{0,3}}(?:{_EARLIER}\s+(?:and\s+)?){{1,3}}{_ORDERS}\b",
    ),
    ("override", rf"\b(?:ignore|disregard|forget)\s+(?:all|any)\s+{_ORDERS}\b"),
    (
        "override",
        r"\b(?:ignore|disregard|forget)\s+(?:everything|anything|all(?: that)?)\s+(?:above|before|you"
        r" were told)\b",
    ),
    (
        "override",
        r"\b(?:ignorieren?|vergessen?|missachten?|ignoriere|vergiss|missachte)\s+(?:sie\s+)?(?:alle\s+|"
        r"die\s+|deine\s+|ihre\s+){0,2}"
        r"(?:vorherigen|bisherigen|vorigen|obigen|fruheren|deine|ihre)\s+(?:anweisungen|instruktionen|"
        r"regeln|vorgaben)\b",
    ),
    (
        "override",
        r"\b(?:ignorez|ignore|oublie[zr]?|ne tiens pas compte de)\s+(?:toutes?\s+)?(?:les|vos|"
        r"tes)\s+(?:instructions|consignes|regles)"
        r"(?:\s+(?:precedentes|anterieures|ci-dessus)|\s+du systeme)",
    ),
    (
        "override",
        r"\b(?:ignora|ignore|olvida|olvide|descarta)\s+(?:todas?\s+)?(?:las|tus|sus)\s+(?:instrucciones|"
        r"reglas|indicaciones)"
        r"(?:\s+(?:anteriores|previas|de arriba)|\s+del sistema)",
    ),
    ("override", r"忽略.{0,8}(?:之前|以上|先前|前面).{0,6}(?:指令|指示|提示|说明)"),
    (
        "override",
        r"\b(?:new|updated|real|actual) (?:system )?(?:instructions?|prompt)(?: for (?:you|the)[\w ]{0,30})?\s*:",
    ),
    ("role", rf"\byou are (?:now )?(?:an? |the )?(?:\w+ ){{0,2}}{_SOFTWARE}\b"),
    (
        "role",
        r"\byou are now (?:in )?(?:an? )?(?:dan\b|developer mode|god mode|jailbr\w+|unrestricted|"
        r"unfiltered|free from|no longer bound)",
    ),
    (
        "role",
        rf"\b(?:act|behave|respond|pretend|roleplay) (?:as|like|to be|you are) (?:an? |the |if you (?:are|"
        rf"were) (?:an? )?)?(?:unrestricted |evil |different )?(?:{_SOFTWARE}|dan)\b",
    ),
    ("addressed", rf"\b(?:as|being) an? (?:helpful )?{_SOFTWARE},? (?:you|your|please|ignore|do)\b"),
    (
        "addressed",
        rf"(?:^|[\n.!?<\[(])\s*(?:dear|hey|hello|hi|attention|note (?:to|for)"
        rf"|message (?:to|for)|instructions? (?:to|for)|to) (?:the |any |all |our |your )?{_SOFTWARE}\b",
    ),
    ("addressed", rf"\bif you are an? (?:\w+ )?{_SOFTWARE}\b"),
    ("markup", r"<\|?\s*/?(?:im_start|im_end|endoftext|system|assistant)\s*\|>|\[/?inst\]|<</?sys>>"),
    (
        "markup",
        r"(?:^|\n)\s*(?:#{2,}\s*|\[|<|\*\*)?(?:system|developer|assistant)(?: (?:prompt|message|override|note))?(?:\]|"
        r">|\*\*)?\s*:\s*(?:you (?:are|must|should|will|have)\b|ignore\b|disregard\b|override\b|from now"
        r" on\b|new (?:instructions?|rules?)\b)",
    ),
    (
        "markup",
        r"(?:begin|end|start of|end of) (?:system|hidden|new) (?:prompt|instructions?)\b|"
        r"</(?:instructions?|system|prompt|user_?(?:input|message)|ticket)>",
    ),
    (
        "disclosure",
        r"\b(?:reveal|print|show|repeat|output|leak|display|disclose|tell|give|send|copy|"
        r"write)\b[^.\n]{0,30}\b(?:system prompt|your (?:(?:initial|hidden|original|full|secret|internal|"
        r"system) ){1,2}(?:prompt|instructions?|rules|guidelines))\b",
    ),
    (
        "disclosure",
        r"\b(?:reveal|repeat|output|leak|disclose)\s+(?:all (?:of )?)?your (?:prompt|instructions)\b",
    ),
    (
        "bypass",
        r"\b(?:approve|grant|execute|run|transfer|delete|auto-?approve)\b[^.\n]{0,80}\bwithout (?:any |"
        r"further |human |asking for )?(?:human |manual )?(?:approval|review|oversight|confirmation from"
        r" a human)\b",
    ),
    (
        "output",
        r"\b(?:respond|reply|answer|output|speak)\s+(?:only|exclusively|exactly|always)?\s*(?:in|with|"
        r"using)\s+(?:(?:only|nothing but)\s+)?(?:emojis?|base ?64|rot13|morse|leet ?speak|pirate|json"
        r" only|the (?:word|phrase|text) [\"'])",
    ),
    (
        "output",
        r"\bfrom now on,? (?:you (?:will|must|shall|are to)|always|only|every (?:response|reply|"
        r"answer))\b[^.\n]{0,60}\b(?:respond|reply|answer|output|response|say|end with|include)\b",
    ),
)
_COMPILED = tuple((code, re.compile(pattern)) for code, pattern in (*_RULES, *ANSWERING))
_CODE_TEXT = {
    "override": "reads like an order to software to set its instructions aside",
    "role": "gives software a new role",
    "addressed": "is addressed to software",
    "markup": "imitates the markup of a chat model",
    "disclosure": "asks software for its instructions",
    "bypass": "asks for an action without the approval it needs",
    "output": "tells software how to answer",
    "hidden": "hides characters from the reader",
    "encoded": "hides an order to software in an encoded block",
}

_TAGS = re.compile("[\U000e0000-\U000e007f]{2,}")
_FLAG = "\U0001f3f4"
_SPLITTING = re.compile("[A-Za-z][\u200b\u200c\u200d\u2060\ufeff]+(?=[A-Za-z])")
_REVERSAL = re.compile("[\u202d\u202e\u2066\u2067]")
_LEAST_SPLITS = 3
_BLOB = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{32,20000}={0,2}")
_MOST_BLOBS = 20


@dataclass(frozen=True)
class Suspicion:
    """A stretch of text that speaks to software."""

    code: str
    span: Span
    quote: str

    @property
    def text(self) -> str:
        """What a person is told about it."""
        return f"The text {_CODE_TEXT[self.code]}; it was read as data only."


def find_injections(text: str) -> tuple[Suspicion, ...]:
    """Stretches that speak to software rather than to people, in order, one for each place."""
    found = [*_orders(text), *_slipped_in(text), *_hidden(text), *_encoded(text)]
    found.sort(key=lambda one: (one.span.start, -one.span.end, one.code))
    kept: list[Suspicion] = []
    for one in found:
        if not kept or one.span.start >= kept[-1].span.end:
            kept.append(one)
    return tuple(kept)


@lru_cache(maxsize=1024)
def without_orders(text: str) -> str:
    """The text without the sentences that speak to software: what may be told on."""
    found = find_injections(text)
    if not found:
        return text
    kept = [
        text[one.start : one.end]
        for one in split_sentences(text)
        if not any(order.span.start < one.end and one.start < order.span.end for order in found)
    ]
    return "\n".join(kept)


def injection_reasons(event_id: str | None, text: str, *, in_body: bool = True) -> tuple[Reason, ...]:
    """The suspicions as reasons without points. Spans are left out when `text` is not the event's body."""
    return tuple(
        Reason(
            code=f"injection:{one.code}", points=0, text=one.text, event_id=event_id,
            span=one.span if in_body else None, quote=one.quote[:200],
        )
        for one in find_injections(text)
    )  # fmt: skip


def _orders(text: str) -> Iterator[Suspicion]:
    folded = fold(text)
    for code, pattern in _COMPILED:
        for match in pattern.finditer(folded.text):
            start = _past_what_ends_before(match) if code == "output" else match.start()
            span = folded.span(start, match.end())
            yield Suspicion(code, span, text[span.start : span.end].strip())


def _past_what_ends_before(match: re.Match[str]) -> int:
    """Where an order begins: the mark that ends the sentence before it belongs to that one."""
    return match.start() + len(match.group()) - len(match.group().lstrip(" \t\n.!?:;|-"))


def _slipped_in(text: str) -> Iterator[Suspicion]:
    folded = fold(text)
    for match in ADDED.finditer(folded.text):
        if SLIPPED_IN.search(folded.text, match.start(), match.end()):
            span = folded.span(_past_what_ends_before(match), match.end())
            yield Suspicion("output", span, text[span.start : span.end].strip())


def _hidden(text: str) -> Iterator[Suspicion]:
    if text.isascii():
        return
    for match in _TAGS.finditer(text):
        if text[max(0, match.start() - 1) : match.start()] != _FLAG:
            yield _suspicion("hidden", text, match.start(), match.end())
    splits = list(_SPLITTING.finditer(text))
    if len(splits) >= _LEAST_SPLITS:
        yield _suspicion("hidden", text, splits[0].start(), splits[-1].end())
    for match in _REVERSAL.finditer(text):
        yield _suspicion("hidden", text, match.start(), match.end())


def _encoded(text: str) -> Iterator[Suspicion]:
    for number, match in enumerate(_BLOB.finditer(text)):
        if number >= _MOST_BLOBS:
            return
        decoded = _decode(match.group())
        if decoded and next(_orders(decoded), None):
            yield _suspicion("encoded", text, match.start(), match.end())


def _decode(blob: str) -> str:
    try:
        raw = base64.b64decode(blob + "=" * (-len(blob) % 4), validate=True)
        return raw.decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _suspicion(code: str, text: str, start: int, end: int) -> Suspicion:
    return Suspicion(code, Span(start=start, end=end), text[start:end])
