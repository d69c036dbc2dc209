"""Errors as `application/problem+json` (RFC 9457): the one translator from domain errors to HTTP."""

from __future__ import annotations

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from domain.errors import TierwiseError, Unauthenticated, Unavailable

log = structlog.get_logger(__name__)


class Problem(BaseModel):
    """What went wrong, by RFC 9457; `code` is stable, `mend` says what the caller can do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    mend: str = ""
    errors: list[dict[str, str]] = Field(default=[], description="the fields at fault, when the body was not valid")


_WORDS = {
    401: "no key, or one that is not known", 403: "the key does not have the role", 404: "not in this tenant",
    409: "the record has moved on", 412: "If-Match names another version", 413: "the body is too large",
    422: "the request is not valid", 428: "If-Match is missing", 503: "try again later",
}  # fmt: skip


def responses(*statuses: int) -> dict[int | str, dict[str, object]]:
    """For OpenAPI: the problems an operation can answer with; 401, 403, 413, 422 and 503 always are among them."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": _WORDS[status], "content": content}
        for status in sorted({401, 403, 413, 422, 503, *statuses})
    }


def problem(
    status: int, code: str, detail: str, mend: str = "", errors: list[dict[str, str]] | None = None
) -> JSONResponse:
    """A problem document as a response."""
    body = Problem(
        title=_WORDS.get(status, code.replace("_", " ")), status=status, detail=detail, code=code, mend=mend,
        errors=errors or [],
    )  # fmt: skip
    return JSONResponse(body.model_dump(), status, media_type="application/problem+json")


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
        fields = [
            {"field": ".".join(str(part) for part in one["loc"]), "problem": str(one["msg"])} for one in error.errors()
        ]
        return problem(422, "not_valid", "the request is not valid", "mend the named fields", fields)

    @app.exception_handler(HTTPException)
    def http_error(_request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HTTPException):
            raise error
        response = problem(error.status_code, f"http_{error.status_code}", str(error.detail))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("request failed", path=request.url.path, error=type(error).__name__, exc_info=error)
        return problem(500, "unexpected", "something went wrong on our side; it has been logged")
