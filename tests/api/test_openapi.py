"""The OpenAPI document: complete for an integrator, and kept by the server under generated requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from adapters.notify.links import Word
from adapters.storage.keys import Role
from api.schemas import (
    AnswerIn,
    AssessIn,
    DelegationIn,
    DraftIn,
    EventIn,
    MoveIn,
    MoveWithReason,
    ReassignIn,
    ReviewIn,
    TaskDoneIn,
    VoteIn,
)  # fmt: skip
from api.server import create_app, described
from tests.api import house as made
from tests.api.house import House, Json, open_house

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection, unsupported_method,
]  # fmt: skip

pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")

DOCUMENT: Json = described().openapi()
CALLS = [(method, path) for path, calls in DOCUMENT["paths"].items() for method in calls]
OPEN = {"/healthz", "/readyz", "/v1/acknowledge/{token}", "/v1/channels/slack/actions"}
ONLY_ADMIN = {"/v1/approvals/{approval_id}/reassign"}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with records of every kind."""
    with open_house(tmp_path_factory.mktemp("described")) as house:
        yield house


@pytest.fixture(scope="module")
def ids(opened: House) -> dict[str, str]:
    """A real id for each parameter of a path."""
    approval, draft = made.to_sign(opened, "X-1"), made.drafted(opened, "X-2")
    run = made.asked(opened, "X-3")
    delegation, task = made.delegated(opened), made.to_take_away(opened, "X-4")
    return {
        "source": "test", "ticket_id": "X-1", "run_id": run["run_id"], "approval_id": approval["id"],
        "escalation_id": run["journey"]["escalation_id"], "draft_id": draft["id"], "article_id": "KB-1",
        "token": opened.services.reach.links.signed(_word(run["journey"]["escalation_id"])),
        "delegation_id": delegation["id"], "task_id": task["id"],
    }  # fmt: skip


def _word(escalation: str) -> Word:
    return Word(tenant="default", escalation_id=escalation, by="robin-hale", via="mail", until=2**33)


@pytest.fixture(scope="module")
def admin(opened: House, ids: dict[str, str]) -> dict[str, str]:
    """A key that may do everything."""
    return opened.key(Role.ADMIN)


@pytest.fixture(scope="module")
def schema(opened: House) -> schemathesis.BaseSchema:
    """The document with the real application behind it."""
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(opened.services))


def test_every_call_says_what_it_is_for_and_how_it_fails() -> None:
    names = [DOCUMENT["paths"][path][method]["operationId"] for method, path in CALLS]
    assert len(set(names)) == len(names)
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    for method, path in CALLS:
        call = DOCUMENT["paths"][path][method]
        assert call["summary"] and call["description"] and set(call["tags"]) <= tags and len(call["tags"]) == 1
        if path in OPEN:
            assert "security" not in call
            continue
        assert {"401", "403", "413", "422", "503"} <= set(call["responses"])
        for status, answer in call["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"]
                assert answer["description"]
        roles = [entry["key"] for entry in call["security"]]
        assert ["admin"] in roles and len(roles) >= 1 + (path not in ONLY_ADMIN)


def test_every_reference_of_the_document_leads_somewhere() -> None:
    text = json.dumps(DOCUMENT)
    for name in re.findall(r'"#/components/schemas/([^"]+)"', text):
        assert name in DOCUMENT["components"]["schemas"]
    assert DOCUMENT["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_the_examples_of_bodies_can_be_sent_as_they_are() -> None:
    for model in (
        EventIn, AssessIn, MoveIn, MoveWithReason, AnswerIn, VoteIn, DraftIn, ReviewIn, ReassignIn, TaskDoneIn,
        DelegationIn,
    ):  # fmt: skip
        for example in DOCUMENT["components"]["schemas"][model.__name__]["examples"]:
            model.model_validate_json(json.dumps(example))
    event = EventIn.model_validate(DOCUMENT["components"]["schemas"]["EventIn"]["examples"][0])
    assert event.ticket is not None and event.ticket.id == event.ticket_id


@pytest.mark.parametrize(("method", "path"), CALLS, ids=[f"{method} {path}" for method, path in CALLS])
def test_the_server_keeps_its_document(
    schema: schemathesis.BaseSchema, ids: dict[str, str], admin: dict[str, str], method: str, path: str
) -> None:
    operation = schema[path][method.upper()]
    real = {name: id for name, id in ids.items() if f"{{{name}}}" in path}
    cases = st.one_of(
        operation.as_strategy(GenerationMode.POSITIVE, path_parameters=real),
        operation.as_strategy(GenerationMode.POSITIVE),
        operation.as_strategy(GenerationMode.NEGATIVE),
    )

    @settings(
        max_examples=25, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases)
    def keeps(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(headers=admin, checks=CHECKS)

    keeps()
