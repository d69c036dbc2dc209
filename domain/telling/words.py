"""The words of a notice in plain text. Times are always absolute and with their zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from domain.telling.content import ClockLeft, NoticeContent


def moment_text(at: datetime, zone: str) -> str:
    """'2026-10-14 14:10 CEST (Europe/Berlin)'"""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()} ({zone})"


def duration_text(minutes: int) -> str:
    """'1 h 10 min'; the sign is left out."""
    hours, rest = divmod(abs(minutes), 60)
    parts = ([f"{hours} h"] if hours else []) + ([f"{rest} min"] if rest or not hours else [])
    return " ".join(parts)


def clock_text(clock: ClockLeft, zone: str) -> str:
    """'SLA resolution: 1 h 10 min of working time left (71 % used), due …'"""
    name = clock.clock.replace("_", " ")
    word = f"{duration_text(clock.left_minutes)} of working time left"
    if clock.left_minutes < 0:
        word = f"over by {duration_text(clock.left_minutes)} of working time"
    return f"SLA {name}: {word} ({clock.used_percent} % used), due {moment_text(clock.due_at, zone)}"


def facts(content: NoticeContent, zone: str) -> tuple[tuple[str, str], ...]:
    """(label, value) of everything short, in reading order; what is not known is left out."""
    similar = content.similar
    owner = " ".join(part for part in (content.owner, f"({content.team})" if content.team else "") if part)
    rows = [
        ("State", content.state),
        ("Priority", content.priority or "not set"),
        *(("SLA", clock_text(clock, zone).removeprefix("SLA ")) for clock in content.sla),
        ("Service", content.service or ""),
        ("Affected", ", ".join(content.affected)),
        ("Owner", owner),
        ("Top similar case", _similar(content) if similar else ""),
        ("Acknowledged", content.acknowledged or ""),
    ]
    return tuple((label, value) for label, value in rows if value)


def plain_text(content: NoticeContent, zone: str) -> str:
    """The whole notice as text; what an e-mail's plain part and a digest say."""
    return "\n".join(_lines(content, zone)).strip()


def _lines(content: NoticeContent, zone: str) -> Iterator[str]:
    yield content.headline
    yield f"Ticket {content.ticket_id}, priority {content.priority or 'not set'}"
    if content.requested_action and not content.acknowledged:
        yield f"Please: {content.requested_action}"
    if content.acknowledged:
        yield f"Acknowledged {content.acknowledged}"
    yield f"State: {content.state}"
    yield from (clock_text(clock, zone) for clock in content.sla)
    if content.service:
        yield f"Service: {content.service}"
    if content.affected:
        yield f"Affected: {', '.join(content.affected)}"
    if content.risk is not None:
        yield f"Risk {content.risk}:"
        yield from (f"  {reason.points:+d} {reason.text}" for reason in content.reasons)
    if content.owner:
        yield f"Goes to {content.owner} ({content.team}): {content.why_owner}"
    if content.similar:
        yield f"Top similar case: {_similar(content)}"
    if content.earlier:
        yield f"Before this: {'; '.join(content.earlier)}"
    if content.ticket_url:
        yield f"Ticket: {content.ticket_url}"
    yield from ("", content.details)


def _similar(content: NoticeContent) -> str:
    one = content.similar
    if one is None:
        return ""
    solved = f": {one.how_resolved}" if one.how_resolved else ""
    return f"{one.id} {one.title}{solved}" + (f" ({one.by_whom})" if one.by_whom else "")
