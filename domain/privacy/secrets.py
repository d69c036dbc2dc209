"""Keys, tokens and passwords: by their own shape, by the word before them, by how random they look."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from domain.privacy.kinds import Found, Kind

_SHAPES = re.compile(
    r"(?<![A-Za-z0-9_])(?:"
    r"(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA|ANVA)[A-Z0-9]{16}"  # AWS
    r"|gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{22,255}"
    r"|gl(?:pat|rt|dt|ptt|oas)-[\w-]{20,255}"  # GitLab
    r"|xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,255}|xapp-[A-Za-z0-9-]{10,255}"  # Slack
    r"|AIza[\w-]{35}|ya29\.[\w-]{20,400}"  # Google
    r"|[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}|whsec_[A-Za-z0-9+/=_-]{16,255}"  # Stripe, Standard Webhooks
    r"|sk-[A-Za-z0-9_-]{20,255}"
    r"|npm_[A-Za-z0-9]{36}|pypi-[\w-]{50,400}|SG\.[\w-]{16,64}\.[\w-]{16,64}|hf_[A-Za-z0-9]{30,64}"
    r"|(?:SK|AC)[0-9a-f]{32}|dop_v1_[0-9a-f]{64}|hv[sb]\.[\w-]{20,255}|tw_[\w-]{20,255}"
    r"|eyJ[\w-]{8,4096}\.[\w-]{8,8192}\.[\w-]{0,4096}"  # JWT
    r")(?![A-Za-z0-9])"
)
_HOOKS = re.compile(
    r"https://(?:hooks\.slack\.com/(?:services|workflows)/|[\w.-]{1,120}\.webhook\.office\.com/"
    r"|discord(?:app)?\.com/api/webhooks/)[^\s\"'<>)]{8,400}",
    re.IGNORECASE,
)
_BLOCK_START = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d: ")
_BLOCK_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|Private-MAC: [0-9a-f]{16,128}")
_AUTHORISATION = re.compile(
    r"(?:\bbearer|\bbasic|\bauthorization\s?:\s?(?:token|digest|apikey|negotiate))\s{1,3}([A-Za-z0-9+/=_.~-]{8,8192})",
    re.IGNORECASE,
)
_LOGIN_IN_URL = re.compile(
    r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,20}://([^\s/@:\"'<>]{0,200}:[^\s/\"'<>]{1,200})@", re.IGNORECASE
)
_QUERY = re.compile(
    r"[?&#](?:access_?token|id_?token|refresh_?token|auth_?token|token|api_?key|apikey|key|sig|signature|secret"
    r"|client_?secret|password|passwd|pwd|pass|code|session|sessionid|sid|ticket|auth|jwt|otp|x-amz-signature"
    r"|x-amz-credential|x-amz-security-token|sv)=([^\s&#\"'<>]{4,4096})",
    re.IGNORECASE,
)
_WORDS = (
    r"pass ?word|pass ?wort|passwd|pwd|pass ?phrase|pass ?code|passw|kennwort|kennwoerter|mot de passe|contrase(?:ñ|n)a"
    r"|senha|wachtwoord|haslo|hasło|lösenord|pin(?: code)?|puk|otp|cvv|cvc|tan|pw"
)
_KEY_WORDS = (
    r"(?:api|access|secret|private|account|shared[_ ]?access|encryption|storage|master|licen[cs]e|product|client|auth"
    r"|bearer|session|refresh|service|deploy|signing|webhook)?[_ -]?(?:key|token|secret|credentials?)"
)
_AFTER_WORD = re.compile(
    rf"(?<![a-z])(?:{_WORDS})[\"'`]?(?: ?\([^()\n]{{0,40}}\))?\s{{0,3}}(?:[:=]|:=|=>|\|)\s{{0,3}}", re.IGNORECASE
)
_SAID = re.compile(rf"(?<![a-z])(?:{_WORDS})\s{{1,3}}(?:is now|is|was|ist|est|es|to|of|:)\s{{1,3}}", re.IGNORECASE)
_AFTER_KEY_WORD = re.compile(
    rf"(?<![a-z])(?:{_KEY_WORDS})(?:[_ ]?id)?[\"'`]?\s{{0,3}}(?:[:=]|:=|=>)\s{{0,3}}", re.IGNORECASE
)
_VALUE = re.compile(r"\"([^\"\n]{1,400})\"|'([^'\n]{1,400})'|`([^`\n]{1,400})`|([^\s\"'`]{1,8192})")
_ASSIGNED = re.compile(r"(?<![\w.-])[A-Za-z_][\w.-]{0,60}[\"']?\s?[:=]\s?[\"']?([A-Za-z0-9+/=_~-]{20,512})(?![\w])")
_ALONE = re.compile(r"(?<![\w/+.=-])[A-Za-z0-9+/=_-]{32,512}(?![\w/+=-])")
_GUID = re.compile(r"[0-9a-f]{7,8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SYLLABLES = re.compile(r"[A-Z]?[a-z]{3,}")
_HEX = re.compile(r"^(?:0x)?[0-9a-f]+$", re.IGNORECASE)

FEWEST_BITS = 3.5
"""Bits for each character (Shannon) above which an assigned value counts as random; English words are near 2.5-3.5."""
FEWEST_BITS_ALONE = 4.2
"""The same for a value that nothing introduces. Hexadecimal digits cannot reach it (at most 4): hashes stay."""
_SHORTEST_SECRET = 4


def keys(text: str) -> Iterator[Found]:
    """Keys and tokens of known shape, private key blocks, credentials in addresses, random values."""
    for pattern in (_SHAPES, _HOOKS):
        for match in pattern.finditer(text):
            yield Found(kind=Kind.KEY, start=match.start(), end=match.end())
    yield from _blocks(text)
    for pattern in (_AUTHORISATION, _LOGIN_IN_URL, _QUERY):
        for match in pattern.finditer(text):
            yield Found(kind=Kind.KEY, start=match.start(1), end=match.end(1))
    for start, end in _values_after(_AFTER_KEY_WORD, text):
        if _could_be_key(text[start:end]):
            yield Found(kind=Kind.KEY, start=start, end=end)
    for match in _ASSIGNED.finditer(text):
        if _is_random(match.group(1), FEWEST_BITS):
            yield Found(kind=Kind.KEY, start=match.start(1), end=match.end(1))
    for match in _ALONE.finditer(text):
        if _is_random(match.group(), FEWEST_BITS_ALONE) and any(char.isupper() for char in match.group()):
            yield Found(kind=Kind.KEY, start=match.start(), end=match.end())


def passwords(text: str) -> Iterator[Found]:
    """What follows a word for a password: after a colon always, after 'is' when it cannot be an ordinary word."""
    for start, end in _values_after(_AFTER_WORD, text):
        if end > start:
            yield Found(kind=Kind.PASSWORD, start=start, end=end)
    for start, end in _values_after(_SAID, text):
        quoted = text[start - 1] in "\"'`"
        value = text[start:end].rstrip(".,;!?)")
        if len(value) >= _SHORTEST_SECRET and (quoted or not _is_plain_word(value)):
            yield Found(kind=Kind.PASSWORD, start=start, end=start + len(value))


def _blocks(text: str) -> Iterator[Found]:
    at = 0
    while (start := _BLOCK_START.search(text, at)) is not None:
        end = _BLOCK_END.search(text, start.end())
        # A block without its end was cut off: everything that follows may belong to it.
        at = end.end() if end else len(text)
        yield Found(kind=Kind.KEY, start=start.start(), end=at)


def _values_after(words: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """The place of the value after each of the words; a word that is itself part of a value introduces no other."""
    last = 0
    for match in words.finditer(text):
        if match.end() >= last:
            start, last = _value(text, match.end())
            yield start, last


def _value(text: str, start: int) -> tuple[int, int]:
    match = _VALUE.match(text, start)
    if match is None:
        return start, start
    number = next(number for number in range(1, 5) if match.group(number) is not None)
    first, last = match.span(number)
    while number == 4 and last - first > 1 and text[last - 1] in ".,;)":
        last -= 1
    return first, last


def _could_be_key(value: str) -> bool:
    return len(value) >= 8 and any(char.isdigit() for char in value) and not _GUID.fullmatch(value)


def _is_plain_word(value: str) -> bool:
    return value.isalpha() and value[1:] == value[1:].lower()


def _is_random(value: str, fewest: float) -> bool:
    has_both = any(char.isdigit() for char in value) and any(char.isalpha() for char in value)
    if not has_both or _GUID.search(value) or _is_worded(value):
        return False
    return not (_HEX.match(value) and len(value) in (32, 40)) and _bits(value) >= fewest


def _is_worded(value: str) -> bool:
    """Whether it is made of words, as names of machines and paths are: half of it stands in runs of letters."""
    read = value if any(char.islower() for char in value) else value.lower()
    return 2 * sum(len(run) for run in _SYLLABLES.findall(read)) >= len(value)


def _bits(value: str) -> float:
    """Shannon's entropy of the characters, in bits for each."""
    total = len(value)
    return -sum(count / total * math.log2(count / total) for count in Counter(value).values())
