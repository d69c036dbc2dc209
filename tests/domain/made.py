"""Small policies and tickets for tests: everything has a default, a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from domain.policy.policy import Policy
from domain.ticket import Actor, ActorRole, Event, EventKind, Requester, Ticket

START = datetime(2026, 10, 14, 8, 0, tzinfo=UTC)
"""A Wednesday, at the start of working hours."""

_ALWAYS = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
_OFFICE = {day: ["08:00-16:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def minutes(count: float) -> timedelta:
    """A length of time."""
    return timedelta(minutes=count)


def after(count: float) -> datetime:
    """So many minutes after the start."""
    return START + minutes(count)


def technician(name: str, team: str, **changes: Any) -> dict[str, Any]:
    """One row of technicians.yaml."""
    row = {"id": name, "name": name.title(), "email": f"{name}@example.com", "team": team, "shift": "always"}
    return row | changes


PEOPLE = (
    technician("ada", "desk"),
    technician("bo", "desk"),
    technician("cy", "net"),
    technician("di", "net"),
    technician("eve", "net"),
    technician("fay", "core"),
)


def policy(
    risk: dict[str, Any] | None = None,
    technicians: tuple[dict[str, Any], ...] = PEOPLE,
    forms: dict[str, Any] | None = None,
    escalation: dict[str, Any] | None = None,
) -> Policy:
    """A company with three teams, one for each tier; risk and the like can be changed line by line."""
    return Policy.model_validate(
        {
            "head": {"name": "test", "version": "1.0.0", "organisation": "Test", "zone": "Europe/Berlin"},
            "tiers": {"tiers": [
                {"id": "L1", "name": "Desk", "lead": "ada"},
                {"id": "L2", "name": "Specialists", "lead": "di"},
                {"id": "L3", "name": "Engineering", "lead": "fay"},
            ]},
            "teams": {"teams": [
                {"id": "desk", "name": "Desk", "tier": "L1", "lead": "ada", "calendar": "office"},
                {"id": "net", "name": "Network", "tier": "L2", "lead": "di", "calendar": "office",
                 "categories": ["vpn", "mail"]},
                {"id": "core", "name": "Core", "tier": "L3", "lead": "fay", "calendar": "office"},
            ]},
            "technicians": {"technicians": list(technicians)},
            "people": {"vips": ["boss@example.com"]},
            "calendars": {"calendars": [
                {"id": "always", "zone": "UTC", "hours": _ALWAYS},
                {"id": "office", "zone": "UTC", "hours": _OFFICE},
            ]},
            "slas": {
                "default_priority": "normal", "pause_in": ["waiting for requester"],
                "targets": [
                    {"priority": "critical", "first_response": 15, "resolution": 120, "calendar": "always"},
                    {"priority": "high", "first_response": 60, "resolution": 480, "calendar": "always"},
                    {"priority": "normal", "first_response": 1000, "resolution": 1000, "calendar": "always"},
                    {"priority": "low", "first_response": 9000, "resolution": 9000, "calendar": "always"},
                ],
            },
            "risk": _risk() | (risk or {}),
            "categories": {"categories": [
                {"id": "vpn", "name": "VPN", "words": ["vpn", "tunnel"], "aliases": ["Remote access"]},
                {"id": "mail", "name": "Mail", "words": ["mailbox", "outlook", "e-mail*"]},
                {"id": "security", "name": "Security", "words": ["phish*", "malware"], "urgent": True},
            ]},
            "escalation": escalation or {"rules": [
                {"id": "security", "when": {"category": ["security"]}, "to_tier": "L3", "priority": "critical"},
                {"id": "up", "to_tier": "L2", "priority": "high", "status": "in progress", "tags": ["escalated"]},
            ]},
            "forms": forms or {},
            "approvals": {},
            "notifications": {},
        }
    )  # fmt: skip


def _risk() -> dict[str, Any]:
    return {
        "sla": [{"at_percent": 60, "points": 15}, {"at_percent": 80, "points": 30}, {"at_percent": 100, "points": 60}],
        "priority": {"critical": 30, "high": 15},
        "signals": [
            {"id": "frustration", "points": 20, "lists": [
                {"language": "en", "words": ["unacceptable", "fed up", "frustrat*", "nobody answers"]},
                {"language": "de", "words": ["inakzeptabel", "genervt"]},
                {"language": "fr", "words": ["inacceptable"]},
                {"language": "es", "words": ["inaceptable"]},
            ]},
            {"id": "blocking", "points": 20, "lists": [
                {"language": "en", "words": ["blocked", "cannot work", "no one can work", "down"]},
                {"language": "de", "words": ["blockiert", "kann nicht arbeiten"]},
            ]},
            {"id": "urgency", "points": 10, "lists": [
                {"language": "en", "words": ["urgent*", "asap", "immediately"]},
                {"language": "de", "words": ["dringend*", "sofort"]},
                {"language": "fr", "words": ["urgent*"]},
                {"language": "es", "words": ["urgent*"]},
            ]},
        ],
        "no_hurry": [
            {"language": "en", "words": ["no rush", "not urgent", "whenever you have time"]},
            {"language": "de", "words": ["eilt nicht", "keine eile"]},
        ],
        "explicit": [
            {"language": "en", "words": ["please escalate", "escalate this"]},
            {"language": "de", "words": ["bitte eskalieren"]},
        ],
    }  # fmt: skip


def event(
    number: int,
    at: float,
    kind: EventKind | str,
    *,
    by: str | None = None,
    role: ActorRole | str | None = None,
    visibility: Literal["public", "internal"] | None = None,
    **more: Any,
) -> Event:
    """The `number`-th event, `at` minutes after the start."""
    actor = Actor(id=by, role=ActorRole(role) if role else None) if by or role else None
    row = {
        "id": f"e{number}",
        "at": after(at),
        "kind": EventKind(kind),
        "actor": actor,
        "visibility": visibility,
    }
    return Event.model_validate(row | more)


def wrote(number: int, at: float, body: str) -> Event:
    """The requester writes."""
    return event(number, at, "comment", by="r1", role="requester", visibility="public", body=body)


def answered(number: int, at: float, body: str = "We are looking into it.", by: str = "ada") -> Event:
    """A technician writes to the requester."""
    return event(number, at, "reply", by=by, role="technician", visibility="public", body=body)


def assigned(number: int, at: float, team: str, technician: str | None = None, tier: str | None = None) -> Event:
    """The ticket goes to a team or a person."""
    return event(number, at, "assignment", team=team, technician=technician, tier=tier)


def ticket(*events: Event, id: str = "T-1", at: float = 0, body: str = "My mouse is slow.", **more: Any) -> Ticket:
    """A ticket whose created event carries `body`, followed by `events`."""
    row: dict[str, Any] = {
        "id": id, "subject": "Question", "requester": Requester(id="r1", name="Ren", email="ren@example.com"),
        "created_at": after(at), "priority": "low",
    }  # fmt: skip
    opening = event(0, at, "created", by="r1", role="requester", visibility="public", body=body)
    return Ticket.model_validate(row | more | {"events": (opening, *events)})


def closed(
    id: str, *, opened: float, took: float, by: str = "ada", team: str = "desk", category: str | None = "vpn",
    body: str = "The VPN tunnel does not come up", tier: str | None = None, from_tier: str | None = None, **more: Any,
) -> Ticket:  # fmt: skip
    """A ticket that `by` resolved `took` minutes after it was opened; `from_tier` makes it climb to `tier`."""
    events = [assigned(1, opened, "desk", None, from_tier)] if from_tier else []
    events.append(assigned(len(events) + 1, opened, team, by, tier))
    events.append(event(len(events) + 1, opened + took, "resolved", by=by, role="technician", body="Fixed it."))
    return ticket(*events, id=id, at=opened, body=body, category=category, resolution="Reset the tunnel.", **more)


LEAVE_TODAY = {"first": date(2026, 10, 14), "last": date(2026, 10, 16)}
