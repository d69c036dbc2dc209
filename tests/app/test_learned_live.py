"""Switched on, what was learned decides: a ticket goes up by its probability, and people read why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from adapters.clock import SetClock
from adapters.policy_folder import load_policy
from adapters.storage import records
from app.bootstrap import DEFAULT_POLICY, open_services
from app.models import libraries, part_of
from app.settings import Settings
from domain.assessment import Assessment
from domain.policy.learning import LearningFile
from learning.manifest import Promotion, Recipe
from learning.risk import RiskModel
from learning.store import ModelStore
from retrieval.embeddings import HashEmbedder
from tests.app.desk import QUIET, Desk
from tests.app.test_judging import learned
from tests.conftest import NOW


def promoted(models: ModelStore, line: float) -> str:
    recipe = Recipe(
        targets=("sla_breach",), routing=False, since=NOW - timedelta(days=99), until=NOW - timedelta(days=1),
        tickets=400, labels={"sla_breach": 400}, features=(), policy="1", capacity=1.0, seed=0, libraries=libraries(),
        trained_at=NOW,
    )  # fmt: skip
    model = RiskModel.load(learned(0)).with_line(line).dump()
    id = models.save("default", recipe, {part_of("sla_breach"): model}, b"{}").id
    models.promote("default", Promotion(kind="promoted", model=id, at=NOW, by="ada"))
    return id


@pytest.fixture
def on(settings: Settings, clock: SetClock) -> Iterator[Desk]:
    """A house in which what was learned may speak."""
    rules = load_policy(DEFAULT_POLICY).model_copy(update={"learning": LearningFile(mode="on")})
    with open_services(settings, embedder=HashEmbedder(), clock=clock, policy=rules) as services:
        yield Desk(services, "default", clock)


def assessment(desk: Desk) -> Assessment:
    return desk.services.store.read(lambda c: records.assessments.find(c, "default", ticket_id="T-1"))[0]


def test_a_quiet_ticket_over_the_learned_line_goes_up_with_reasons_that_sum(on: Desk) -> None:
    model = promoted(on.services.models, 0.02)
    on.opens(QUIET)

    found = assessment(on)
    assert found.speaker is not None and found.speaker.model == model
    assert found.risk == sum(one.points for one in found.reasons) >= on.services.policy.risk.at_risk_from
    [raised] = on.escalations()
    assert raised.risk == found.risk
    mail = next(one for one in on.mails() if "Usually" in str(one))
    assert f"Risk {found.risk}" in str(mail) or str(found.risk) in str(mail)


def test_below_the_learned_line_it_is_watched(on: Desk) -> None:
    promoted(on.services.models, 0.98)
    on.opens(QUIET)

    assert assessment(on).speaker is not None and on.escalations() == []


def test_without_a_model_the_points_table_answers(on: Desk) -> None:
    on.opens(QUIET)

    assert assessment(on).learned == () and on.escalations() == []


def test_after_a_rollback_the_points_table_answers_again(on: Desk) -> None:
    promoted(on.services.models, 0.02)
    on.services.models.rollback("default", Promotion(kind="rolled_back", model=None, at=NOW, by="ada"))
    on.opens(QUIET)

    assert assessment(on).learned == () and on.escalations() == []
