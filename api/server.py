"""The application: routers, limits, health."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.responses import PlainTextResponse

from adapters.storage.keys import Caller, Role
from adapters.telemetry.meters import CONTENT_TYPE
from api import (
    approvals,
    delegations,
    document,
    escalations,
    handoffs,
    knowledge,
    models,
    notices,
    outbreaks,
    playbooks,
    problems,
    replays,
    runs,
    search,
    sla,
    slack,
    tasks,
    tickets,
)
from api.auth import House, Needs
from api.limits import BodyLimit
from api.reading import StrictRoute
from api.schemas import Health
from app.bootstrap import Services
from domain.errors import TierwiseError

_TAGS = [
    {"name": "tickets", "description": "Events in; tickets, SLA ledgers and opinions out."},
    {"name": "runs", "description": "What became of a delivery."},
    {
        "name": "escalations",
        "description": "The receiving side: accept, send back, take down; answer a question.",
    },
    {"name": "notices", "description": "What people were told, and that they have seen it."},
    {"name": "approvals", "description": "Signatures bound to the exact action that was seen."},
    {"name": "tasks", "description": "What people must carry out by a moment, tracked until it is done."},
    {"name": "playbooks", "description": "Steps of predefined flows, and how the flows did."},
    {"name": "outbreaks", "description": "Bursts of one trouble: proposed, confirmed, rejected, split."},
    {"name": "knowledge", "description": "Drafted articles under review, and published ones."},
    {"name": "models", "description": "What was learned, what to expect of it, and where people put it right."},
    {"name": "search", "description": "Past tickets and articles near a text."},
    {"name": "replays", "description": "The past, streamed through policies as if it were live."},
    {"name": "health", "description": "For balancers and monitors; only the metrics need a key."},
]

_DESCRIPTION = """\
Every call needs a bearer key, except on a fresh installation without any key, which answers callers on its own machine
only. A key opens one tenant: records of other tenants do not exist for it.

Errors are `application/problem+json` with a stable `code` and a `mend` that says what the caller can do. Timestamps
are RFC 3339 with a zone. Unknown keys and query parameters are refused, so that a typo never becomes silence.
"""

Scraper = Annotated[Caller, Depends(Needs(Role.PLATFORM))]

health = APIRouter(tags=["health"], route_class=StrictRoute)


@health.get("/healthz", summary="Is the process alive?", responses=problems.only(422))
def healthz() -> Health:
    """The process lives."""
    return Health(status="ok")


@health.get(
    "/readyz", summary="Is every part ready?",
    responses={503: {"model": Health, "description": "a part does not answer"}, **problems.only(422)},
)  # fmt: skip
def readyz(house: House, response: Response) -> Health:
    """Every part it depends on answers."""
    checks = {name: _word(check) for name, check in house.pings().items()}
    ready = all(word == "ok" for word in checks.values())
    response.status_code = 200 if ready else 503
    return Health(status="ok" if ready else "not_ready", checks=checks)


@health.get(
    "/metrics", summary="Read the metrics", response_class=PlainTextResponse,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **problems.responses()},
)  # fmt: skip
def metrics(house: House, _: Scraper) -> PlainTextResponse:
    """Counters and histograms in Prometheus' text form: journeys, effects that wait, searches, and what the language
    model was asked and cost. No label holds a ticket or a person.
    """
    return PlainTextResponse(house.meters.page(), media_type=CONTENT_TYPE)


def create_app(services: Services) -> FastAPI:
    """The API over running services; the caller starts and stops those."""
    app = described()
    app.state.services = services
    app.add_middleware(BodyLimit, limit=services.settings.body_limit)
    return app


def described() -> FastAPI:
    """Every call of the API without anything behind it, for its description."""
    app = FastAPI(
        title="Tierwise",
        version="1",
        summary="Sees which tickets will need escalating, hands them over, and writes up what was learned.",
        description=_DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        openapi_tags=_TAGS,
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    problems.install(app)
    roles: dict[str, tuple[Role, ...]] = {}
    for part in (
        tickets,
        sla,
        runs,
        escalations,
        handoffs,
        notices,
        slack,
        approvals,
        delegations,
        tasks,
        outbreaks,
        playbooks,
        knowledge,
        models,
        search,
        replays,
    ):
        roles |= document.roles_of(part.router)
        app.include_router(part.router)
    roles |= document.roles_of(health)
    app.include_router(health)
    document.complete(app, roles)
    return app


def _word(error: TierwiseError | None) -> str:
    return "ok" if error is None else error.code
