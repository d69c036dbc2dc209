"""Pages of records, newest first: a cursor says after which record the next page starts."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

from fastapi import Query

from adapters.storage.records import Place
from domain.errors import BadInput

M = TypeVar("M")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Limit = Annotated[int, Query(ge=1, le=200, description="how many records a page has at most")]
After = Annotated[
    str | None,
    Query(min_length=1, max_length=400, description="`next` of the page before; the first page when left out"),
]


def place(after: str | None) -> Place | None:
    """Where a page starts. Raises `BadInput` for a cursor that we did not write."""
    if after is None:
        return None
    try:
        micros, _, id = base64.urlsafe_b64decode(after.encode()).decode().partition(":")
        return Place(_EPOCH + timedelta(microseconds=int(micros)), id)
    except (binascii.Error, ValueError, OverflowError) as error:
        raise BadInput("`after` is not a cursor", mend="pass `next` of the page before, unchanged") from error


def cursor(at: datetime, id: str) -> str:
    """The cursor behind a record."""
    micros = (at - _EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(f"{micros}:{id}".encode()).decode()


def page(found: Sequence[M], limit: int, place_of: Callable[[M], tuple[datetime, str]]) -> tuple[list[M], str | None]:
    """The records of a page, out of up to `limit` + 1 found, and the cursor of the next; none on the last page."""
    items = list(found[:limit])
    return items, cursor(*place_of(items[-1])) if len(found) > limit else None
