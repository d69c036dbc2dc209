"""What FastAPI leaves out of the OpenAPI document: the problem documents, and the roles that open each call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from adapters.storage.keys import Role
from api.auth import Needs
from api.problems import Problem


def roles_of(router: APIRouter) -> dict[str, tuple[Role, ...]]:
    """The roles that each call of a router asks for, by the call's name."""
    return {
        route.name: need.call.roles
        for route in router.routes
        if isinstance(route, APIRoute)
        for need in route.dependant.dependencies
        if isinstance(need.call, Needs)
    }


def complete(app: FastAPI, roles: Mapping[str, tuple[Role, ...]]) -> None:
    """Completes the document that the application gives out; `roles` are those of each call by its name."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:  # Any: a JSON document
        if app.openapi_schema is None:
            _add_problems(generate())
            _add_roles(generate(), roles)
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document


def _add_problems(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas["Problem"] = schema
    # FastAPI's own form of a 422, which nothing answers with here.
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)


def _add_roles(document: dict[str, Any], roles: Mapping[str, tuple[Role, ...]]) -> None:
    """OpenAPI 3.1 lists the roles a key must have with the scheme; alternatives are entries of their own."""
    for calls in document["paths"].values():
        for call in calls.values():
            if call["operationId"] in roles:
                asked = dict.fromkeys((*roles[call["operationId"]], Role.ADMIN))
                call["security"] = [{"key": [role]} for role in asked]
