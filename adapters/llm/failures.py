"""One mapping of everything that can go wrong with a model to a code, and whether asking again can help."""

from __future__ import annotations

import json
from typing import Final

import openai
from pydantic import ValidationError

Code = str
"""The `why` of a call: one of `CODES`."""

CODES: Final = {
    "connection": "nobody answered at the address, or the connection broke",
    "timeout": "no whole answer within the time for a call or a step",
    "rate_limited": "429: too many requests",
    "quota": "429: the account has no quota left",
    "server_error": "5xx from the server",
    "unauthorized": "401 or 403: the key is wrong",
    "no_such_model": "404: the address or the model is unknown there",
    "bad_request": "the server does not take the request",
    "malformed": "the answer, or its envelope, is no JSON",
    "wrong_schema": "JSON of another shape, or with keys that nobody asked for",
    "truncated": "broken off by the limit of tokens, or in the middle of the stream",
    "content_filter": "held back by the server's filter",
    "refused": "the model refuses",
    "empty": "no text, or no choice at all",
    "too_large": "more characters than an answer may have",
    "unknown_placeholder": "placeholders that were never given",
    "budget_call": "the question alone is over the budget of a call",
    "budget_ticket": "the ticket's budget is spent",
    "budget_day": "the tenant's budget of the day is spent",
    "circuit_open": "the last calls failed; nobody is asked until a probe succeeds",
    "error": "something else; the log has it",
}
"""Every `why` of a call that has no answer."""


SERVER_ERRORS: Final[tuple[type[Exception], ...]] = (openai.OpenAIError,)
"""What a plain client raises."""


class ModelFailure(Exception):
    """A question that has no usable answer. `after` are the seconds the other side asks to wait."""

    def __init__(self, why: Code, *, retry: bool = False, after: float | None = None, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else why)
        self.why = why
        self.retry = retry
        self.after = after
        self.detail = detail

    @property
    def about_the_server(self) -> bool:
        """Whether it says that the server is in trouble; only this opens the circuit."""
        return self.why in ("connection", "timeout", "rate_limited", "quota", "server_error", "unauthorized", "error")


def failure_of(error: BaseException) -> ModelFailure:
    """What an exception of the client means. The order matters: subclasses come first."""
    if isinstance(error, ModelFailure):
        return error
    if isinstance(error, openai.APIStatusError):
        return _of_status(error)
    for kinds, why, retry in _KINDS:
        if isinstance(error, kinds):
            return ModelFailure(why, retry=retry, detail=_short(error))
    return ModelFailure("error", detail=_short(error))


_KINDS: Final[tuple[tuple[tuple[type[BaseException], ...], Code, bool], ...]] = (
    ((TimeoutError, openai.APITimeoutError), "timeout", True),
    ((openai.APIConnectionError, ConnectionError), "connection", True),
    ((openai.LengthFinishReasonError,), "truncated", False),
    ((openai.ContentFilterFinishReasonError,), "content_filter", False),
    ((ValidationError,), "wrong_schema", False),
    ((json.JSONDecodeError, UnicodeDecodeError, openai.APIResponseValidationError), "malformed", False),
    ((LookupError, TypeError), "empty", False),
    ((ValueError,), "malformed", False),
    ((openai.APIError,), "connection", True),
)  # fmt: skip


def _of_status(error: openai.APIStatusError) -> ModelFailure:
    detail = _short(error)
    match error.status_code:
        case 401 | 403:
            return ModelFailure("unauthorized", detail=detail)
        case 404:
            return ModelFailure("no_such_model", detail=detail)
        case 408:
            return ModelFailure("timeout", retry=True, detail=detail)
        case 429 if error.code == "insufficient_quota":
            return ModelFailure("quota", detail=detail)
        case 429:
            return ModelFailure("rate_limited", retry=True, after=_retry_after(error), detail=detail)
        case status if status >= 500:
            return ModelFailure("server_error", retry=True, after=_retry_after(error), detail=detail)
        case _:
            return ModelFailure("bad_request", detail=detail)


def _retry_after(error: openai.APIStatusError) -> float | None:
    """Seconds of `Retry-After`; a date or nonsense counts as none."""
    try:
        seconds = float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def _short(error: BaseException) -> str:
    """A line for the log; never an answer's text, which may hold what is private."""
    if isinstance(error, ValidationError):
        places = (".".join(str(part) for part in one["loc"]) for one in error.errors(include_url=False)[:3])
        return f"{error.error_count()} mistakes, at {', '.join(places)}"
    if isinstance(error, openai.APIStatusError):
        return f"HTTP {error.status_code}"
    return type(error).__name__
