"""A replay decides what live work decides: the same ticket, policy, model and moment give the same."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from adapters.clock import SetClock
from adapters.memory.bursts import MemoryBursts
from adapters.memory.knowledge import MemoryKnowledge
from adapters.memory.search import MemorySearch
from adapters.policy_folder import load_policy
from adapters.storage.history import SqlHistory
from adapters.storage.store import Store
from app.bootstrap import DEFAULT_POLICY
from app.judging import ModelJudges
from app.models import libraries, load_active, part_of
from app.opinion import Opinion, opinion
from app.replay.minds import Mind
from app.replay.past import Past
from app.replay.rows import Row
from app.replay.side import Watcher
from app.replay.stored import StoredMind
from app.replay.stream import Window, run_through
from domain.assessment import Action, Assessment
from domain.looking import Look
from domain.policy.policy import Policy
from domain.ticket import Requester, Ticket
from learning.manifest import Promotion, Recipe
from learning.store import ModelStore
from tests.app.replay.made import FIRST, history
from tests.app.test_judging import learned

TENANT = "acme"


@dataclass
class Noting(Watcher):
    """A side that keeps every look up to a ticket's first escalation."""

    looks: list[tuple[Assessment, Look, Row]] = field(default_factory=list)

    def _note(self, row: Row, opinion: Assessment, seen: Look, at: datetime) -> None:
        if row.first is None:
            self.looks.append((opinion, seen, row))
        super()._note(row, opinion, seen, at)


def replayed(policy: Policy, tickets: list[Ticket], mind: Mind | None = None) -> Noting:
    past = Past()
    side = Noting("policy", policy, past, mind.judgement if mind is not None else None)
    run_through(tickets, [side], past, [mind] if mind is not None else [], Window())
    return side


def live(store: Store, policy: Policy, ticket: Ticket, at: datetime, judges: ModelJudges | None) -> Opinion:
    return asyncio.run(
        opinion(
            TENANT, ticket, at, policy=policy, history=SqlHistory(store.engine), search=MemorySearch(),
            knowledge=MemoryKnowledge(), bursts=MemoryBursts(), judges=judges,
        )
    )  # fmt: skip


@pytest.mark.parametrize("learns", [False, True])
def test_each_look_of_a_replay_is_that_of_live_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, learns: bool
) -> None:
    monkeypatch.setattr("app.judging.SLOT", timedelta(microseconds=1))
    # Nobody sends two tickets, so that none repeats another: resemblance is not replayed.
    tickets = [
        one.model_copy(update={"requester": Requester(id=f"r-{number}")}) for number, one in enumerate(history(60))
    ]
    found = load_policy(DEFAULT_POLICY)
    parts = {name: getattr(found, name) for name in Policy.model_fields}
    policy = Policy(**{**parts, "learning": found.learning.model_copy(update={"mode": "on"})})
    store = Store.open(tmp_path / "records.db")
    store.put_tickets(TENANT, tickets)
    judges = mind = None
    if learns:
        models = ModelStore(tmp_path / "models")
        until = FIRST - timedelta(days=1)
        recipe = Recipe(
            targets=("sla_breach",), routing=False, since=until, until=until, tickets=400, labels={}, features=(),
            policy="1", capacity=1.0, seed=0, libraries=libraries(), trained_at=until,
        )  # fmt: skip
        model = models.save(TENANT, recipe, {part_of("sla_breach"): learned(0)}, b"{}").id
        models.promote(TENANT, Promotion(kind="promoted", model=model, at=until, by="ada"))
        judges = ModelJudges(models, store, policy, SetClock(FIRST + timedelta(days=99)))
        loaded = load_active(models, TENANT)
        assert loaded is not None
        mind = StoredMind(loaded, policy)
    whole = {one.id: one for one in tickets}
    side = replayed(policy, tickets, mind)
    escalated = 0
    for opinion_, seen, row in side.looks[:: 3 if learns else 1]:
        said = live(store, policy, whole[opinion_.ticket_id], opinion_.at, judges)
        assert opinion_.learned == said.assessment.learned and bool(opinion_.learned) == learns
        assert (opinion_.risk, opinion_.reasons) == (said.assessment.risk, said.assessment.reasons)
        assert seen.decision.action == said.decision.action
        if seen.decision.action == Action.ESCALATE:
            escalated += 1
            first, route = row.first, said.route
            assert first is not None and route is not None
            assert (first.to_tier, first.team, first.technician) == (route.tier, route.team, route.technician)
            assert first.nobody_eligible == (route.result == "nobody_eligible")
    assert escalated > 10
