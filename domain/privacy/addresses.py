"""E-mail addresses, telephone numbers and addresses of machines. Every function is linear in the text's length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address

from domain.privacy.kinds import Found, Kind

_AT = re.compile(r"@|%40")
_NOT_LOCAL = frozenset(" \t\r\n\f\v\u00a0@<>()[]{},;:\"'|\\/=?&#*`")
_SPACED = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64} {0,2}(?:\[ ?at ?\]|\( ?at ?\)|\{ ?at ?\}|<at>) {0,2}"
    r"[\w-]{1,63}(?: {0,2}(?:\.|\[ ?dot ?\]|\( ?dot ?\)|\{ ?dot ?\}) {0,2}[\w-]{1,63}){1,6}",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"(?<![\w.+-])[\w+-]{1,64}(?:(?:\.| dot )[\w+-]{1,64}){0,4} at "
    r"[\w-]{1,63}(?:(?:\.| dot )[\w-]{1,63}){0,4} dot [a-z]{2,12}\b",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64} ?@ ?[\w-]{1,63}(?: ?\. ?[\w-]{1,63}){0,4} ?\. ?"
    r"(?:com|net|org|edu|gov|info|biz|io|co|de|uk|fr|es|it|nl|at|ch|eu|us|pl|se|example)\b",
    re.IGNORECASE,
)
_FULL_NAME = re.compile(r"[^\W\d_]{2,64}[._][^\W\d_]{2,64}")
"""'first.last': then a domain without a dot will do, as in an address that was cut off."""
_SHORTEST_HOST = 3
_QUOTED_LOCAL = re.compile(r'"[^"@\n]{1,64}"@')

_PHONE = re.compile(r"(?<![\w./:-])(?:\+|00?)?(?:\(\d{1,5}\)|\d{1,5})(?:[ ()/-]{1,2}\d{2,5}){2,5}(?![\w-]|\.\d)")
_DOTTED_PHONE = re.compile(r"(?<![\w./:-])(?:\+\d{1,3}[. ])?(?:\(\d{3}\) ?|\d{3}[. ])\d{3}\.\d{4}(?![\w.-]*\d)")
_NAMED_PHONE = re.compile(
    r"\b(?:tel|phone|telephone|mobile|mob|cell|call (?:me|us|him|her|them) (?:on|at|under)|ext|extn|extension|fax|handy"
    r"|telefon|mobil|durchwahl|rufnummer|whatsapp)\b(?: ?(?:no|number|nr)\b)?[^\w+(\n]{1,3}"
    r"(\+?\(?\d[\d ().\u2011\u2013/-]{2,18}\d)",
    re.IGNORECASE,
)
_PLUS_PHONE = re.compile(r"(?<!\w)\+ ?\(?\d[\d ().\u2011\u2013/-]{6,18}\d(?!\w)")
_DATE = re.compile(r"^\(?\d{1,4}[-/ ]\d{1,2}[-/ ]\d{1,4}\)?$")
_DATE_TIME = re.compile(r"^\(?(?:\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}[-/]\d{1,2}[-/](?:19|20)\d\d)\b")
_FEWEST_PHONE_DIGITS = 8
_GROUP = re.compile(r"\d+\)?[ ()/-]{1,2}")
_MOST_PHONE_DIGITS = 15
"""ITU-T E.164."""

_IP4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IP6 = re.compile(r"(?<![\w:.])[0-9a-f:]{2,39}(?:\.\d{1,3}){0,3}(?![\w:])", re.IGNORECASE)
_MAC = re.compile(
    r"(?<![\w:-])(?:[0-9a-f]{2}(?P<by>[:-])(?:[0-9a-f]{2}(?P=by)){4}[0-9a-f]{2}"
    r"|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![\w:-])",
    re.IGNORECASE,
)


def emails(text: str) -> Iterator[Found]:
    """Addresses as they are typed, spaced out, or written around the sign ('ren [at] example [dot] com')."""
    for sign in _AT.finditer(text):
        one = _around(text, sign.start(), sign.end())
        if one is not None:
            yield one
    for pattern in (_SPACED, _SPOKEN, _LOOSE) if _may_be_spelled(text) else ():
        for match in pattern.finditer(text):
            yield Found(kind=Kind.EMAIL, start=match.start(), end=match.end())
    for match in _QUOTED_LOCAL.finditer(text):
        end = _domain_end(text, match.end())
        if end is not None:
            yield Found(kind=Kind.EMAIL, start=match.start(), end=end)


def phones(text: str) -> Iterator[Found]:
    """Numbers in groups, with a plus, or after a word that says what they are. Dates and versions are not."""
    for match in _NAMED_PHONE.finditer(text):
        yield Found(kind=Kind.PHONE, start=match.start(1), end=match.end(1))
    for pattern in (_PLUS_PHONE, _DOTTED_PHONE):
        for match in pattern.finditer(text):
            yield Found(kind=Kind.PHONE, start=match.start(), end=match.end())
    at = 0
    while (found := _PHONE.search(text, at)) is not None:
        digits = sum(char.isdigit() for char in found.group())
        if digits > _MOST_PHONE_DIGITS:
            # Two numbers side by side: the second is looked at on its own.
            at = next(_GROUP.finditer(text, found.start())).end()
            continue
        at = found.end()
        if digits >= _FEWEST_PHONE_DIGITS and not _is_date(found.group()):
            yield Found(kind=Kind.PHONE, start=found.start(), end=found.end())


def machines(text: str) -> Iterator[Found]:
    """IPv4 and IPv6 addresses and MAC addresses."""
    for match in _IP4.finditer(text):
        if all(int(part) <= 255 for part in match.group().split(".")):
            yield Found(kind=Kind.IP, start=match.start(), end=match.end())
    for match in _IP6.finditer(text):
        if match.group().count(":") > 1 and any(char.isdigit() for char in match.group()) and _is_ip6(match.group()):
            yield Found(kind=Kind.IP, start=match.start(), end=match.end())
    for match in _MAC.finditer(text):
        yield Found(kind=Kind.MAC, start=match.start(), end=match.end())


def _around(text: str, sign: int, after: int) -> Found | None:
    """The address around an at-sign: to both sides as far as an address can reach."""
    start = sign
    while start > 0 and text[start - 1] not in _NOT_LOCAL:
        start -= 1
    end = _domain_end(text, after)
    if end is None and _FULL_NAME.fullmatch(text, start, sign):
        end = _cut_off_end(text, after)
    if start == sign or end is None:
        return None
    return Found(kind=Kind.EMAIL, start=start, end=end)


def _domain_end(text: str, start: int) -> int | None:
    """Where a domain with at least one dot ends; none when there is no domain."""
    end = start
    while end < len(text) and (text[end].isalnum() or text[end] in "-_."):
        end += 1
    while end > start and text[end - 1] in "-_.":
        end -= 1
    return end if "." in text[start:end].lstrip(".") else None


def _cut_off_end(text: str, start: int) -> int | None:
    """Where the first part of a domain ends whose rest is missing: letters alone."""
    end = start
    while end < len(text) and text[end].isalpha():
        end += 1
    return end if end - start >= _SHORTEST_HOST else None


def _may_be_spelled(text: str) -> bool:
    """Whether it is worth looking for addresses that are not simply typed."""
    lower = text.lower()
    return "@" in text or any(sign in lower for sign in ("at]", "at )", "at)", "at ]", "at}", "<at>", " dot "))


def _is_date(found: str) -> bool:
    return bool(_DATE.match(found) or _DATE_TIME.match(found))


def _is_ip6(text: str) -> bool:
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    return True
