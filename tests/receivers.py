"""A mail server and an HTTP server on this machine that keep what they get, and fail as scripted."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Fault = Literal["drop after taking it", "stall"]
Answered = tuple[int, dict[str, str], Any]
"""Status, headers, and a body as bytes or JSON."""
Step = Answered | Fault


@dataclass
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class HttpReceiver:
    """What an HTTP server on this machine got; `script` are its next answers, after them it answers `usual`."""

    url: str
    usual: Answered
    got: list[Got] = field(default_factory=list)
    script: deque[Step] = field(default_factory=deque)


@contextmanager
def http_receiver(usual: Answered = (200, {}, {"ok": True})) -> Iterator[HttpReceiver]:
    """A server for as long as the block runs."""
    receiver = HttpReceiver("", usual)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            named = {name.lower(): value for name, value in self.headers.items()}
            receiver.got.append(Got(self.path, named, body))
            step = receiver.script.popleft() if receiver.script else receiver.usual
            if isinstance(step, str):
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, headers, answer = step
            raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class MailReceiver:
    """What a mail server on this machine got; `script` are its next words to a recipient or a text."""

    host: str
    port: int
    got: list[Envelope] = field(default_factory=list)
    to_recipient: deque[str] = field(default_factory=deque)
    to_text: deque[str] = field(default_factory=deque)


@contextmanager
def mail_receiver() -> Iterator[MailReceiver]:
    """A mail server for as long as the block runs."""
    receiver = MailReceiver("127.0.0.1", 0)

    class Handler:
        async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
            self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
        ) -> str:
            if receiver.to_recipient:
                return receiver.to_recipient.popleft()
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
            word = receiver.to_text.popleft() if receiver.to_text else "250 taken"
            if word.startswith("250") or word == "drop":
                receiver.got.append(envelope)
            if word == "drop" and isinstance(server.transport, asyncio.Transport):
                server.transport.abort()
            return word if word != "drop" else "250 taken"

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        receiver.port = free.getsockname()[1]
    controller = Controller(Handler(), hostname=receiver.host, port=receiver.port)
    controller.start()
    try:
        yield receiver
    finally:
        controller.stop()
