"""Random calendars, promises and tickets for the minute oracle: all that slas.yaml and calendars.yaml can say."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

ZONES: Mapping[str, Sequence[str]] = {
    "UTC": ("2026-06-17",),
    "Europe/Berlin": ("2026-03-29", "2026-10-25", "2025-12-31"),
    "Europe/London": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "America/St_Johns": ("2026-03-08", "2026-11-01"),
    "America/Havana": ("2026-03-08", "2026-11-01"),
    "America/Sao_Paulo": ("2018-11-04", "2019-02-17"),
    "Asia/Kolkata": ("2026-02-28", "2028-02-28"),
    "Asia/Kathmandu": ("2026-06-17", "1985-12-31"),
    "Asia/Pyongyang": ("2015-08-14", "2018-05-04"),
    "Asia/Beirut": ("2026-03-29",),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "Australia/Adelaide": ("2026-04-05",),
    "Pacific/Chatham": ("2026-04-05", "2026-09-27"),
    "Pacific/Apia": ("2011-12-29",),
    "Africa/Casablanca": ("2026-02-15", "2026-03-22"),
    "Europe/Volgograd": ("2020-12-27",),
}
"""Zones and days around which their clocks do something: summer time by an hour and by half an hour, offsets of
30 and 45 minutes, midnight changes, a day that never was, offsets that changed for good, leap days, New Year."""

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_STATUSES = ("open", "open", "on hold", "On Hold", "waiting", "in progress", "duplicate", "done")
_PRIORITIES = ("high", "normal", "unheard of")
_TEAMS = ("desk", "net")


@dataclass(frozen=True)
class RandomCase:
    """Plain data, as a case file would hold it."""

    calendars: list[dict[str, Any]]
    slas: dict[str, Any]
    ticket: dict[str, Any]
    events: list[dict[str, Any]]
    at: datetime
    """The moment of looking; often in the middle of the events."""


def random_case(rng: random.Random) -> RandomCase:
    """One case. The same generator state gives the same case."""
    zone = rng.choice(list(ZONES))
    day = datetime.fromisoformat(rng.choice(ZONES[zone])).replace(tzinfo=UTC)
    created = day + timedelta(minutes=rng.randint(-2 * 1440, 1440))
    # Most lives are short, so that many can be walked minute by minute; some last a week.
    length = rng.randint(1, 900) if rng.random() < 0.3 else rng.randint(300, 3 * 1440)
    length = rng.randint(4 * 1440, 8 * 1440) if rng.random() < 0.05 else length
    second = zone if rng.random() < 0.5 else rng.choice(list(ZONES))
    calendars = [_calendar(rng, "a", zone, created), _calendar(rng, "b", second, created)]
    events = _events(rng, created, length)
    return RandomCase(
        calendars=calendars, slas=_slas(rng), ticket=_ticket(rng, created), events=events,
        at=created + timedelta(minutes=rng.randint(length * 2 // 3, length + rng.choice((0, 5, 600)))),
    )  # fmt: skip


def _hours(rng: random.Random) -> list[str]:
    edges = sorted(rng.sample(range(1441), 2 * rng.choice((0, 1, 1, 2, 2, 3))))
    if rng.random() < 0.15:
        return ["00:00-24:00"]
    if rng.random() < 0.5:
        edges = sorted({edge - edge % 30 for edge in edges})
    return [f"{_text(edges[n])}-{_text(edges[n + 1])}" for n in range(0, len(edges) - 1, 2)]


def _text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _week(rng: random.Random) -> dict[str, list[str]]:
    if rng.random() < 0.15:
        return {day: ["00:00-24:00"] for day in _WEEK}
    return {day: _hours(rng) for day in _WEEK if rng.random() < 0.9}


def _calendar(rng: random.Random, name: str, zone: str, created: datetime) -> dict[str, Any]:
    week = _week(rng)
    # Enough work in a week for every target to be reached within the weeks that the oracle looks ahead.
    week[_WEEK[rng.randrange(7)]] = ["00:00-24:00"]
    calendar: dict[str, Any] = {"id": name, "zone": zone, "hours": week}
    day = created.date()
    if rng.random() < 0.5:
        days = sorted({day + timedelta(days=rng.randint(-1, 5)) for _ in range(rng.randint(1, 2))})
        calendar["holidays"] = [one.isoformat() for one in days]
    if rng.random() < 0.5:
        calendar["special_days"] = [_special(rng, created) for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.3:
        calendar["changes"] = [_change(rng, created) for _ in range(rng.randint(1, 2))]
    return calendar


def _known_from(rng: random.Random, created: datetime) -> dict[str, str]:
    if rng.random() < 0.3:
        return {}
    return {"known_from": (created + timedelta(minutes=rng.randint(-600, 3 * 1440))).isoformat()}


def _special(rng: random.Random, created: datetime) -> dict[str, Any]:
    day = (created + timedelta(days=rng.randint(-1, 5))).date().isoformat()
    hours = _hours(rng) if rng.random() < 0.5 else []
    return {"date": day, "hours": hours, **_known_from(rng, created)}


def _change(rng: random.Random, created: datetime) -> dict[str, Any]:
    week = _week(rng)
    week[_WEEK[rng.randrange(7)]] = ["00:00-24:00"]
    first = (created + timedelta(days=rng.randint(-3, 4))).date().isoformat()
    return {"first": first, "hours": week, **_known_from(rng, created)}


def _slas(rng: random.Random) -> dict[str, Any]:
    targets = [_target(rng, "normal")]
    if rng.random() < 0.5:
        when = rng.choice(({"vip": True}, {"team": ["net"]}, {"category": ["vpn"]}, {"team": ["net"], "vip": False}))
        targets.insert(0, _target(rng, rng.choice(("high", "Normal"))) | {"id": "special", "when": when})
    targets.append(_target(rng, "High"))
    if rng.random() < 0.4:
        targets.append(_target(rng, None) | {"id": "escalated"})
    slas: dict[str, Any] = {"targets": targets, "default_priority": "normal", "clocks": {}}
    slas["pause_in"] = ["On Hold"] if rng.random() < 0.7 else []
    slas["cancel_in"] = ["duplicate"] if rng.random() < 0.4 else []
    for clock in ("first_response", "next_response", "resolution"):
        slas["clocks"][clock] = _rules(rng, clock)
    slas["on_target_change"] = rng.choice(("recompute", "forward", "reset"))
    slas["on_reopen"] = rng.choice(("continue", "reset"))
    if slas["on_reopen"] == "continue" and rng.random() < 0.4:
        slas["continue_within"] = rng.choice((1, 60, 700))
    return slas


def _target(rng: random.Random, priority: str | None) -> dict[str, Any]:
    target: dict[str, Any] = {
        "first_response": rng.choice((1, 15, 60, 240, 700)), "resolution": rng.choice((1, 30, 120, 480, 1500)),
        "calendar": rng.choice("ab"),
    }  # fmt: skip
    if priority is not None:
        target["priority"] = priority
    if rng.random() < 0.7:
        target["next_response"] = rng.choice((1, 10, 60, 240))
    if rng.random() < 0.3:
        target["calendars"] = {rng.choice(("first_response", "next_response", "resolution")): rng.choice("ab")}
    return target


def _rules(rng: random.Random, clock: str) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    if rng.random() < 0.3:
        rules["pause_in"] = ["Waiting"]
    if rng.random() < 0.25:
        rules["stop_in"] = ["done"]
    if clock != "next_response" and rng.random() < 0.4:
        rules["start"] = rng.choice(("assigned", "status"))
        if rules["start"] == "status":
            rules["start_in"] = ["in progress"]
    return rules


def _ticket(rng: random.Random, created: datetime) -> dict[str, Any]:
    ticket: dict[str, Any] = {"created_at": created.isoformat()}
    if rng.random() < 0.8:
        ticket["priority"] = rng.choice(_PRIORITIES)
    if rng.random() < 0.5:
        ticket["category"] = rng.choice(("vpn", "mail"))
    if rng.random() < 0.5:
        ticket["requester"] = {"vip": rng.random() < 0.5}
    return ticket


def _events(rng: random.Random, created: datetime, length: int) -> list[dict[str, Any]]:
    minutes = sorted(rng.randint(0, length) for _ in range(rng.randint(0, 20)))
    if len(minutes) > 2 and rng.random() < 0.4:
        minutes[1] = minutes[2]
    events: list[dict[str, Any]] = []
    over = False
    for minute in sorted(minutes):
        event = _event(rng, over)
        over = (over or event["kind"] in ("resolved", "closed")) and event["kind"] != "reopened"
        events.append({"at": (created + timedelta(minutes=minute)).isoformat(), **event})
    return events


def _event(rng: random.Random, over: bool) -> dict[str, Any]:
    # A ticket that stays resolved teaches nothing: what is over is mostly reopened soon.
    if over and rng.random() < 0.5:
        return {"kind": "reopened"} | ({"to": rng.choice(_STATUSES)} if rng.random() < 0.3 else {})
    kind = rng.choices(
        ("status", "comment", "reply", "priority", "assignment", "resolved", "closed", "reopened", "category", "sla"),
        (24, 20, 14, 9, 8, 8, 4, 5, 3, 4),
    )[0]
    if kind == "status":
        return {"kind": kind, "to": rng.choice(_STATUSES)}
    if kind in ("comment", "reply"):
        by = rng.choice(("requester", "requester", "technician", "technician", "bot", "system"))
        return {"kind": kind, "by": by} | ({"visibility": "internal"} if rng.random() < 0.2 else {})
    if kind == "priority":
        return {"kind": kind, "to": rng.choice(("high", "Normal", "normal", "other"))}
    if kind == "assignment":
        return {"kind": kind} | rng.choice(({"team": rng.choice(_TEAMS)}, {"technician": "ada"}))
    if kind == "category":
        return {"kind": kind, "to": rng.choice(("VPN", "mail"))}
    if kind == "sla":
        return {"kind": kind, "field": "target", "to": rng.choice(("escalated", "special", "nobody", None))}
    return {"kind": kind} | ({"to": rng.choice(_STATUSES)} if rng.random() < 0.3 else {})
