"""The scripted server over HTTP: `POST /v1/chat/completions` (whole or streamed) and `GET /v1/models`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from adapters.llm.scripted.faithful import faithful
from adapters.llm.scripted.obeying import obeys
from adapters.llm.scripted.request import ChatRequest
from adapters.llm.scripted.script import Fault, Rule, Script
from adapters.llm.scripted.spoiling import spoiled
from adapters.llm.scripted.wire import Wire, body_of, chunks_of, error_body

HUGE = 100_000
"""Characters of the answer that is too large."""
_BODY_LIMIT = 10_000_000


class ScriptedServer:
    """Serves a script on loopback from a thread of its own; a context manager. `seen` holds every request's body."""

    def __init__(self, script: Script | None = None, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.seen: list[dict[str, Any]] = []
        self._script = script or Script(otherwise="faithful")
        self._used: dict[int, int] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._http = _Http((host, port), _Handler)
        self._http.scripted = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="scripted", daemon=True)

    @property
    def url(self) -> str:
        """The base URL for a client."""
        host, port = self._http.server_address[:2]
        return f"http://{host if isinstance(host, str) else host.decode()}:{port}/v1"

    @property
    def name(self) -> str:
        """The model's name."""
        return self._script.name

    def plays(self, script: Script) -> None:
        """From now on another script, from its start."""
        with self._lock:
            self._script = script
            self._used.clear()
            self.seen.clear()

    def start(self) -> ScriptedServer:
        """Begins to answer."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stops; requests that stall end now."""
        self._stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(timeout=5)

    def serve_forever(self) -> None:
        """Answers in this thread until it is interrupted."""
        self._http.serve_forever(0.5)

    def __enter__(self) -> ScriptedServer:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def rule_for(self, asked: ChatRequest) -> Rule | None:
        """The first rule that is for the request and not used up; counts its use."""
        with self._lock:
            self.seen.append(dict(asked.body))
            for number, rule in enumerate(self._script.rules):
                used = self._used.get(number, 0)
                if rule.fits(asked.schema_name, asked.said) and (rule.times is None or used < rule.times):
                    self._used[number] = used + 1
                    return rule
            if self._script.otherwise == "run_out":
                return None
            return Rule(mode=self._script.otherwise)

    def wait(self, seconds: float) -> None:
        """Sleeps, unless the server is closed meanwhile."""
        self._stopping.wait(seconds)

    @property
    def stopping(self) -> bool:
        """Whether it is being closed."""
        return self._stopping.is_set()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    scripted: ScriptedServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is part of the play."""


class _Handler(BaseHTTPRequestHandler):
    server: _Http

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""

    def do_GET(self) -> None:  # the name is http.server's
        """The list of models."""
        if self.path.rstrip("/").endswith("/models"):
            model = {"id": self.server.scripted.name, "object": "model", "created": 0, "owned_by": "tierwise"}
            Wire(self).send(200, {"object": "list", "data": [model]})
        else:
            Wire(self).send(404, error_body(f"there is nothing at {self.path}"))

    def do_POST(self) -> None:  # the name is http.server's
        """One completion."""
        wire = Wire(self)
        if not self.path.rstrip("/").endswith("/chat/completions"):
            wire.send(404, error_body(f"there is nothing at {self.path}"))
            return
        try:
            length = min(int(self.headers.get("Content-Length") or 0), _BODY_LIMIT)
            body = json.loads(self.rfile.read(length))
        except ValueError:
            body = None
        if not isinstance(body, dict):
            wire.send(400, error_body("the body is no JSON object"))
            return
        asked = ChatRequest(body)
        rule = self.server.scripted.rule_for(asked)
        if rule is None:
            message = f"the script has nothing for this request (schema {asked.schema_name}); add a rule"
            wire.send(500, error_body(message, code="script_ran_out"))
        elif rule.fault is not None:
            self._fail(wire, asked, rule, rule.fault)
        else:
            self._answer(wire, asked, _text_of(rule, asked))

    def _answer(self, wire: Wire, asked: ChatRequest, text: str, **shape: Any) -> None:
        name = self.server.scripted.name
        if asked.streams:
            wire.stream(chunks_of(name, asked, text, **shape))
        else:
            wire.send(200, body_of(name, asked, text, **shape))

    def _fail(self, wire: Wire, asked: ChatRequest, rule: Rule, fault: Fault) -> None:
        if status := _STATUS.get(fault):
            self._refuse(wire, rule, fault, rule.status or status)
            return
        match fault:
            case Fault.DROPPED:
                self.close_connection = True
            case Fault.STALL:
                self.server.scripted.wait(rule.seconds)
                self.close_connection = True
            case Fault.DRIP:
                wire.drip(body_of(self.server.scripted.name, asked, _true(asked)), self._ticks(rule.seconds))
            case Fault.NO_FORMAT if asked.wants_format:
                wire.send(400, error_body("'response_format' is not supported by this model", param="response_format"))
            case Fault.CUT:
                self._cut(wire, asked)
            case Fault.MALFORMED_BODY:
                wire.send_text(200, '{"id": "x", "choices": [{', "application/json")
            case _:
                self._wrong(wire, asked, fault)

    def _refuse(self, wire: Wire, rule: Rule, fault: Fault, status: int) -> None:
        if fault == Fault.RATE_LIMITED:
            wire.send(
                status,
                error_body("too many requests", code="rate_limit_exceeded"),
                {"Retry-After": f"{rule.seconds:g}"},
            )
        elif fault == Fault.HTML:
            wire.send_text(status, "<html><body><h1>Service Unavailable</h1></body></html>", "text/html")
        else:
            wire.send(status, error_body(f"the script says {fault}", code=_CODES.get(fault, str(fault))))

    def _wrong(self, wire: Wire, asked: ChatRequest, fault: Fault) -> None:
        """An answer that arrives well and is none."""
        match fault:
            case Fault.NO_CHOICES:
                body = body_of(self.server.scripted.name, asked, "")
                wire.send(200, {**body, "choices": []})
            case Fault.REFUSAL:
                self._answer(wire, asked, "", refusal="I can't help with that.")
            case Fault.CONTENT_FILTER:
                self._answer(wire, asked, "", finish="content_filter")
            case Fault.TOO_LONG:
                self._answer(wire, asked, _true(asked)[:40], finish="length")
            case Fault.EMPTY:
                self._answer(wire, asked, "")
            case Fault.MALFORMED_JSON:
                self._answer(wire, asked, f"Sure! Here you are: {_true(asked)[:-1]}")
            case Fault.HUGE:
                self._answer(wire, asked, json.dumps({"text": "x" * HUGE}))
            case _:
                self._answer(wire, asked, json.dumps(spoiled(faithful(asked), fault), ensure_ascii=False))

    def _cut(self, wire: Wire, asked: ChatRequest) -> None:
        name, text = self.server.scripted.name, _true(asked)
        if asked.streams:
            wire.stream(chunks_of(name, asked, text), most=2)
        else:
            wire.cut(body_of(name, asked, text))

    def _ticks(self, seconds: float) -> Iterator[None]:
        while not self.server.scripted.stopping:
            yield
            self.server.scripted.wait(seconds)


_STATUS = {
    Fault.RATE_LIMITED: 429, Fault.QUOTA: 429, Fault.SERVER_ERROR: 500, Fault.HTML: 503, Fault.UNAUTHORIZED: 401,
    Fault.NO_SUCH_MODEL: 404,
}  # fmt: skip
_CODES = {
    Fault.QUOTA: "insufficient_quota", Fault.UNAUTHORIZED: "invalid_api_key", Fault.NO_SUCH_MODEL: "model_not_found",
}  # fmt: skip


def _true(asked: ChatRequest) -> str:
    return json.dumps(faithful(asked), ensure_ascii=False)


def _text_of(rule: Rule, asked: ChatRequest) -> str:
    if rule.text is not None:
        return rule.text
    if rule.answer is not None:
        return json.dumps(rule.answer, ensure_ascii=False)
    made = obeys(asked) if rule.mode == "obeys" else faithful(asked)
    return json.dumps(made, ensure_ascii=False)
