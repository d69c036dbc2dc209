"""Answers made of the request's own events: valid by schema, true to their sources."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from adapters.llm.scripted.request import ChatRequest, SeenClaim

PARTS = ("problem", "impact", "tried", "current_state", "open_questions", "next_step", "do_not_repeat")
_GREETING = re.compile(
    r"^(?:(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen)|bonjour|hola)\b"
    r"[^.!?,\n]{0,30}[,!.\n]\s*)+",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"\s*(?:thanks?(?: you)?|cheers|danke|merci|gracias|regards)\b[^.!?\n]{0,40}[.!]?\s*$", re.IGNORECASE
)
_WORDS = {"requester": "The requester writes", "technician": "Support notes"}
_SHORTEST = 12
"""Characters; what is left of a sentence after greeting and thanks is told only when it is longer."""


def faithful(asked: ChatRequest) -> dict[str, Any]:
    """The answer to a request, by the name of its schema; of a schema that is not known, the least that fits it."""
    made = _MADE.get(asked.schema_name or "")
    return made(asked) if made else least(asked.schema)


def least(schema: dict[str, Any], whole: dict[str, Any] | None = None) -> Any:
    """The least value that a JSON schema allows: empty texts and lists, the first of its choices, zero."""
    root = schema if whole is None else whole
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        return least(root.get("$defs", root.get("definitions", {})).get(name, {}), root)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return None if {"type": "null"} in schema["anyOf"] else least(schema["anyOf"][0], root)
    match schema.get("type"):
        case "object":
            return {name: least(kind, root) for name, kind in schema.get("properties", {}).items()}
        case "array":
            return []
        case "integer" | "number":
            return 0
        case "boolean":
            return False
        case _:
            return ""


def plain(text: str) -> str:
    """A sentence without greeting, thanks and line breaks."""
    short = " ".join(_THANKS.sub("", _GREETING.sub("", text.strip())).split())
    return short if len(short) >= _SHORTEST else " ".join(text.split())


def _handoff(asked: ChatRequest) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for part in PARTS:
        told = [one for one in asked.claims if one.part == part]
        parts[part] = _retold(asked, told)
    return parts


def _retold(asked: ChatRequest, told: list[SeenClaim]) -> list[dict[str, Any]]:
    """Sentences of the same events put together, each with who says it."""
    together: dict[tuple[str, ...], list[str]] = {}
    for claim in told:
        together.setdefault(claim.sources, []).append(plain(claim.text))
    roles = {event.id: event.role for event in asked.events}
    said = []
    for sources, texts in together.items():
        who = _WORDS.get(roles.get(sources[0], "")) if len(sources) == 1 else None
        text = " ".join(one if one.endswith((".", "!", "?")) else f"{one}." for one in texts)
        said.append({"text": f"{who}: {text}" if who else text, "sources": list(sources)})
    return said


def _requester(asked: ChatRequest) -> dict[str, Any]:
    told = [one for one in asked.claims if one.part == "requester_text"]
    text = " ".join(one.text for one in told)
    return {"text": text, "sources": [source for one in told for source in one.sources]}


def _reading(asked: ChatRequest) -> dict[str, Any]:
    """The category whose name stands in what the requester wrote."""
    own = " ".join(event.text for event in asked.events if event.role == "requester").lower()
    named = [name for name in asked.fields if re.search(rf"\b{re.escape(name.lower())}\b", own)]
    return {"category": named[0] if named else None, "language": None, "pressing": []}


def _values(asked: ChatRequest) -> dict[str, Any]:
    """What stands behind a field's name and a colon."""
    found = []
    for field, words in asked.fields.items():
        label = words.split(" — ")[0]
        for event in asked.events:
            match = re.search(rf"\b{re.escape(label)}\s*:\s*([^\n.;]{{1,80}})", event.text, re.IGNORECASE)
            if match:
                found.append({"field": field, "value": match[1].strip(), "event_id": event.id})
                break
    return {"values": found}


def _question(asked: ChatRequest) -> dict[str, Any]:
    told = [one for one in asked.claims if one.part == "question"]
    return {"questions": [{"field": one.sources[0], "text": f"Could you please tell us: {one.text}"} for one in told]}


def _article(asked: ChatRequest) -> dict[str, Any]:
    parts = {}
    for part in ("symptom", "cause", "steps"):
        told = [one for one in asked.claims if one.part == part]
        parts[part] = [{"text": plain(one.text), "sources": list(one.sources)} for one in told]
    return parts


_MADE: dict[str, Callable[[ChatRequest], dict[str, Any]]] = {
    "HandoffText": _handoff,
    "RequesterText": _requester,
    "TicketReading": _reading,
    "FieldValues": _values,
    "QuestionText": _question,
    "ArticleText": _article,
}
