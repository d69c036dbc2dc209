"""Tickets for tests, written as a helpdesk would send them."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import JsonValue

from domain.history import ticket_from
from domain.ticket import Actor, ActorRole, Event, EventKind, Ticket
from tests.conftest import NOW


def ticket(
    id: str = "T-1", *, subject: str = "The printer on the second floor is slow",
    body: str = "It takes a minute per page.",
    opened: datetime = NOW - timedelta(hours=1), priority: str = "low", category: str | None = None,
    requester: str = "r-7",
) -> Ticket:  # fmt: skip
    """A ticket that nobody has touched yet."""
    raw: JsonValue = {
        "id": id, "source": "test", "subject": subject, "description": body, "priority": priority,
        "category": category, "requester": {"id": requester, "email": f"{requester}@example.com"},
        "created_at": opened.isoformat(),
        "events": [
            {
                "id": "e1", "at": opened.isoformat(), "kind": "created", "body": body,
                "actor": {"id": requester, "role": "requester"}, "visibility": "public",
            }
        ],
    }  # fmt: skip
    return ticket_from(raw)


def comment(
    id: str, body: str, *, at: datetime = NOW, role: ActorRole = ActorRole.REQUESTER, by: str = "r-7",
    internal: bool = False,
) -> Event:  # fmt: skip
    """Something that somebody wrote."""
    return Event(
        id=id, at=at, kind=EventKind.COMMENT, actor=Actor(id=by, role=role), body=body,
        visibility="internal" if internal else "public",
    )  # fmt: skip
