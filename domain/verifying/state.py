"""Sentences about where the ticket stands, held against where it does stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.asof import Standing
from domain.summarising.forms import Form, forms_of
from domain.text.fold import fold
from domain.ticket import ActorRole, Event, Ticket
from domain.verifying.facts import Facts
from domain.verifying.stems import stem

_ENDED = r"(?:resolved|closed|solved|fixed|done|settled|completed|finished|sorted(?: out)?)"
_SUBJECT = r"(?:ticket|case|issue|problem|incident|request|matter|fault|error|it|this|that|everything|all)"
_SAYS_ENDED = re.compile(
    rf"\b(?P<what>{_SUBJECT})\b(?: \w+){{0,2}}? (?:is|has been|have been|was|got|are|were|been|'s)"
    rf"(?: (?:now|already|fully|completely|finally|since|successfully|been)){{0,2}} {_ENDED}\b"
)
_SAYS_OPEN = re.compile(
    rf"(?:\b{_SUBJECT}\b(?: \w+){{0,2}}?|^) ?(?:"
    rf"(?:remains?|is|stays?|still)(?: still| currently)? (?:open|unresolved|unsolved|pending|in progress)\b"
    rf"|(?:is|has|was|are)(?: still)?(?: not|n't)(?: yet)?(?: been)? {_ENDED}\b|not yet {_ENDED}\b)"
)
_WAITS = re.compile(
    r"\b(?:wait(?:s|ing|ed)?|awaiting|pending|on hold)(?: for| on)?(?: (?:a|an|the|their|his|her|our|more|further"
    r"|any|some|reply|response|answer|feedback|input|action|information|confirmation|from|by|of)){0,4} "
    r"(?P<who>requester|customer|client|user|caller|technician|support|helpdesk|engineer)\b"
)
_PROPERTIES = {
    "status": "status", "priority": "priority", "tier": "tier", "category": "category", "team": "team",
    "queue": "queue", "owner": "technician", "assignee": "technician", "technician": "technician",
}  # fmt: skip
_IS_VALUE = re.compile(
    r"(?:^|(?<=[.;,] )|\b(?:current(?:ly)?|ticket(?:'s| has)?|and|but)) ?(?:its |the |a )?(?:current )?"
    r"(?P<name>status|priority|tier|category|team|queue|owner|assignee|technician)\s*"
    r"(?:is|:|=|remains|now|currently|stands at|has been set to|was set to|is set to|set to|is now|is currently)\s+"
    r"(?:now |currently |still |set to )?(?P<value>[\w][\w .-]{0,40}?)(?=[.,;:)]|\s(?:and|but|since|because|which)\b|$)"
)
_ASSIGNED = re.compile(
    r"\b(?:is|has been|was|currently|now) (?:now |currently )?(?:assigned to|owned by|with)"
    r" (?:the |team |technician )?(?P<value>[\w][\w.-]{0,40})"
)
_PUNCTUATION = re.compile(r"[^\w ]+")


def contradictions(text: str, facts: Facts, *, verbatim: bool) -> Iterator[str]:
    """The words of a sentence that contradict where the ticket stands.

    A sentence that somebody wrote may say what was so when it was written; one that names a property and its value
    says it of now, whoever wrote it.
    """
    folded, now = fold(text).text, facts.standing
    yield from _values(folded, now, whole=verbatim)
    if verbatim:
        return
    yield from _values(folded, now, whole=False)
    ended = _SAYS_ENDED.search(folded)
    if ended and now.open and not _borne_out(ended["what"], facts.ticket):
        yield ended.group()
    still_open = _SAYS_OPEN.search(folded)
    if still_open and not now.open:
        yield still_open.group()
    waits = _WAITS.search(folded)
    if waits:
        yield from _waiting(waits, facts.ticket)


def licensed(facts: Facts) -> frozenset[str]:
    """Stems that may be said because the ticket stands so, whatever is cited."""
    now = facts.standing
    words = ["open", "unresolved"] if now.open else ["resolved", "closed"]
    words += ["waiting", "awaiting", "pending"] if now.open else []
    return frozenset(stem(word) for word in words)


def _values(folded: str, now: Standing, *, whole: bool) -> Iterator[str]:
    for match in _IS_VALUE.finditer(folded):
        if whole and match.group().strip(" .") != folded.strip(" ."):
            continue
        known = getattr(now, _PROPERTIES[match["name"]])
        if known is not None and not _same(match["value"], str(known)):
            yield match.group()
    if whole:
        return
    for match in _ASSIGNED.finditer(folded):
        holders = [one for one in (now.team, now.technician, now.tier) if one]
        if holders and not any(_same(match["value"], one) or match["value"] in _plain(one) for one in holders):
            yield match.group()


def _same(said: str, known: str) -> bool:
    return _plain(said) == _plain(known)


def _plain(text: str) -> str:
    return " ".join(_PUNCTUATION.sub(" ", fold(text).text).replace("_", " ").split())


def _borne_out(what: str, ticket: Ticket) -> bool:
    """Whether somebody said that it is over, and the requester has not said otherwise since."""
    if what in ("ticket", "case", "request"):
        return False
    last: bool = False
    for event in ticket.events:
        forms = forms_of(event.body) if event.body else frozenset()
        if Form.FAILED in forms and event.role == ActorRole.REQUESTER:
            last = False
        elif forms & {Form.WORKS, Form.DONE}:
            last = True
    return last


def _waiting(match: re.Match[str], ticket: Ticket) -> Iterator[str]:
    last = _last_public(ticket)
    if last is None:
        return
    on_requester = match["who"] in ("requester", "customer", "client", "user", "caller")
    if on_requester == (last.role == ActorRole.REQUESTER):
        yield match.group()


def _last_public(ticket: Ticket) -> Event | None:
    return next((one for one in reversed(ticket.events) if one.is_message and not one.is_internal), None)
