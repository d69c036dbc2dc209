"""Where journeys are kept while they wait: SQLite, written at every step, read back only into types we name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from pydantic import BaseModel

from domain import assessment, context, passed, properties, route
from domain.assessment import Action, Urgency
from domain.journey import Outcome, Trigger
from domain.knowledge import DraftState
from graph import state

_TYPES: tuple[type, ...] = (
    assessment.Assessment, assessment.Counterfactual, assessment.Decision, assessment.Reason, assessment.RuleFailure,
    assessment.LearnedOpinion, assessment.ModelReading, assessment.PlaybookMatch, assessment.QuotedWords,
    assessment.Span,
    context.Answer, context.Context, context.Fact, context.MissingFact,
    context.Question,
    context.RefusedValue, passed.LevelPassed, properties.PropertyChange, route.Candidate, route.Route,
    state.ApprovalWord, state.ReviewWord,
    Action, DraftState, Outcome, Trigger, Urgency,
)  # fmt: skip
"""Everything a state may hold. A row that names any other type comes back as plain data, never as code."""


def serializer() -> JsonPlusSerializer:
    """Strict: no pickles, no constructor outside the list."""
    names = [(kind.__module__, kind.__name__) for kind in _TYPES]
    return JsonPlusSerializer(pickle_fallback=False, allowed_json_modules=None, allowed_msgpack_modules=names)


def models() -> tuple[type[BaseModel], ...]:
    """The pydantic models among the allowed types."""
    return tuple(kind for kind in _TYPES if issubclass(kind, BaseModel))


@asynccontextmanager
async def checkpoints(path: Path) -> AsyncIterator[AsyncSqliteSaver]:
    """The saver on `path`, created when missing. Raises `OSError` when the directory cannot be written."""
    async with aiosqlite.connect(path) as connection:
        await connection.execute("PRAGMA journal_mode=WAL")
        await connection.execute("PRAGMA synchronous=FULL")
        await connection.execute("PRAGMA busy_timeout=30000")
        saver = AsyncSqliteSaver(connection, serde=serializer())
        await saver.setup()
        yield saver


def in_memory() -> InMemorySaver:
    """A saver for journeys that end with the process, reading back the same types."""
    return InMemorySaver(serde=serializer())
