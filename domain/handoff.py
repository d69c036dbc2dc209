"""The record the receiving technician reads. Every sentence cites the events it came from."""

from __future__ import annotations

from domain.base import Moment, Record


class Claim(Record):
    """A sentence and the ids of the events (or evidence) that support it."""

    text: str
    sources: tuple[str, ...]


class TimelineEntry(Record):
    """One step of what happened."""

    at: Moment
    text: str
    event_id: str


SECTIONS = (
    "brief", "problem", "impact", "tried", "current_state", "open_questions", "next_step", "do_not_repeat", "similar",
    "requester_history",
)  # fmt: skip
"""The sections made of claims, in reading order; the timeline stands beside them."""


class Handoff(Record):
    """Problem, impact, what was tried, where it stands, and what to do next."""

    id: str
    ticket_id: str
    at: Moment
    written_after: str | None = None
    """The last event that was read for it; none in handoffs older than this field."""
    brief: tuple[Claim, ...] = ()
    """At most two sentences: the request, and what support says to it."""
    problem: tuple[Claim, ...]
    impact: tuple[Claim, ...] = ()
    tried: tuple[Claim, ...] = ()
    current_state: tuple[Claim, ...] = ()
    timeline: tuple[TimelineEntry, ...] = ()
    open_questions: tuple[Claim, ...] = ()
    next_step: tuple[Claim, ...] = ()
    do_not_repeat: tuple[Claim, ...] = ()
    similar: tuple[Claim, ...] = ()
    """Similar cases; their sources are ids of evidence."""
    requester_history: tuple[Claim, ...] = ()
    """Earlier tickets of the same requester, newest first; their sources are ids of evidence."""
    requester_text: str = ""
    """What the requester may read: no internal note, no colleague's remark, no risk score."""
    source: str = "local"

    def claims(self) -> tuple[Claim, ...]:
        """Every sentence about this ticket, in reading order, each once; cases of others are not among them."""
        told = (
            *self.brief, *self.problem, *self.impact, *self.tried, *self.current_state, *self.open_questions,
            *self.next_step, *self.do_not_repeat,
        )  # fmt: skip
        return tuple(dict.fromkeys(told))
