"""The one base class of every record."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, JsonValue, StringConstraints

_SECONDS = re.compile(r"\s*[+-]?[\d.]+\s*")


def _not_a_number(value: object) -> object:
    # Pydantic would read "1700000000" as seconds since 1970, and give back something else than it was given.
    if isinstance(value, datetime) or (isinstance(value, str) and not _SECONDS.fullmatch(value)):
        return value
    raise ValueError("expected an RFC 3339 timestamp as a string")


NonEmpty = Annotated[str, StringConstraints(min_length=1)]
Moment = Annotated[AwareDatetime, BeforeValidator(_not_a_number)]
"""A point in time with its zone; a naive timestamp is refused."""


class Record(BaseModel):
    """An immutable value; unknown keys are refused, so a typo never becomes silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def content_hash(value: JsonValue) -> str:
    """sha256 (hex) of `value` as canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def derived_id(prefix: str, *parts: str) -> str:
    """A stable id: the same parts always give the same id, so a repeated step writes the same record."""
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{prefix}_{digest[:20]}"
