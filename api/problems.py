"""Errors as `application/problem+json` (RFC 9457): the one translator from domain errors to HTTP."""

from __future__ import annotations

import re
from collections.abc import Sequence

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from domain.errors import TierwiseError, Unauthenticated, Unavailable

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"


class Fault(BaseModel):
    """One field that is not valid."""

    field: str = Field(description="where it is, for example `body.event.at`", examples=["body.event.at"])
    problem: str = Field(examples=["Input should have timezone info"])


class Problem(BaseModel):
    """What went wrong, by RFC 9457; `code` is stable, `mend` says what the caller can do."""

    type: str = "about:blank"
    title: str = Field(examples=["the request is not valid"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["the request is not valid"])
    code: str = Field(description="stable, for programs", examples=["not_valid"])
    mend: str = Field(description="what the caller can do", examples=["mend the named fields"])
    errors: list[Fault] = Field(default=[], description="the fields at fault, when the request was not valid")


_WORDS = {
    400: "not a request that can be read", 401: "no key, or one that is not known",
    403: "the key does not have the role", 404: "not in this tenant", 405: "no such call on this path",
    409: "the record has moved on", 412: "If-Match names another version", 413: "the body is too large",
    415: "the body is not declared as JSON", 422: "the request is not valid", 428: "If-Match is missing",
    500: "something is wrong on our side", 503: "try again later",
}  # fmt: skip

_MENDS = {
    400: "send a request as /openapi.json describes it", 401: "send `Authorization: Bearer <key>`",
    403: "use a key that may do this", 404: "check the id and the tenant of the key",
    405: "see /openapi.json for the calls of this path", 409: "read the record again, then decide",
    412: "read it again, then decide", 413: "send less in one request", 422: "mend the request",
    503: "send the same request again",
}  # fmt: skip

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")

ETAG: dict[int | str, dict[str, object]] = {
    200: {"headers": {"ETag": {"description": "the version, for `If-Match`", "schema": {"type": "string"}}}}
}


def responses(*statuses: int) -> dict[int | str, dict[str, object]]:
    """For OpenAPI: the problems an operation can answer with; 401, 403, 413, 422 and 503 always are among them."""
    return only(401, 403, 413, 422, 503, *statuses)


def only(*statuses: int) -> dict[int | str, dict[str, object]]:
    """For OpenAPI: exactly these problems."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _WORDS[status], "content": content} for status in sorted(set(statuses))}


def problem(status: int, code: str, detail: str, mend: str = "", errors: Sequence[Fault] = ()) -> JSONResponse:
    """A problem document as a response."""
    body = Problem(
        title=_WORDS.get(status, code.replace("_", " ")), status=status, detail=detail, code=code,
        mend=mend or _MENDS.get(status, "tell the people who run Tierwise"), errors=list(errors),
    )  # fmt: skip
    return JSONResponse(body.model_dump(), status, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Makes every error of the application a problem document."""

    @app.exception_handler(TierwiseError)
    def domain_error(request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, TierwiseError):
            raise error
        if error.status >= 500 and not isinstance(error, Unavailable):
            log.error("request failed", path=request.url.path, code=error.code, error=str(error))
        response = problem(error.status, error.code, error.message, error.mend)
        if isinstance(error, Unauthenticated):
            response.headers["WWW-Authenticate"] = "Bearer"
        if error.retryable:
            response.headers["Retry-After"] = "5"
        return response

    @app.exception_handler(RequestValidationError)
    def not_valid(_request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, RequestValidationError):
            raise error
        # Never echoes the input: it may hold personal data, and values that JSON cannot carry.
        faults = [Fault(field=_where(one["loc"]), problem=str(one["msg"])) for one in error.errors()]
        return problem(422, "not_valid", "the request is not valid", "mend the named fields", faults)

    @app.exception_handler(HTTPException)
    def http_error(_request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HTTPException):
            raise error
        code = {404: "no_such_path", 405: "no_such_call"}.get(error.status_code, f"http_{error.status_code}")
        response = problem(error.status_code, code, str(error.detail), "see /openapi.json for what can be called")
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("request failed", path=request.url.path, error=type(error).__name__, exc_info=error)
        return problem(500, "unexpected", "something went wrong on our side; it has been logged")


def _where(loc: Sequence[object]) -> str:
    """The place of a fault; a part that is not a plain name (an unknown key can be anything) is left out."""
    parts = [str(part) for part in loc]
    return ".".join(part if part.isdigit() or _NAME.fullmatch(part) else "?" for part in parts)
