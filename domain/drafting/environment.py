"""Where it happened: versions, systems, machines and stages that the ticket names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.handoff import Claim
from domain.summarising.sentences import READ
from domain.summarising.statements import opening_event
from domain.summarising.thread import Thread
from domain.text.own import own_text
from domain.ticket import Ticket

VALUES = 8
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:windows(?: server)?|win) ?(?:\d{1,4}|xp|vista)(?: ?r2)?\b"
        r"|\bmac ?os(?: x)?(?: \d[\d.]*)?\b|\b(?:ios|android|ubuntu|debian|red ?hat|rhel"
        r"|centos|suse) ?\d[\d.]*\b",
        r"\b(?:chrome|firefox|edge|safari|internet explorer|outlook|excel|word|teams"
        r"|citrix|tomcat|oracle|java|office|sql server"
        r"|sap ?gui)(?: (?:version )?v?\d[\w.]*)?\b",
        r"\b(?:iphone|ipad|galaxy|pixel|thinkpad|latitude|surface) ?(?:\d\w*|se|mini|pro|x)\b",
        r"\b(?:version|release|build|firmware|ver\.?) ?:? ?v?\d[\w.-]*\w\b|\bv\d+(?:\.\d+)+\b",
        r"\b(?:production|prod|test|uat|sit|staging|live|dev|development"
        r"|pre-?prod)(?: (?:environment|server|site|system|env))\b",
        r"(?-i:\b[A-Z]{2}[A-Z0-9]{0,20}-(?:[A-Z0-9]{1,20}-){0,2}[A-Z]{0,10}\d[A-Z0-9]{0,20}\b)",
        r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.]*\w)",
    )
)


def environment_of(thread: Thread) -> tuple[Claim, ...]:
    """Service and asset, then values in the order of the text, each once with its event; at most `VALUES`."""
    found: dict[str, Claim] = {}
    opened = opening_event(thread.ticket)
    for value in (thread.ticket.service, thread.ticket.asset):
        if value and opened is not None:
            found.setdefault(value.casefold(), Claim(text=value, sources=(opened.id,)))
    for event_id, text in _texts(thread.ticket):
        spots = sorted((match.start(), match.group()) for pattern in _PATTERNS for match in pattern.finditer(text))
        for _, value in spots:
            found.setdefault(value.casefold(), Claim(text=value, sources=(event_id,)))
    return tuple(found.values())[:VALUES]


def _texts(ticket: Ticket) -> Iterator[tuple[str, str]]:
    opened = opening_event(ticket)
    if opened is not None:
        yield opened.id, "\n".join(part[:READ] for part in (ticket.subject, ticket.description) if part)
    for event in ticket.events:
        if event.body:
            yield event.id, own_text(event.body[:READ])
