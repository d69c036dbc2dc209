"""The application: routers, limits, health."""

from __future__ import annotations

from fastapi import FastAPI, Response

from api import escalations, knowledge, problems, tickets
from api.auth import House
from api.limits import BodyLimit
from api.schemas import Health
from app.bootstrap import Services
from domain.errors import TierwiseError


def create_app(services: Services) -> FastAPI:
    """The API over running services; the caller starts and stops those."""
    app = FastAPI(
        title="Tierwise",
        version="1",
        summary="Sees which tickets will need escalating, hands them over, and writes up what was learned.",
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    app.add_middleware(BodyLimit, limit=services.settings.body_limit)
    problems.install(app)
    app.include_router(tickets.router)
    app.include_router(escalations.router)
    app.include_router(knowledge.router)

    @app.get("/healthz", tags=["health"])
    def healthz() -> Health:
        """The process lives."""
        return Health(status="ok")

    @app.get("/readyz", tags=["health"], responses={503: {"model": Health}})
    def readyz(house: House, response: Response) -> Health:
        """Every part it depends on answers."""
        checks = {name: _word(check) for name, check in house.pings().items()}
        ready = all(word == "ok" for word in checks.values())
        response.status_code = 200 if ready else 503
        return Health(status="ok" if ready else "not_ready", checks=checks)

    _document_problems(app)
    return app


def _word(error: TierwiseError | None) -> str:
    return "ok" if error is None else error.code


def _document_problems(app: FastAPI) -> None:
    """Adds the Problem schema, which responses refer to, to the OpenAPI document."""
    generate = app.openapi

    def openapi() -> dict[str, object]:
        document: dict[str, object] = generate()
        components = document.setdefault("components", {})
        if isinstance(components, dict):
            schema = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            components.setdefault("schemas", {})["Problem"] = schema
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document
