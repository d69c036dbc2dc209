"""The model card and the cases over HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.storage.keys import Role
from app.models import libraries, part_of
from learning.card import ModelCard, Verdict
from learning.manifest import Promotion, Recipe, model_id
from tests.api.house import House, handed_over, is_problem, later
from tests.app.test_judging import learned
from tests.conftest import NOW


def with_model(house: House) -> str:
    """A promoted model that foretells SLA breaches."""
    recipe = Recipe(
        targets=("sla_breach",), routing=False, since=NOW - timedelta(days=99), until=NOW - timedelta(days=1),
        tickets=400, labels={"sla_breach": 400}, features=("team",), policy=house.services.policy.stamp, capacity=1.0,
        seed=0, libraries=libraries(), trained_at=NOW,
    )  # fmt: skip
    parts = {part_of("sla_breach"): learned(0)}
    card = ModelCard(
        model=model_id(recipe, parts), trained_at=NOW, policy=recipe.policy, since=recipe.since, until=recipe.until,
        tickets=400, labels=recipe.labels, window=None, technician_days=0, targets=(), routing=(), not_learned=(),
        features=recipe.features, absent=(), left_out=(), verdict=Verdict(ok=True, comparisons=(), cases=0),
    )  # fmt: skip
    models = house.services.models
    model = models.save("default", recipe, parts, card.model_dump_json().encode()).id
    if models.active("default") != model:
        models.promote("default", Promotion(kind="promoted", model=model, at=NOW, by="ada"))
    return model


def test_where_nothing_was_learned_the_card_is_a_404_that_says_how_to_learn(house: House) -> None:
    problem = is_problem(house.client.get("/v1/model-card"), 404, "not_found")
    assert "run `tierwise train`" in problem["mend"]


def test_the_card_is_served_with_its_state_and_drift(house: House) -> None:
    model = with_model(house)
    card = house.get("/v1/model-card")
    assert (card["model"], card["state"], card["mode"]) == (model, "promoted", "shadow")
    assert "are needed to tell drift" in card["drift"]["note"]


def test_an_unchanged_card_is_not_sent_again(house: House) -> None:
    with_model(house)
    tag = house.client.get("/v1/model-card").headers["ETag"]
    again = house.client.get("/v1/model-card", headers={"If-None-Match": tag})
    assert (again.status_code, again.text, again.headers["ETag"]) == (304, "", tag)


def test_browsers_get_a_page_that_loads_nothing(house: House) -> None:
    model = with_model(house)
    page = house.client.get("/v1/model-card", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html") and model in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_damaged_model_is_named_with_its_mend(house: House) -> None:
    model = with_model(house)
    part = house.services.settings.data_dir / "models" / "default" / model / part_of("sla_breach")
    part.write_bytes(part.read_bytes()[:-1])
    problem = is_problem(house.client.get("/v1/model-card"), 500, "bad_model")
    assert "tierwise train" in problem["mend"]


def test_a_live_assessment_carries_the_learned_opinion_and_is_not_moved_by_it(house: House) -> None:
    before = handed_over(house, "M-1")
    model = with_model(house)
    after = handed_over(house, "M-2")
    [opinion] = house.get(f"/v1/escalations/{after['id']}")["assessment"]["learned"]
    assert (opinion["model"], opinion["target"], opinion["speaks"]) == (model, "sla_breach", False)
    assert opinion["why_silent"] and after["risk"] == before["risk"]


def test_the_cases_are_listed_for_those_who_evaluate(house: House) -> None:
    escalation = handed_over(house, "M-3")
    body = {"by": "noor-aziz", "reason": "wrong team"}
    house.post(f"/v1/escalations/{escalation['id']}/bounce", body)
    house.rest()
    [case] = house.get("/v1/model-cases")["items"]
    assert (case["ticket_id"], case["did"], case["why"]) == ("M-3", "sent_back", "wrong team")
    assert case["not_team"] == escalation["to_team"] and case["noted_at"] <= later(0).isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("path", ["/v1/model-card", "/v1/model-cases"])
def test_technicians_are_not_evaluators(house: House, path: str) -> None:
    answer = house.client.get(path, headers=house.key(Role.TECHNICIAN))
    is_problem(answer, 403, "forbidden")
    assert house.client.get(path, headers=house.key(Role.EVALUATOR)).status_code in (200, 404)
