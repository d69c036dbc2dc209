"""A checkpoint is data: whoever writes one cannot make us run anything, and what we write comes back as it was."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args, get_type_hints

import ormsgpack
import pytest
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from domain.assessment import Action, Assessment, Decision, Reason, Urgency
from domain.base import Record
from domain.context import Answer, Context
from domain.route import Route
from graph.checkpoints import models, serializer
from graph.state import ApprovalWord, JourneyState, ReviewWord

AT = datetime(2026, 10, 14, 9, 0, tzinfo=UTC)
_EXT_CONSTRUCTOR_POS_ARGS = 1


def _back(value: object) -> object:
    kind, data = serializer().dumps_typed(value)
    return serializer().loads_typed((kind, data))


def test_everything_a_state_holds_comes_back_as_it_was() -> None:
    assessment = Assessment(
        ticket_id="T-1", at=AT, risk=10, reasons=(Reason(code="vip", points=10, text="VIP"),), counterfactual=None,
        category=None, urgency=Urgency.HIGH,
    )  # fmt: skip
    decision = Decision(
        id="d", ticket_id="T-1", at=AT, action=Action.ESCALATE, risk=10, threshold=60, why=("x",), policy="1+a"
    )
    route = Route(result="technician", tier="L2", team="net", technician="ada", confidence=0.5, why="best")
    words = (ApprovalWord(result="granted", at=AT), ReviewWord(result="approved", at=AT), Answer(at=AT), Context())
    for value in (assessment, decision, route, *words, AT):
        back = _back({"value": value})
        assert isinstance(back, dict) and back["value"] == value and type(back["value"]) is type(value)


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


def test_a_forged_row_runs_nothing(tmp_path: Path) -> None:
    made = tmp_path / "made-by-a-row"
    payload = ormsgpack.packb(("os", "mkdir", (str(made),)))
    forged = ormsgpack.packb(ormsgpack.Ext(_EXT_CONSTRUCTOR_POS_ARGS, payload))
    serializer().loads_typed(("msgpack", forged))
    assert not made.exists()
    # The same row does run where everything is allowed: it is the allow-list that stops it.
    JsonPlusSerializer(allowed_msgpack_modules=True).loads_typed(("msgpack", forged))
    assert made.exists()


def test_a_pickle_is_refused() -> None:
    with pytest.raises(NotImplementedError):
        serializer().loads_typed(("pickle", pickle.dumps({"a": 1})))
