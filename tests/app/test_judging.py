"""The promoted model at work: what it is asked, when it is silent, and that it can be trusted to be the same again."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from adapters.clock import SetClock
from adapters.storage import stream
from adapters.storage.store import Store
from app.doctor import _learned
from app.judging import ModelJudges
from app.models import libraries, part_of
from app.settings import Settings
from domain.asof import as_of
from domain.errors import BadModel
from domain.learned import LearnedRisk
from domain.policy.policy import Policy
from domain.ports import Judgement
from domain.ticket import Ticket
from learning.desk import Desk
from learning.manifest import Promotion, Recipe
from learning.risk import RiskModel, Sampler
from learning.store import ModelStore
from learning.stream import happenings, in_order
from tests.domain.made import policy
from tests.learning.desks import START, made

END = START + timedelta(days=70)
NOW = START + timedelta(days=75)
TENANT = "acme"
P: Policy = policy()
PAST = made(400, days=60)
FRESH = made(40, seed=5, days=4, start=END + timedelta(days=1))
FRESH = [one.model_copy(update={"id": f"F-{one.id}"}) for one in FRESH]


@cache
def learned(seed: int) -> bytes:
    sampler, desk = Sampler(), Desk()
    for one in happenings(in_order(PAST)):
        desk.tell(one)
        sampler.see(one, desk)
    return RiskModel.fit(sampler, "sla_breach", seed=seed).with_line(0.4).dump()


class Office:
    """A store with a past, and a place for models."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.open(folder / "records.db")
        self.store.put_tickets(TENANT, PAST)
        self.store.put_tickets(TENANT, FRESH)
        self.models = ModelStore(folder / "models")
        self.clock = SetClock(NOW)
        self.judges = self.fresh()
        self.folder = folder

    def fresh(self) -> ModelJudges:
        return ModelJudges(self.models, self.store, P, self.clock)

    def promotes(self, seed: int = 0) -> str:
        recipe = Recipe(
            targets=("sla_breach",), routing=False, since=START, until=END, tickets=400, labels={"sla_breach": 400},
            features=(), policy=P.stamp, capacity=1.0, seed=seed, libraries=libraries(), trained_at=END,
        )  # fmt: skip
        model = self.models.save(TENANT, recipe, {part_of("sla_breach"): learned(seed)}, b"{}").id
        self.models.promote(TENANT, Promotion(kind="promoted", model=model, at=END, by="ada"))
        return model

    def judgement(self, at: datetime, judges: ModelJudges | None = None) -> Judgement | None:
        return asyncio.run((judges or self.judges).judgement(TENANT, at))

    def says(self, at: datetime, judges: ModelJudges | None = None) -> list[LearnedRisk]:
        """Of every fresh ticket that was open then."""
        found = self.judgement(at, judges)
        assert found is not None
        return [risk for one in FRESH if one.created_at <= at for risk in found.risks(as_of(one, at), at)]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def test_without_a_promoted_model_there_is_no_judgement(office: Office) -> None:
    assert office.judgement(NOW) is None


def test_the_promoted_model_is_asked_and_named(office: Office) -> None:
    model = office.promotes()
    said = office.says(NOW)
    assert len(said) == len(FRESH)
    assert {(one.model, one.target, one.line) for one in said} == {(model, "sla_breach", 0.4)}
    assert len({round(one.probability, 3) for one in said}) > 3


def test_another_promotion_is_followed_and_so_is_a_rollback(office: Office) -> None:
    one, two = office.promotes(0), office.promotes(1)
    assert one != two and {each.model for each in office.says(NOW)} == {two}
    office.models.rollback(TENANT, Promotion(kind="rolled_back", model=None, at=NOW, by="ada"))
    assert {each.model for each in office.says(NOW)} == {one}


def test_a_desk_that_went_along_says_what_one_built_anew_says(office: Office) -> None:
    office.promotes()
    for hours in range(0, 90, 7):
        at = END + timedelta(days=1, hours=hours, minutes=2)
        office.clock.at = at
        assert office.says(at) == office.says(at, office.fresh())


def test_what_arrives_late_is_seen_as_well(office: Office) -> None:
    office.promotes()
    office.says(NOW)
    late = [one.model_copy(update={"id": f"L-{one.id}"}) for one in made(300, seed=8, days=3, start=END)]
    office.store.put_tickets(TENANT, late)
    assert office.says(NOW) == office.says(NOW, office.fresh())


def test_an_opinion_that_was_begun_is_not_changed_by_what_happens_meanwhile(office: Office) -> None:
    office.promotes()
    at = END + timedelta(days=3)
    office.clock.at = at
    begun, open_then = office.judgement(at), [as_of(one, at) for one in FRESH if one.created_at <= at]
    assert begun is not None
    before = [begun.risks(one, at) for one in open_then]
    office.clock.at = at + timedelta(days=2)
    assert office.judgement(office.clock.at) is not None
    assert [begun.risks(one, at) for one in open_then] == before


def test_nobody_waits_with_an_opinion_for_a_desk_that_is_being_built(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.promotes()
    known, reading, go_on = office.judgement(NOW), Event(), Event()
    assert known is not None
    count = stream.count

    def slow(*args: Any, **named: Any) -> int:
        reading.set()
        assert go_on.wait(30)
        return count(*args, **named)

    monkeypatch.setattr(stream, "count", slow)
    with ThreadPoolExecutor() as threads:
        building = threads.submit(office.judges.judgement_now, TENANT, NOW + timedelta(hours=1))
        assert reading.wait(30)
        try:
            assert threads.submit(known.risks, FRESH[0], NOW).result(timeout=10)
        finally:
            go_on.set()
        assert building.result(timeout=30) is not None


def test_what_comes_in_a_little_late_costs_no_building_from_the_start(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.promotes()
    office.says(NOW)
    built: list[object] = []
    whole = stream.in_order

    def counted(*args: Any, **named: Any) -> Iterator[Ticket]:
        built.append(named)
        return whole(*args, **named)

    monkeypatch.setattr(stream, "in_order", counted)
    late = made(30, seed=8, days=0.01, start=NOW - timedelta(hours=2))
    office.store.put_tickets(TENANT, [one.model_copy(update={"id": f"L-{one.id}"}) for one in late])
    said = office.says(NOW)
    assert built == [] and said == office.says(NOW, office.fresh())


def test_a_process_that_ran_for_months_says_what_a_fresh_one_says(office: Office) -> None:
    office.promotes()
    office.clock.at = NOW + timedelta(days=200)
    tail = made(200, seed=9, days=190, start=NOW)
    office.store.put_tickets(TENANT, [one.model_copy(update={"id": f"N-{one.id}"}) for one in tail])
    for day in range(0, 200, 9):
        at = NOW + timedelta(days=day)
        assert office.says(at) == office.says(at, office.fresh())


def test_a_moment_of_the_past_sees_nothing_of_what_came_later(office: Office) -> None:
    office.promotes()
    at = END + timedelta(days=3)
    office.says(NOW)
    before = office.says(at)
    poison = made(300, seed=8, days=3, start=at + timedelta(minutes=1))
    office.store.put_tickets(TENANT, [one.model_copy(update={"id": f"L-{one.id}"}) for one in poison])
    assert office.says(at) == before == office.says(at, office.fresh())


def test_a_moment_that_the_model_was_taught_about_is_not_judged(office: Office) -> None:
    office.promotes()
    said = office.judgement(END - timedelta(days=30))
    assert said is not None
    [risk] = said.risks(as_of(PAST[0], END - timedelta(days=30)), END - timedelta(days=30))
    assert risk.abstained and "after this moment" in risk.why_abstained


def test_a_helpdesk_clock_that_is_ahead_is_no_future(office: Office) -> None:
    office.promotes()
    assert office.says(NOW + timedelta(hours=3)) == office.says(NOW + timedelta(hours=3), office.fresh())
    assert office.says(NOW) == office.says(NOW, office.fresh())


@pytest.mark.parametrize("file", ["risk-sla_breach.json.gz", "manifest.json"])
def test_a_damaged_model_is_silent_and_the_points_table_answers(office: Office, file: str) -> None:
    model = office.promotes()
    path = office.folder / "models" / TENANT / model / file
    path.write_bytes(path.read_bytes()[:-3])
    assert office.judgement(NOW) is None


def test_a_promoted_model_that_is_gone_is_silent_and_the_points_table_answers(office: Office) -> None:
    shutil.rmtree(office.folder / "models" / TENANT / office.promotes())
    assert office.judgement(NOW) is None


def test_tenants_have_their_own_models(office: Office) -> None:
    office.promotes()
    assert asyncio.run(office.judges.judgement("other", NOW)) is None


def test_the_moment_may_have_any_zone(office: Office) -> None:
    office.promotes()
    assert office.judgement(NOW.astimezone(UTC)) is not None


def test_the_doctor_says_what_is_promoted_and_what_is_damaged(office: Office, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, tenant=TENANT)
    assert _learned(settings) == "nothing was learned yet"
    model = office.promotes()
    assert _learned(settings) == (
        f"{model} (sla_breach) stands beside the points table; learning.yaml says mode: shadow"
    )
    part = tmp_path / "models" / TENANT / model / part_of("sla_breach")
    part.write_bytes(b"x")
    with pytest.raises(BadModel, match="is not what was written"):
        _learned(settings)
