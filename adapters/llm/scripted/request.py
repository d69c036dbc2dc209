"""Reading a chat request as the scripted server needs it: the schema asked for, and the events inside the fences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

_TITLE = re.compile(r"JSON schema (\w+)")
_EVENT = re.compile(
    r"^\[(?P<id>[^\]\n]+)\] (?P<at>\S+) (?P<role>[\w-]+) \((?P<visibility>public|internal)\):\n"
    r"<untrusted>\n(?P<text>.*?)\n</untrusted>",
    re.MULTILINE | re.DOTALL,
)
_CLAIM = re.compile(
    r"^\((?P<part>[a-z_]+)\) \[(?P<sources>[^\]\n]*)\]:\n<untrusted>\n(?P<text>.*?)\n</untrusted>",
    re.MULTILINE | re.DOTALL,
)
_FIELD = re.compile(r"^\{(?P<id>[^}\n]+)\} (?P<words>.+)$", re.MULTILINE)
_MARK = re.compile(r"^\| ?", re.MULTILINE)


@dataclass(frozen=True)
class SeenEvent:
    """An event as the prompt shows it."""

    id: str
    role: str
    internal: bool
    text: str


@dataclass(frozen=True)
class SeenClaim:
    """A sentence that the local path wrote, as the prompt shows it."""

    part: str
    sources: tuple[str, ...]
    text: str


class ChatRequest:
    """One request for a completion."""

    def __init__(self, body: Mapping[str, Any]) -> None:  # Any: JSON from outside
        self.body = body

    @property
    def streams(self) -> bool:
        """Whether server-sent events are asked for."""
        return self.body.get("stream") is True

    @property
    def wants_format(self) -> bool:
        """Whether a response format is asked for."""
        return self.body.get("response_format") is not None

    @cached_property
    def said(self) -> str:
        """Every message, joined."""
        messages = self.body.get("messages")
        parts = [one.get("content") for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []
        return "\n".join(part for part in parts if isinstance(part, str))

    @cached_property
    def schema_name(self) -> str | None:
        """The name of the schema asked for: of the response format, or as the prompt states it."""
        asked = self._format.get("name")
        if isinstance(asked, str):
            return asked
        stated = _TITLE.search(self.said)
        return stated[1] if stated else None

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The JSON schema asked for; empty when none is."""
        given = self._format.get("schema")
        return given if isinstance(given, dict) else {}

    @cached_property
    def events(self) -> tuple[SeenEvent, ...]:
        """The events that the prompt shows, in their order."""
        return tuple(
            SeenEvent(one["id"], one["role"], one["visibility"] == "internal", unmarked(one["text"]))
            for one in _EVENT.finditer(self.said)
        )

    @cached_property
    def claims(self) -> tuple[SeenClaim, ...]:
        """The local path's sentences that the prompt shows."""
        return tuple(
            SeenClaim(one["part"], tuple(filter(None, one["sources"].split(", "))), unmarked(one["text"]))
            for one in _CLAIM.finditer(self.said)
        )

    @cached_property
    def fields(self) -> dict[str, str]:
        """The form fields that the prompt asks about: id → what it says about them."""
        return {one["id"]: one["words"] for one in _FIELD.finditer(self.said)}

    @cached_property
    def language(self) -> str:
        """The language the prompt asks for; English when it names none."""
        found = re.search(r"in the language `(\w\w)`", self.said)
        return found[1] if found else "en"

    @property
    def _format(self) -> dict[str, Any]:
        asked = self.body.get("response_format")
        named = asked.get("json_schema") if isinstance(asked, dict) else None
        return named if isinstance(named, dict) else {}


def unmarked(text: str) -> str:
    """Text from a fence without the marks at the start of its lines."""
    return _MARK.sub("", text)
