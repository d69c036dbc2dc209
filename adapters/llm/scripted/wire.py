"""How the scripted server's answers look on the wire, whole, streamed, dripping and cut off."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any

from adapters.llm.scripted.request import ChatRequest

_PIECE = 24
"""Characters of one streamed piece."""
_CHARACTERS_A_TOKEN = 4


class Wire:
    """Writes answers of one request; the connection is closed after each, so that nothing of a fault lingers."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self._to = handler

    def send(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        """JSON, whole."""
        self.send_text(status, json.dumps(body), "application/json", headers)

    def send_text(self, status: int, text: str, kind: str, headers: Mapping[str, str] | None = None) -> None:
        """Any text, whole."""
        data = text.encode()
        self._head(status, kind, {**(headers or {}), "Content-Length": str(len(data))})
        self._to.wfile.write(data)

    def stream(self, pieces: Iterator[Mapping[str, Any]], most: int | None = None) -> None:
        """Server-sent events; after `most` of them the connection ends without `[DONE]`."""
        self._head(200, "text/event-stream", {})
        for number, piece in enumerate(pieces):
            if most is not None and number >= most:
                return
            self._to.wfile.write(f"data: {json.dumps(piece)}\n\n".encode())
            self._to.wfile.flush()
        self._to.wfile.write(b"data: [DONE]\n\n")

    def drip(self, body: Mapping[str, Any], ticks: Iterator[None]) -> None:
        """One byte a tick, so that no read of the client ever waits long."""
        data = json.dumps(body).encode()
        self._head(200, "application/json", {"Content-Length": str(len(data))})
        for number, _ in zip(range(len(data)), ticks, strict=False):
            self._to.wfile.write(data[number : number + 1])
            self._to.wfile.flush()

    def cut(self, body: Mapping[str, Any]) -> None:
        """Half of what was announced."""
        data = json.dumps(body).encode()
        self._head(200, "application/json", {"Content-Length": str(len(data))})
        self._to.wfile.write(data[: len(data) // 2])

    def _head(self, status: int, kind: str, headers: Mapping[str, str]) -> None:
        self._to.send_response(status)
        for name, value in {"Content-Type": kind, **headers, "Connection": "close"}.items():
            self._to.send_header(name, value)
        self._to.end_headers()


def body_of(
    model: str, asked: ChatRequest, text: str, *, finish: str = "stop", refusal: str | None = None
) -> dict[str, Any]:
    """A whole completion."""
    message = {"role": "assistant", "content": None if refusal else text, "refusal": refusal}
    return {
        "id": "chatcmpl-scripted", "object": "chat.completion", "created": int(time.time()), "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": _usage(asked, text),
    }  # fmt: skip


def chunks_of(
    model: str, asked: ChatRequest, text: str, *, finish: str = "stop", refusal: str | None = None
) -> Iterator[dict[str, Any]]:
    """A completion in pieces; the last one before the usage carries the finish reason."""
    first = {"role": "assistant", "content": "", "refusal": refusal}
    pieces = [{"content": text[at : at + _PIECE]} for at in range(0, len(text), _PIECE)]
    for delta in (first, *pieces):
        yield _chunk(model, [{"index": 0, "delta": delta, "finish_reason": None}])
    yield _chunk(model, [{"index": 0, "delta": {}, "finish_reason": finish}])
    yield {**_chunk(model, []), "usage": _usage(asked, text)}


def error_body(message: str, *, code: str = "scripted", param: str | None = None) -> dict[str, Any]:
    """An error as OpenAI words it."""
    return {"error": {"message": message, "type": code, "param": param, "code": code}}


def _chunk(model: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": int(time.time()), "model": model,
        "choices": choices,
    }  # fmt: skip


def _usage(asked: ChatRequest, text: str) -> dict[str, int]:
    given, made = len(asked.said) // _CHARACTERS_A_TOKEN, len(text) // _CHARACTERS_A_TOKEN
    return {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}
