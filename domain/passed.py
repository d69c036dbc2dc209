"""What a look at the escalation matrix leaves: levels passed, causes found."""

from __future__ import annotations

from domain.base import Moment, Record
from domain.properties import PropertyChange


class LevelPassed(Record):
    """One level that was due. `applied` is false when a later level spoke in its place."""

    level: str
    key: str
    due_at: Moment | None
    """When it came due; none for a level of the risk."""
    at: Moment
    applied: bool
    why: str
    changes: tuple[PropertyChange, ...] = ()
    """What it changed by itself; the changes of a level that opens an escalation are those of the handover."""


class Cause(Record):
    """One thing that calls for an escalation, once: its key is spent when it has led to one."""

    key: str
    why: str
