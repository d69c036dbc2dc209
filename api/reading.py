"""Reading requests strictly: what JSON or a database could not carry is refused at the door.

Python's JSON reader takes NaN, lone surrogates and NUL, which other parsers, PostgreSQL and our own answers cannot.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Coroutine, Iterator, Mapping
from email.message import Message
from typing import Any, get_origin

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from domain.errors import BadInput, UnsupportedMedia

DEEPEST = 64
"""How many objects and lists may lie within one another."""
WIDEST = 2**63
"""Whole numbers from here on do not fit into 64 bits."""


def decode(body: bytes) -> Any:  # Any: what FastAPI validates next
    """A JSON body. Raises `BadInput` for what is not JSON, and for values that cannot be kept or sent on."""
    try:
        value = json.loads(body.decode(), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise BadInput("the body is not UTF-8", mend="send JSON in UTF-8") from error
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        # A number too long to be read lands here as well; the reader's own words may quote the body.
        where = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise BadInput(f"the body is not JSON{where}", mend="send one JSON object") from error
    for found in _leaves(value):
        _check(found)
    return value


class StrictRequest(Request):
    """A request whose JSON was decoded by `decode`."""

    async def json(self) -> Any:  # Any: the base class says so
        """The body's JSON."""
        if not hasattr(self, "_json"):
            self._json = decode(await self.body())
        return self._json


class StrictRoute(APIRoute):
    """A route that refuses unknown or repeated query parameters, NUL characters and bodies that are not clean JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with the checks before it."""
        handle = super().get_route_handler()
        known = dict(_query_parameters(self.dependant))

        async def checked(request: Request) -> Response:
            _check_address(request, known)
            strict = StrictRequest(request.scope, request.receive)
            if self.body_field is not None and await strict.body():
                if not _is_json(request.headers.get("content-type", "")):
                    raise UnsupportedMedia(
                        "the body is not declared as JSON", mend="send `Content-Type: application/json`"
                    )
                await strict.json()
            return await handle(strict)

        return checked


def _check_address(request: Request, known: Mapping[str, bool]) -> None:
    """Raises `BadInput` for query parameters that are unknown, or given twice where only the last would count."""
    names = [name for name, _ in request.query_params.multi_items()]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise BadInput(
            f"{len(unknown)} query parameter(s) are not known here",
            mend=f"use only: {', '.join(sorted(known)) or 'none'}",
        )
    repeated = sorted({name for name in names if not known[name] and names.count(name) > 1})
    if repeated:
        raise BadInput(f"the query parameter {repeated[0]} is given twice", mend="give it once")
    texts = (*request.path_params.values(), *(text for _, text in request.query_params.multi_items()))
    if any("\x00" in str(text) for text in texts):
        raise _holds_nul()


def _query_parameters(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """Each query parameter of a call, and whether it may be given several times."""
    for field in dependant.query_params:
        yield field.alias, get_origin(field.field_info.annotation) is list
    for inner in dependant.dependencies:
        yield from _query_parameters(inner)


def _is_json(content_type: str) -> bool:
    message = Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (subtype == "json" or subtype.endswith("+json"))


def _leaves(value: object) -> Iterator[object]:
    """Every key and every value that holds no others. Raises `BadInput` below `DEEPEST`."""
    waiting: list[tuple[object, int]] = [(value, 0)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            raise _too_deep()
        if isinstance(one, dict):
            yield from one
            waiting += [(inner, depth + 1) for inner in one.values()]
        elif isinstance(one, list):
            waiting += [(inner, depth + 1) for inner in one]
        else:
            yield one


def _check(leaf: object) -> None:
    if isinstance(leaf, str):
        if "\x00" in leaf:
            raise _holds_nul()
        if not leaf.isascii() and any("\ud800" <= character <= "\udfff" for character in leaf):
            raise BadInput("a text holds half a surrogate pair", mend="send valid Unicode")
    elif isinstance(leaf, float) and not math.isfinite(leaf):
        raise BadInput("a number is too large", mend="send numbers that a 64-bit float can hold")
    elif isinstance(leaf, int) and not -WIDEST <= leaf < WIDEST:
        raise BadInput("a whole number is too large", mend="send it as a string")


def _refuse(_name: str) -> None:
    raise BadInput("NaN and Infinity are not JSON", mend="send null, or leave the key out")


def _holds_nul() -> BadInput:
    return BadInput("a text holds a NUL character", mend="remove U+0000 from the request")


def _too_deep() -> BadInput:
    return BadInput(f"the body is nested more than {DEEPEST} deep", mend="send it flatter")
