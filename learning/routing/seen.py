"""What routing looks at: the facts of a cut ticket by which other tickets were like it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from domain.ticket import EventKind, Ticket

Stage = Literal["unassigned", "assigned", "moved"]
"""Before the first assignment; with its first team; after it went from one team to another."""

STAGES: tuple[Stage, ...] = ("unassigned", "assigned", "moved")

FIELDS = (
    "team", "technician", "assigner", "previous", "opener", "requester", "site", "channel", "category", "subcategory",
    "service", "type", "impact", "urgency", "priority", "subject", "opening",
)  # fmt: skip

_MOMENT = re.compile(r"\b\d{1,4}[/.:-]\d{1,2}(?:[/.:-]\d{1,4})*\b")
_SPACE = re.compile(r"\s+")
_OPENING = 3
"""Words of the subject that name a form or a monitor: "job x failed", "new hire request"."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket's facts at a stage. `values` are in the order of `FIELDS`; none where nothing is known."""

    stage: Stage
    values: tuple[str | None, ...]

    def of(self, field: str) -> str | None:
        """One fact."""
        return self.values[_PLACE[field]]


_PLACE = {name: place for place, name in enumerate(FIELDS)}


def seen(ticket: Ticket) -> Seen:
    """The facts of a cut ticket; whoever calls has cut it."""
    team = technician = assigner = previous = None
    category, assigned = ticket.category, False
    for event in ticket.events:
        if event.kind == EventKind.ASSIGNMENT:
            assigned, assigner, technician = True, event.actor_id, event.technician
            if event.team and event.team != team:
                previous, team = team, event.team
        elif event.kind == EventKind.CATEGORY and event.to is not None:
            category = str(event.to)
    subject = masked(ticket.subject)
    return Seen(
        stage="moved" if previous else "assigned" if assigned else "unassigned",
        values=(
            team, technician, assigner, previous, ticket.events[0].actor_id if ticket.events else None,
            ticket.requester_id, ticket.requester.site if ticket.requester else None, ticket.channel, category,
            ticket.subcategory, ticket.service, ticket.type, ticket.impact, ticket.urgency, ticket.priority,
            subject, " ".join(subject.split()[:_OPENING]) if subject else None,
        ),
    )  # fmt: skip


def final_team(ticket: Ticket) -> str | None:
    """The team that had the ticket last, as far as the ticket tells."""
    return next((event.team for event in reversed(ticket.events) if _gives_team(event.kind, event.team)), None)


def masked(subject: str | None) -> str | None:
    """The subject without case, dates and times, so that what a monitor sends every night reads the same."""
    if not subject or not subject.strip():
        return None
    return _SPACE.sub(" ", _MOMENT.sub("#", subject.lower())).strip()


def _gives_team(kind: EventKind, team: str | None) -> bool:
    return kind == EventKind.ASSIGNMENT and bool(team)
