"""Whose words are they: what of a mail its writer wrote, without replies quoted, mails forwarded and signatures.

Line by line and linear in the length of the text; written for English, German, French and Spanish mail clients.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from domain.assessment import Span
from domain.text.fold import fold

_ATTRIBUTION = re.compile(
    r"^\s*(?:on\b.{4,250}\bwrote|am\b.{4,250}\bschrieb\b.{0,120}|le\b.{4,250}\ba ecrit"
    r"|el\b.{4,250}\bescribio|.{2,120}\bschrieb am\b.{4,120})\s*:\s*$"
)
_INLINE_ATTRIBUTION = re.compile(
    r"\b(?:on (?:mon|tue|wed|thu|fri|sat|sun|\d{1,4}[-/. ]).{4,160}? wrote"
    r"|am (?:mo|di|mi|do|fr|sa|so|\d{1,2}\.).{4,160}? schrieb .{0,80}?"
    r"|le (?:lun|mar|mer|jeu|ven|sam|dim|\d{1,2}[ /]).{4,160}? a ecrit"
    r"|el (?:lun|mar|mie|jue|vie|sab|dom|\d{1,2}[ /]).{4,160}? escribio) ?:"
)
_FROM = r"(?:from|von|de|expediteur|remitente)"
_SENT = r"(?:sent|date|gesendet|datum|envoye|enviado(?: el)?|fecha)"
_TO = r"(?:to|an|a|para|destinataire|cc)"
_SUBJECT = r"(?:subject|betreff|objet|asunto)"
_HEADER_FIRST = re.compile(rf"^[\s*>]*{_FROM}\s*:\**\s*\S")
_HEADER_OTHER = re.compile(rf"^[\s*>]*(?:{_SENT}|{_TO}|{_SUBJECT})\s*:\**")
_INLINE_FROM = re.compile(rf"\b{_FROM} ?: ")
_INLINE_SENT = re.compile(rf"\b{_SENT} ?: ")
_INLINE_SUBJECT = re.compile(rf"\b{_SUBJECT} ?:")
_PASSED_ON = re.compile(
    r"^[\s*_=-]*(?:begin forwarded message|(?:original|forwarded) message|ursprungliche nachricht"
    r"|(?:anfang der )?weitergeleitete[nr]? (?:nachricht|e-?mail)|message (?:d'origine|transfere)"
    r"|debut du message (?:reexpedie|transfere)|mensaje (?:original|reenviado)"
    r"|inicio del mensaje reenviado)\s*:?[\s*_=-]*$"
)
_DEVICE = re.compile(
    r"^\s*(?:sent (?:from|with|via) (?:my |outlook|mail|proton|yahoo)|get outlook for"
    r"|(?:von meinem .{2,40} gesendet|gesendet von (?:meinem|mail|outlook))"
    r"|envoye (?:de mon|depuis mon|a partir de)|enviado desde (?:mi|el)|telecharger outlook|outlook fur )"
)
_CLOSING = re.compile(
    r"^\s*(?:(?:with )?(?:best|kind|kindest|warm|many)?\s*(?:regards|wishes|greetings)|best|cheers"
    r"|(?:many )?thanks(?: and (?:best |kind )?regards| in advance)?|thank you|thx|sincerely|yours \w+"
    r"|mit (?:freundlichen?|besten|lieben) (?:grussen|gruß|gruss)|(?:viele|beste|liebe|freundliche|schone) grusse"
    r"|(?:besten |vielen )?dank(?: und (?:viele )?grusse)?|mfg|vg|lg|gruss"
    r"|(?:bien )?cordialement|salutations(?: distinguees)?|bien a vous|merci(?: d'avance)?"
    r"|(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|gracias(?: de antemano)?)\s*[,.!]*\s*$"
)
_POSTSCRIPT = re.compile(r"^\s*p\.?\s?s\b")
_NOTICE = re.compile(
    r"confidential|vertraulich|confidentiel|confidencial|privileged|intended (?:solely|only)|ausschlie"
)
_NOTICE_READER = re.compile(
    r"(?:e-?mail|message|nachricht|mensaje|courriel|correo).{0,400}(?:recipient|addressee|empfanger"
    r"|adressat|destinataire|destinatario|delete|loschen|vernichten|supprimer|eliminar)",
    re.DOTALL,
)
_CONTACT = re.compile(r"@|www\.|https?:|\d[\d /().+-]{5,}|\|")
_SIGNATURE_LINES = 10
_SENTENCE_WORDS = 8
_LONG_LINE = 400


@dataclass(frozen=True)
class _Line:
    start: int
    end: int
    folded: str
    at: Sequence[int]

    @property
    def blank(self) -> bool:
        return not self.folded.strip()


@lru_cache(maxsize=512)
def own_spans(body: str) -> tuple[Span, ...]:
    """The stretches of `body` that its writer wrote, in order; empty when all of it is somebody else's."""
    lines = _lines(body)
    quoted_from = _quote_start(lines)
    end = lines[quoted_from].start if quoted_from < len(lines) else len(body)
    cut = _inline_quote(lines[:quoted_from])
    kept = _without_signature([line for line in lines[:quoted_from] if cut is None or line.start < cut])
    spans: list[Span] = []
    for line in kept:
        stop = min(line.end, end, cut if cut is not None else end)
        if line.blank or line.folded.lstrip().startswith(">") or line.start >= stop:
            continue
        if spans and not body[spans[-1].end : line.start].strip():
            spans[-1] = Span(start=spans[-1].start, end=stop)
        else:
            spans.append(Span(start=line.start, end=stop))
    return tuple(spans)


def own_text(body: str) -> str:
    """The writer's own words as one text."""
    return "\n".join(body[one.start : one.end] for one in own_spans(body))


def _lines(body: str) -> list[_Line]:
    lines, position = [], 0
    for raw in body.splitlines(keepends=True):
        text = raw.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        folded = fold(text)
        lines.append(_Line(position, position + len(text), folded.text, folded.at))
        position += len(raw)
    return lines


def _quote_start(lines: list[_Line]) -> int:
    """The index of the first line from which on everything is quoted."""
    for index, line in enumerate(lines):
        text = line.folded
        if _PASSED_ON.match(text):
            return index
        if _HEADER_FIRST.match(text) and _headers_follow(lines, index):
            return _with_rule_above(lines, index)
        if _attributes(lines, index) and not _replies_inline(lines, index):
            return index
    return len(lines)


def _headers_follow(lines: list[_Line], index: int) -> bool:
    following = [line.folded for line in lines[index + 1 : index + 7] if not line.blank]
    return sum(1 for text in following[:4] if _HEADER_OTHER.match(text)) >= 2


def _with_rule_above(lines: list[_Line], index: int) -> int:
    above = lines[index - 1].folded.strip() if index else ""
    return index - 1 if above and not above.strip("_-=* ") else index


def _attributes(lines: list[_Line], index: int) -> bool:
    first = lines[index].folded
    if len(first) > _LONG_LINE:
        return False
    return any(
        _ATTRIBUTION.match(" ".join(line.folded.strip(" >") for line in lines[index : index + count]))
        for count in (1, 2, 3)
        if count == 1 or first.lstrip().startswith(("on ", "am ", "le ", "el "))
    )


def _replies_inline(lines: list[_Line], index: int) -> bool:
    """Whether what follows is quoted with '>', so that the lines without it are the writer's."""
    following = [line.folded for line in lines[index + 1 : index + 5] if not line.blank]
    return any(text.lstrip().startswith(">") for text in following[:3])


def _inline_quote(lines: list[_Line]) -> int | None:
    """Where a mail without line breaks starts to quote another one."""
    for line in lines:
        text = line.folded
        if text.lstrip().startswith(">"):
            continue
        wrote = _INLINE_ATTRIBUTION.search(text)
        if wrote and not text[wrote.end() :].strip():
            wrote = None
        starts = [start for start in (wrote.start() if wrote else None, _inline_header(text)) if start is not None]
        if starts:
            return line.start + line.at[min(starts)]
    return None


def _inline_header(text: str) -> int | None:
    for first in _INLINE_FROM.finditer(text):
        sent = _INLINE_SENT.search(text, first.end(), first.end() + 200)
        if sent and _INLINE_SUBJECT.search(text, sent.end(), sent.end() + 500):
            return first.start()
    return None


def _without_signature(lines: list[_Line]) -> list[_Line]:
    kept: list[_Line] = []
    index = 0
    while index < len(lines):
        text = lines[index].folded
        if text.rstrip() in ("--", "- --", "__") or _DEVICE.match(text) or _is_notice(lines, index):
            index = _after_rest(lines, index)
        elif _CLOSING.match(text) and index:
            index = _after_signature(lines, index + 1)
        else:
            kept.append(lines[index])
            index += 1
    return [line for line in kept if not _ATTRIBUTION.match(line.folded[:_LONG_LINE])]


def _after_rest(lines: list[_Line], index: int) -> int:
    """A signature mark covers everything up to a postscript or the end."""
    return next((at for at in range(index + 1, len(lines)) if _POSTSCRIPT.match(lines[at].folded)), len(lines))


def _after_signature(lines: list[_Line], index: int) -> int:
    """Names, titles and numbers belong to the closing; a sentence or a postscript is the writer speaking again."""
    for at in range(index, min(len(lines), index + _SIGNATURE_LINES)):
        text = lines[at].folded
        if _is_notice(lines, at):
            return _after_rest(lines, at)
        if _POSTSCRIPT.match(text) or _speaks(text):
            return at
    return min(len(lines), index + _SIGNATURE_LINES)


def _speaks(text: str) -> bool:
    if _CONTACT.search(text):
        return False
    return len(text.split()) >= _SENTENCE_WORDS or text.rstrip().endswith(("!", "?"))


def _is_notice(lines: list[_Line], index: int) -> bool:
    text = lines[index].folded
    if len(text) > 4 * _LONG_LINE or not _NOTICE.search(text):
        return False
    paragraph = " ".join(line.folded for line in lines[index : index + 4])
    return bool(_NOTICE_READER.search(paragraph)) and len(text.split()) >= 4
