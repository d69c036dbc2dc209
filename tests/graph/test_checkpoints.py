"""What waits on disk is read back as the types we name, and as nothing else: a forged row runs no code."""

from __future__ import annotations

import asyncio
import json
import pickle
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import get_args, get_type_hints

import ormsgpack
import pytest
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from domain.assessment import Assessment, Counterfactual, Reason, Span, Urgency
from domain.base import Record
from domain.context import Answer, Context, Question
from domain.journey import Outcome, Trigger
from graph.checkpoints import checkpoints, models, serializer
from graph.state import ApprovalWord, JourneyState, ReviewWord
from tests.conftest import NOW

_ONE_ARGUMENT, _ARGUMENTS, _NAMED, _METHOD, _V1, _V2 = range(6)
"""The codes under which LangGraph packs objects (`langgraph.checkpoint.serde.jsonplus`)."""

ASSESSMENT = Assessment(
    ticket_id="T-1", at=NOW, risk=10,
    reasons=(Reason(code="sla", points=10, text="late", span=Span(start=0, end=4)),),
    counterfactual=Counterfactual(text="without", without=("sla",), risk_after=0), category=None, urgency=Urgency.LOW,
)  # fmt: skip
QUESTION = Question(id="q_1", to="requester", text="Which?", fields=("a",), asked_at=NOW, answer_by=NOW)


@pytest.mark.parametrize(
    "value",
    [
        ASSESSMENT, Context(question=QUESTION, asked=(QUESTION,)), Answer(at=NOW, event_id="e2"), Trigger.BOUNCED,
        Outcome.HANDED_OVER, ApprovalWord(result="granted", at=NOW), ReviewWord(result="rejected", at=NOW), NOW,
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_a_state_holds_comes_back_as_it_was(value: object) -> None:
    back = serializer().loads_typed(serializer().dumps_typed(value))
    assert (type(back), back) == (type(value), value)


def _held(kind: object, seen: set[type]) -> set[type]:
    """Every record type that can stand in a value of this type."""
    for inner in get_args(kind):
        _held(inner, seen)
    if isinstance(kind, type) and issubclass(kind, Record) and kind not in seen:
        seen.add(kind)
        for hint in get_type_hints(kind).values():
            _held(hint, seen)
    return seen


def test_the_allow_list_names_every_record_that_a_state_can_hold() -> None:
    held: set[type] = set()
    for hint in get_type_hints(JourneyState).values():
        _held(hint, held)
    assert held <= set(models())


def test_every_model_of_the_list_is_frozen() -> None:
    assert all(model.model_config.get("frozen") for model in models())


def _forged(code: int, *parts: object) -> bytes:
    return ormsgpack.packb(ormsgpack.Ext(code, ormsgpack.packb(parts)))


def _touch(target: Path) -> dict[str, bytes]:
    """Rows that would create the file if anything in them were called."""
    path = str(target)
    return {
        "one argument": _forged(_ONE_ARGUMENT, "os", "mkdir", path),
        "arguments": _forged(_ARGUMENTS, "os", "mkdir", [path]),
        "named": _forged(_NAMED, "os", "mkdir", {"path": path}),
        "method": _forged(_METHOD, "pathlib", "Path", path, "mkdir"),
        "model of old": _forged(_V1, "subprocess", "Popen", {"args": ["mkdir", path]}),
        "model": _forged(_V2, "subprocess", "Popen", {"args": ["mkdir", path]}, "__init__"),
    }


@pytest.mark.parametrize("way", ["one argument", "arguments", "named", "method", "model of old", "model"])
def test_a_forged_row_is_not_executed(tmp_path: Path, way: str) -> None:
    target = tmp_path / "made by the forger"
    back = serializer().loads_typed(("msgpack", _touch(target)[way]))
    assert not target.exists()
    assert back is None or isinstance(back, str | list | tuple | dict)


def test_the_same_row_runs_where_everything_is_allowed(tmp_path: Path) -> None:
    target = tmp_path / "made by the forger"
    lax = JsonPlusSerializer(allowed_msgpack_modules=True)
    lax.loads_typed(("msgpack", _touch(target)["one argument"]))
    assert target.exists()


def test_a_forged_json_row_is_not_executed(tmp_path: Path) -> None:
    target = tmp_path / "made by the forger"
    row = {"lc": 2, "type": "constructor", "id": ["os", "mkdir"], "args": [str(target)], "kwargs": {}}
    serializer().loads_typed(("json", json.dumps(row).encode()))
    assert not target.exists()


def test_a_pickle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotImplementedError, match="pickle"):
        serializer().loads_typed(("pickle", pickle.dumps(NOW)))


def test_the_saver_on_disk_reads_through_the_same_list(tmp_path: Path) -> None:
    target, path = tmp_path / "made by the forger", tmp_path / "checkpoints.db"

    async def forge_and_read() -> None:
        async with checkpoints(path):
            pass
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(
                "INSERT INTO checkpoints (thread_id, checkpoint_ns, checkpoint_id, type, checkpoint, metadata)"
                " VALUES ('acme/run_1', '', '1', 'msgpack', ?, ?)",
                (_touch(target)["one argument"], b"{}"),
            )
        async with checkpoints(path) as saver:
            await saver.aget_tuple({"configurable": {"thread_id": "acme/run_1"}})

    asyncio.run(forge_and_read())
    assert not target.exists()
