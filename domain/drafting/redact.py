"""What must not be published: secrets, addresses, numbers and names of people; for outsiders also hosts."""

from __future__ import annotations

import re

from domain.privacy.addresses import emails
from domain.privacy.kinds import SECRETS, Kind
from domain.privacy.names import names_of
from domain.privacy.redaction import mask
from domain.ticket import Ticket

_IP = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?![\w.]*\w)")
_HOST = re.compile(
    r"\b(?:https?://\S+|(?:[a-z0-9-]+\.)+(?:local|internal|intra|corp|lan|com|net|org|io"
    r"|example)\b(?:[/:]\S*)?)",
    re.I,
)
_SHORTEST_NAME = 3

EMAIL, PHONE, NAME, HOST, SECRET = "[e-mail]", "[phone]", "[name]", "[host]", "[secret]"
_WORDS = {Kind.EMAIL: EMAIL, Kind.PHONE: PHONE, Kind.NAME: NAME}
_PRIVATE = SECRETS | set(_WORDS)


def people_of(ticket: Ticket) -> tuple[str, ...]:
    """The names of people that the ticket's own fields give: the requester's, whole and in parts, longest first."""
    requester = ticket.requester
    if requester is None or not requester.name:
        return ()
    whole = requester.name.strip()
    parts = {whole, *whole.split()}
    return tuple(sorted((part for part in parts if len(part) >= _SHORTEST_NAME), key=lambda part: (-len(part), part)))


def redact(text: str, people: tuple[str, ...] = (), *, hosts: bool = False) -> str:
    """The text with every secret, e-mail address, telephone number and known name masked; with `hosts` machines too."""
    text = mask(text, names=names_of(people), kinds=_PRIVATE, word=lambda kind: _WORDS.get(kind, SECRET))
    if hosts:
        text = _HOST.sub(HOST, _IP.sub(HOST, text))
    return text


def holds_address(text: str) -> bool:
    """Whether an e-mail address stands in the text."""
    return next(emails(text), None) is not None
