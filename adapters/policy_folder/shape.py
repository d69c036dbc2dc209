"""One file against its model: what pydantic refuses, as findings with a place and a mend."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from adapters.policy_folder.reader import MOST_FINDINGS, Document
from domain.policy.checks.issue import Path, did_you_mean, one_of

CODES = {
    "unknown-key": "a key is not one of this file's",
    "missing-key": "a key that must be there is not",
    "wrong-type": "a value has the wrong type (text, number, list, …)",
    "unknown-choice": "a value or key is not one of those allowed",
    "out-of-range": "a number is too small or too large",
    "too-few": "a list needs at least one entry",
    "bad-id": "an id is not written in lower case letters, digits, - and _",
    "bad-version": "a version is not three numbers with dots",
    "bad-email": "an e-mail address is not one",
    "bad-clock": "a time of day is not written as HH:MM",
    "bad-quiet-hours": "quiet hours are not written as HH:MM-HH:MM, or end when they start",
    "bad-digest": "a digest has both an interval and a time of day, or neither",
    "bad-slack-id": "a Slack id is not that of a member",
    "bad-language": "a language is not a two-letter code",
    "bad-date": "a date is not one",
    "bad-moment": "a moment is not written with date, time and zone",
    "bad-hours": "working hours are not written as HH:MM-HH:MM",
    "hours-backwards": "working hours end before they start",
    "hours-overlap": "working hours of one day overlap",
    "no-working-minute": "a calendar has no working minute",
    "leave-backwards": "a leave ends before it starts",
    "bands-out-of-order": "monitor_from is above at_risk_from",
    "bad-ical-name": "an iCalendar file is not named as a file of the folder itself",
    "level-moment": "a level has not exactly one moment, or a moment without its clock",
    "bad-value": "a value is refused for another reason",
}

PATTERNS = {
    r"^[a-z0-9][a-z0-9_-]{0,63}$": (
        "bad-id",
        "an id",
        "use lower case letters, digits, - and _ (at most 64)",
    ),
    r"^\d+\.\d+\.\d+$": ("bad-version", "a version", "write three numbers in quotes, for example '1.0.0'"),
    r"^[^@\s]+@[^@\s]+\.[^@\s]+$": (
        "bad-email",
        "an e-mail address",
        "write an address such as name@example.com",
    ),
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.ics$": (
        "bad-ical-name",
        "the name of an iCalendar file",
        "put the file beside calendars.yaml and write its name, for example holidays.ics",
    ),
    r"^([01]\d|2[0-3]):[0-5]\d$": ("bad-clock", "a time of day", "write HH:MM in quotes, for example '08:00'"),
    r"^[UW][A-Z0-9]{2,20}$": ("bad-slack-id", "a Slack member's id", "copy it from the profile in Slack: U012AB3CD"),
    r"^[a-z]{2}$": ("bad-language", "a language code", "write a two-letter ISO 639-1 code, for example en"),
}
"""Pattern of a text → code, what it must be, mend."""
_OWN = {
    "hours_text": ("bad-hours", "write HH:MM-HH:MM, for example '08:30-12:00'"),
    "hours_backwards": ("hours-backwards", "swap them, or split a night shift at 24:00"),
    "day_hours_overlap": ("hours-overlap", "make the intervals follow each other"),
    "hours_overlap": ("hours-overlap", "make the intervals follow each other"),
    "no_working_minute": ("no-working-minute", "give at least one day working hours"),
    "quiet_hours_text": ("bad-quiet-hours", "write HH:MM-HH:MM, for example '20:00-07:00'"),
    "digest_moment": ("bad-digest", "write `every_minutes:` or `at:`, one of the two"),
    "leave_backwards": ("leave-backwards", "swap first and last"),
    "level_trigger": ("level-moment", "give at_percent, minutes_before_breach, minutes_after_breach or risk_at_least"),
    "level_clock": ("level-moment", "name the clock of a time, and none with risk_at_least"),
    "bands_out_of_order": ("bands-out-of-order", "lower monitor_from or raise at_risk_from"),
}
_SHOWN_AT = {"no_working_minute": "hours", "leave_backwards": "last", "bands_out_of_order": "monitor_from"}
_TYPE_MENDS = {
    "string_type": "write text; put quotes round numbers and true/false",
    "int_type": "write a whole number without quotes",
    "int_from_float": "write a whole number",
    "bool_type": "write true or false without quotes",
    "tuple_type": "write a list: [a, b] or lines that start with -",
    "dict_type": "write `key: value` lines",
    "model_type": "write `key: value` lines",
    "date_type": "write YYYY-MM-DD",
}
_RANGE = {"greater_than_equal", "less_than_equal", "greater_than", "less_than"}
_CHOICE = re.compile(r"'([^']+)'")


_M = TypeVar("_M", bound=BaseModel)
Schema = Mapping[str, Any]


def check_shape(document: Document, model: type[_M]) -> _M | None:
    """The document as its model, or None after noting why not. Numbers are not taken for text, nor text for numbers."""
    try:
        return model.model_validate_json(json.dumps(document.value), strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False)[: 2 * MOST_FINDINGS]
        schema = model.model_json_schema()
        for detail in details:
            if not _follows(detail, details):
                _note(document, schema, detail)
    return None


def _follows(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """Whether a list is only too short because its entries were refused, which is said there."""
    path = detail["loc"]
    inside = (other for other in details if other["loc"][: len(path)] == path and len(other["loc"]) > len(path))
    return detail["type"] == "too_short" and next(inside, None) is not None


def _note(document: Document, schema: Schema, detail: ErrorDetails) -> None:
    at_key = bool(detail["loc"]) and detail["loc"][-1] == "[key]"
    path = detail["loc"][:-1] if at_key else detail["loc"]
    kind = detail["type"]
    if kind in _OWN:
        path = (*path, *_inside(kind, detail))
    if kind == "extra_forbidden":
        known = _keys_at(schema, path[:-1])
        mend = did_you_mean(str(path[-1]), known, one_of(known))
        place = document.place(path, at_key=True)
        document.add("unknown-key", path, f"the key {path[-1]!r} is not one of this place", mend, place)
    elif kind == "missing":
        mend = f"add `{path[-1]}:`"
        document.add("missing-key", path, f"the key {path[-1]!r} is missing", mend, document.place(path[:-1]))
    else:
        code, problem, mend = _refusal(detail)
        document.add(code, path, problem, mend, document.place(path, at_key=at_key))


def _inside(kind: str, detail: ErrorDetails) -> Path:
    """The line that a rule about several lines is best shown at."""
    child = detail.get("ctx", {}).get("day") or _SHOWN_AT.get(kind)
    return (child,) if child else ()


def _refusal(detail: ErrorDetails) -> tuple[str, str, str]:
    """Code, problem and mend of a value that its field does not take."""
    kind, context, given = detail["type"], detail.get("ctx", {}), detail["input"]
    if kind in _OWN:
        code, mend = _OWN[kind]
        shown = f": {given!r}" if isinstance(given, str) else ""
        return code, detail["msg"] + shown, mend
    if kind == "string_pattern_mismatch" and context["pattern"] in PATTERNS:
        code, what, mend = PATTERNS[context["pattern"]]
        return code, f"{given!r} is not {what}", mend
    if kind in ("literal_error", "enum"):
        allowed = _CHOICE.findall(context["expected"])
        return (
            "unknown-choice",
            f"{given!r} is not allowed here",
            did_you_mean(str(given), allowed, one_of(allowed)),
        )
    if kind in _RANGE:
        bound = next(iter(context.values()))
        side = "at least" if kind.startswith("greater") else "at most"
        return "out-of-range", f"{given} is out of range", f"write a number of {side} {bound}"
    if kind == "too_short":
        return "too-few", "the list is empty", "add at least one entry"
    if kind in ("timezone_aware", "value_error") or kind.startswith("datetime_"):
        return "bad-moment", f"{given!r} is not a moment", "write '2026-01-07T10:00:00+01:00'"
    if kind.startswith("date_"):
        return "bad-date", f"{given!r} is not a date", "write YYYY-MM-DD"
    if kind in _TYPE_MENDS:
        return "wrong-type", f"{_shown(given)} is not what stands here", _TYPE_MENDS[kind]
    return "bad-value", detail["msg"], "see docs/reference/policy.md"


def _shown(value: object) -> str:
    names = {dict: "a mapping", list: "a list", type(None): "nothing", bool: str(value).lower()}
    return names.get(type(value), repr(value))


def _keys_at(schema: Schema, path: Path) -> list[str]:
    """The keys a mapping at `path` can have, from the model's JSON Schema."""
    node: Schema = schema
    for part in path:
        node = _resolved(schema, node)
        if isinstance(part, int):
            node = node.get("items", {})
        else:
            node = node.get("properties", {}).get(part, node.get("additionalProperties") or {})
    return list(_resolved(schema, node).get("properties", {}))


def _resolved(schema: Schema, node: Schema) -> Schema:
    reference = node.get("$ref", "")
    found: Schema = schema["$defs"][reference.rpartition("/")[2]] if reference else node
    return found
