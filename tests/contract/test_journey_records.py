"""What every `JourneyRecords` keeps to: the records in SQL and their fake in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from adapters.memory.journeys import MemoryRecords
from adapters.storage.journeys import SqlJourneyRecords
from adapters.storage.store import Store
from domain.assessment import Action, Decision
from domain.context import Context
from domain.errors import NotFound
from domain.escalation import EscalationState
from domain.evidence import Evidence
from domain.handoff import Claim, Handoff
from domain.matrix import Matrix
from domain.recording import Changes, JourneyRecords
from tests.adapters.storage.test_store import APPROVAL, DRAFT, ESCALATION
from tests.conftest import NOW

T = TypeVar("T")
HANDOFF = Handoff(id="hnd_1", ticket_id="T-1", at=NOW, problem=(Claim(text="It drops.", sources=("e1",)),))


@pytest.fixture(params=["memory", "sql"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[JourneyRecords]:
    if request.param == "memory":
        yield MemoryRecords()
        return
    store = Store.open(tmp_path / "records.db")
    yield SqlJourneyRecords(store.engine)
    store.close()


def run(answer: Awaitable[T]) -> T:
    async def ask() -> T:
        return await answer

    return asyncio.run(ask())


def _save(records: JourneyRecords, run_id: str = "run_1", tenant: str = "a", **parts: object) -> None:
    run(records.save(tenant, Changes.model_validate({"run_id": run_id, "ticket_id": "T-1", **parts})))


def test_everything_saved_is_read_back(records: JourneyRecords) -> None:
    context = Context(rounds=1)
    _save(
        records, escalation=ESCALATION, approval=APPROVAL, draft=DRAFT, handoff=HANDOFF, context=context,
        evidence=Evidence(), at=NOW,
    )  # fmt: skip
    assert run(records.escalation("a", "esc_1")) == ESCALATION
    assert run(records.approval("a", "apr_1")) == APPROVAL
    assert run(records.draft("a", "drf_1")) == DRAFT
    assert run(records.handoff("a", "hnd_1")) == HANDOFF
    assert run(records.context("a", "run_1")) == context
    assert run(records.evidence("a", "run_1")) == Evidence()


def test_another_tenant_sees_nothing(records: JourneyRecords) -> None:
    _save(records, escalation=ESCALATION, context=Context(), at=NOW)
    for answer in (records.escalation("b", "esc_1"), records.context("b", "run_1")):
        with pytest.raises(NotFound):
            run(answer)
    assert run(records.last_escalation("b", "T-1")) is None


@pytest.mark.parametrize("kind", ["escalation", "evidence", "context", "approval", "handoff", "draft"])
def test_what_is_missing_is_said(records: JourneyRecords, kind: str) -> None:
    with pytest.raises(NotFound, match=r"there is no .*x_1"):
        run(getattr(records, kind)("a", "x_1"))


def test_the_newest_context_of_a_run_replaces_the_earlier(records: JourneyRecords) -> None:
    _save(records, context=Context(rounds=1), at=NOW)
    _save(records, context=Context(rounds=2), at=NOW + timedelta(hours=1))
    assert run(records.context("a", "run_1")).rounds == 2


def test_an_older_version_stays_out(records: JourneyRecords) -> None:
    accepted = ESCALATION.move(EscalationState.ACCEPTED, at=NOW, by="kim", why="mine")
    _save(records, escalation=accepted)
    _save(records, escalation=ESCALATION)
    assert run(records.escalation("a", "esc_1")) == accepted


def test_the_last_escalation_is_the_one_opened_last_ended_or_not(records: JourneyRecords) -> None:
    ended = ESCALATION.move(EscalationState.RESOLVED, at=NOW + timedelta(days=2), by="kim", why="fixed")
    second = ESCALATION.model_copy(update={"id": "esc_2", "opened_at": NOW + timedelta(days=1)})
    _save(records, escalation=second)
    _save(records, escalation=ended)
    last = run(records.last_escalation("a", "T-1"))
    assert last is not None and last.id == "esc_2"
    assert run(records.last_escalation("a", "T-2")) is None


def test_the_matrix_of_a_ticket_is_empty_until_somebody_looked_and_an_older_one_stays_out(
    records: JourneyRecords,
) -> None:
    assert run(records.matrix("a", "T-1")) == Matrix(ticket_id="T-1")
    newer = Matrix(ticket_id="T-1", version=2, looked_at=NOW, spent=frozenset({"risk:0"}))
    _save(records, matrix=newer)
    _save(records, matrix=Matrix(ticket_id="T-1", version=1, looked_at=NOW))
    assert run(records.matrix("a", "T-1")) == newer
    assert run(records.matrix("b", "T-1")) == Matrix(ticket_id="T-1")


def test_the_decision_of_a_run_is_read_back_by_the_run(records: JourneyRecords) -> None:
    decision = Decision(
        id="dec_1", ticket_id="T-1", at=NOW, action=Action.WATCH, risk=3, threshold=60, why=("low",), policy="1.0.0"
    )
    assert run(records.decision("a", "run_1")) is None
    _save(records, decision=decision)
    assert run(records.decision("a", "run_1")) == decision
    assert run(records.decision("a", "run_2")) is None
