"""What happened, in few lines: every step with its event, the chasing left out."""

from __future__ import annotations

from domain.handoff import TimelineEntry
from domain.summarising.forms import Form
from domain.summarising.statements import Statement, fact_of, opening_event
from domain.summarising.thread import Thread
from domain.ticket import ActorRole, Event, EventKind

LINES = 24
"""The opening, and the latest so many lines less one."""
CHARACTERS = 160
_TELLING = frozenset({Form.DONE, Form.CAUSE, Form.FAILED, Form.WORKS})
_QUIET = (EventKind.CREATED, EventKind.COMMENT, EventKind.REPLY, EventKind.SLA)
_WHO = {ActorRole.REQUESTER: "requester", ActorRole.TECHNICIAN: "technician", ActorRole.BOT: "bot"}


def timeline_of(thread: Thread) -> tuple[TimelineEntry, ...]:
    """At most `LINES` entries, oldest first: the request, changes of the ticket, what was done, found or failed."""
    told = _told(thread)
    entries = [entry for event in thread.ticket.events if (entry := _entry(event, told.get(event.id)))]
    opened = opening_event(thread.ticket)
    if opened is not None and all(entry.event_id != opened.id for entry in entries):
        text = _short(thread.problem[0].text) if thread.problem else "opened"
        entries.insert(0, TimelineEntry(at=opened.at, text=f"opened: {text}", event_id=opened.id))
    return tuple(entries if len(entries) <= LINES else [entries[0], *entries[-(LINES - 1) :]])


def _told(thread: Thread) -> dict[str, Statement]:
    """For each message that tells something, the sentence that tells most; the first where forms cannot be told."""
    best: dict[str, Statement] = {}
    opening = {one.order for one in thread.opening}
    for one in thread.statements:
        if one.order in opening or (thread.labelled and (not one.forms & _TELLING or one.idle)):
            continue
        known = best.get(one.event_id)
        if known is None or len(one.forms & _TELLING) > len(known.forms & _TELLING):
            best[one.event_id] = one
    return best


def _entry(event: Event, told: Statement | None) -> TimelineEntry | None:
    if event.kind not in _QUIET:
        text = _short(fact_of(event))
        if told is not None:
            text = f"{text}: {_short(told.text)}"
        return TimelineEntry(at=event.at, text=text, event_id=event.id)
    if told is None:
        return None
    who = _WHO.get(told.role, "system") if told.role else "somebody"
    note = ", internal" if told.internal else ""
    return TimelineEntry(at=event.at, text=f"{who}{note}: {_short(told.text)}", event_id=event.id)


def _short(text: str) -> str:
    """The text on one line, cut at a space."""
    line = " ".join(text.split())
    if len(line) <= CHARACTERS:
        return line
    return line[: CHARACTERS + 1].rsplit(" ", 1)[0][:CHARACTERS] + " …"
