"""The canonical history on its way in and out: one JSON object, one ticket, nothing lost.

Absent stays absent and null stays null; the order of events and the zone of each timestamp are kept.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime

from pydantic import JsonValue, ValidationError

from domain.errors import BadHistoryLine
from domain.ticket import Event, Ticket

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Timestamps outside this range are mistakes (year 9999 is a common 'never'); date arithmetic on them overflows."""


def parse_ticket(text: str) -> Ticket:
    """Reads one history line. Raises `BadHistoryLine` naming the field and the mend."""
    if "\x00" in text:
        raise _nul("the line")
    try:
        raw: JsonValue = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadHistoryLine(f"not JSON: {error}", mend="write one JSON object on each line") from error
    return ticket_from(raw)


def ticket_from(raw: JsonValue) -> Ticket:
    """Checks a decoded JSON value. Raises `BadHistoryLine` naming the field and the mend."""
    if not isinstance(raw, dict):
        raise BadHistoryLine(f"expected an object, got {type(raw).__name__}", mend="write one JSON object on each line")
    try:
        ticket = Ticket.model_validate(raw)
    except ValidationError as error:
        raise BadHistoryLine(*_first_finding(error)) from error
    except ValueError as error:
        raise BadHistoryLine(str(error), mend="write valid Unicode text") from error
    # After validation, so that the depth of the walk is the schema's and not the sender's.
    _check_values("", raw)
    check_ticket(ticket)
    return ticket


def check_ticket(ticket: Ticket) -> None:
    """What the types alone cannot say. Raises `BadHistoryLine` for impossible moments, repeated ids, disorder."""
    _check_moments(ticket)
    _check_events(ticket)


def check_moment(name: str, moment: datetime) -> None:
    """Raises `BadHistoryLine` for a moment outside EARLIEST–LATEST, naming the field."""
    if not EARLIEST <= moment < LATEST:
        raise BadHistoryLine(
            f"{name}: {moment.isoformat()} lies outside {EARLIEST.year}–{LATEST.year}",
            mend="leave the key out when the moment is not known",
        )


def dump_ticket(ticket: Ticket) -> str:
    """The ticket as one history line, without the line break; `parse_ticket` reads it back to an equal ticket."""
    return ticket.model_dump_json(by_alias=True, exclude_unset=True)


def dump_event(event: Event) -> str:
    """One event as JSON, absent keys left out."""
    return event.model_dump_json(by_alias=True, exclude_unset=True)


def _check_values(where: str, value: JsonValue) -> None:
    """Raises `BadHistoryLine` for what JSON can carry and our own output cannot: NUL, lone surrogates, infinity."""
    if isinstance(value, dict):
        for key, one in value.items():
            _check_values(f"{where}.{key}", one)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            _check_values(f"{where}.{index}", one)
    elif isinstance(value, str) and (not value.isascii() or "\x00" in value):
        _check_text(where.removeprefix("."), value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise BadHistoryLine(
            f"{where.removeprefix('.')}: the number is too large to be kept", mend="write it as a string"
        )


def _check_text(where: str, text: str) -> None:
    if "\x00" in text:
        raise _nul(where)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadHistoryLine(
            f"{where}: a lone surrogate at character {error.start}",
            mend="write both halves of the character, or neither",
        ) from error


def _nul(where: str) -> BadHistoryLine:
    return BadHistoryLine(f"{where}: holds a NUL character", mend="remove U+0000 from the text")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_MENDS = {
    "timezone_aware": "write the zone, for example 2026-03-01T09:00:00Z",
    "extra_forbidden": "remove the key, or check its spelling against history.schema.json",
    "missing": "add the key",
    "string_type": "write a string",
    "enum": "use one of the values in history.schema.json",
    "literal_error": "use one of the values in history.schema.json",
    "datetime_from_date_parsing": "write an RFC 3339 timestamp with a zone",
    "value_error": "write an RFC 3339 timestamp with a zone",
    "datetime_parsing": "write an RFC 3339 timestamp with a zone",
    "string_too_short": "write at least one character",
}


def _first_finding(error: ValidationError) -> tuple[str]:
    finding = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in finding["loc"]) or "the record"
    mend = _MENDS.get(finding["type"], "see docs/reference/history.schema.json")
    more = error.error_count() - 1
    also = f" (and {more} more)" if more else ""
    return (f"{where}: {finding['msg']}{also}; {mend}",)


def _check_moments(ticket: Ticket) -> None:
    named = [("created_at", ticket.created_at), ("resolved_at", ticket.resolved_at)]
    named += [("closed_at", ticket.closed_at), ("outcome.escalated_at", ticket.outcome.escalated_at)]
    named += [(f"events.{index}.at", event.at) for index, event in enumerate(ticket.events)]
    for name, moment in named:
        if moment is not None:
            check_moment(name, moment)


def _check_events(ticket: Ticket) -> None:
    seen: set[str] = set()
    for index, event in enumerate(ticket.events):
        if event.id in seen:
            raise BadHistoryLine(
                f"events.{index}.id: {event.id!r} occurs twice", mend="give each event of a ticket its own id"
            )
        seen.add(event.id)
        if index and event.at < ticket.events[index - 1].at:
            raise BadHistoryLine(
                f"events.{index}.at: earlier than the event before it",
                mend="order events by at, then by position",
            )


def history_schema() -> dict[str, JsonValue]:
    """The JSON Schema of one history line."""
    schema: dict[str, JsonValue] = Ticket.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
