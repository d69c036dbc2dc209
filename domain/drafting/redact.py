"""What must not be published: addresses, numbers and names of people; for outsiders also hosts."""

from __future__ import annotations

import re

from domain.ticket import Ticket

_EMAIL = re.compile(r"[^\s@<>()\[\]{},;:\"']+@[^\s@<>()\[\]{},;:\"']+\.[^\s@<>()\[\]{},;:\"'.]+")
_SPACED_EMAIL = re.compile(r"[\w.+-]+ ?(?:\[at\]|\(at\)) ?[\w-]+(?: ?(?:\.|\[dot\]|\(dot\)) ?[\w-]+)+", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w./:-])(?:\+|00?)?\(?\d{1,5}\)?(?:[ ()/-]{1,2}\d{2,5}){2,5}(?![\w-]|\.\d)")
_NAMED_PHONE = re.compile(
    r"\b(tel|phone|mobile|cell|call me (?:on|at)|ext|extension|handy"
    r"|telefon)\b(\W{1,3})\+?\d[\d ()/-]{2,18}\d",
    re.I,
)
_PLUS_PHONE = re.compile(r"(?<!\w)\+\d[\d ()/-]{6,18}\d")
_DATE = re.compile(r"^\(?\d{1,4}[-/ ]\d{1,2}[-/ ]\d{1,4}\)?$")
_IP = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?![\w.]*\w)")
_HOST = re.compile(
    r"\b(?:https?://\S+|(?:[a-z0-9-]+\.)+(?:local|internal|intra|corp|lan|com|net|org|io"
    r"|example)\b(?:[/:]\S*)?)",
    re.I,
)
_SHORTEST_NAME = 3

EMAIL, PHONE, NAME, HOST = "[e-mail]", "[phone]", "[name]", "[host]"


def people_of(ticket: Ticket) -> tuple[str, ...]:
    """The names of people that the ticket's own fields give: the requester's, whole and in parts, longest first."""
    requester = ticket.requester
    if requester is None or not requester.name:
        return ()
    whole = requester.name.strip()
    parts = {whole, *whole.split()}
    return tuple(sorted((part for part in parts if len(part) >= _SHORTEST_NAME), key=lambda part: (-len(part), part)))


def redact(text: str, people: tuple[str, ...] = (), *, hosts: bool = False) -> str:
    """The text with every e-mail address, telephone number and known name masked; `hosts` masks machines as well."""
    text = _EMAIL.sub(EMAIL, text)
    text = _SPACED_EMAIL.sub(EMAIL, text)
    text = _NAMED_PHONE.sub(rf"\1\2{PHONE}", text)
    text = _PLUS_PHONE.sub(PHONE, text)
    text = _PHONE.sub(_unless_date, text)
    for name in people:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", NAME, text, flags=re.IGNORECASE)
    if hosts:
        text = _HOST.sub(HOST, _IP.sub(HOST, text))
    return text


def holds_address(text: str) -> bool:
    """Whether an e-mail address stands in the text."""
    return bool(_EMAIL.search(text) or _SPACED_EMAIL.search(text))


def _unless_date(match: re.Match[str]) -> str:
    found = match.group()
    digits = sum(char.isdigit() for char in found)
    return found if _DATE.match(found) or digits < 8 else PHONE
