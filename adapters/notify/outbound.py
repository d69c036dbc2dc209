"""Requests to addresses that people configured: guarded, bounded in time and size, never redirected.

A name is resolved once, every address it has must be public, and the connection goes to the address that was looked
at; the certificate is checked for the name. Loopback and plain HTTP are for tests and development, by a setting.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpcore

from domain.errors import BadInput, MaybeDone, Misconfigured, TryLater, Unavailable

_CONNECT, _READ, _WHOLE = 5.0, 10.0, 30.0
"""Seconds: for a connection, for one read or write, for the whole answer."""
_LARGEST = 64 * 1024
"""Bytes of an answer that are read."""
_DEFAULT_WAIT = 60.0
_LATER = frozenset({429, 503})
_DOUBTFUL = frozenset({502, 504})


class Answer(NamedTuple):
    """What the other side said: its status, headers in lower case, and the start of its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Guarded(httpcore.NetworkBackend):
    """Connects to public addresses only."""

    def __init__(self, *, allow_loopback: bool) -> None:
        self._allow_loopback = allow_loopback
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,  # Any: the base class says so
    ) -> httpcore.NetworkStream:  # fmt: skip
        """Resolves, looks at every address, connects to one of them."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(f"the name does not resolve: {error}") from error
        addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
        for address in addresses:
            if not self._may(address):
                raise Misconfigured(
                    "the address lies in a private network", mend="use a public https address for this channel"
                )
        return self._real.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    def _may(self, address: str) -> bool:
        one = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(one, ipaddress.IPv6Address) and one.ipv4_mapped is not None:
            one = one.ipv4_mapped
        return (one.is_global and not one.is_multicast) or (self._allow_loopback and one.is_loopback)


class Outbound:
    """Sends one request at a time; errors never hold the address or what was sent with it."""

    def __init__(self, *, allow_loopback: bool = False) -> None:
        self._allow_loopback = allow_loopback
        self._backend = _Guarded(allow_loopback=allow_loopback)

    def check(self, url: str, what: str) -> None:
        """Raises `Misconfigured` when the address cannot be used whatever it answers."""
        parts = urlsplit(url)
        secure = parts.scheme == "https" or (self._allow_loopback and parts.scheme == "http")
        if not secure or not parts.hostname or parts.username is not None:
            raise Misconfigured(f"the address of {what} is not an https address", mend="correct it in the settings")

    def post(self, url: str, body: bytes, headers: Mapping[str, str], what: str) -> Answer:
        """Posts to `what` (its name for errors) and returns any answer below 300, or that of a status 4xx as an error.

        Raises `Unavailable`, `TryLater`, `MaybeDone`, `Misconfigured` or `BadInput`.
        """
        self.check(url, what)
        answer = self._answer(url, body, headers, what)
        _judge(answer, what)
        return answer

    def _answer(self, url: str, body: bytes, headers: Mapping[str, str], what: str) -> Answer:
        timeouts = {"connect": _CONNECT, "read": _READ, "write": _READ, "pool": _CONNECT}
        ends = time.monotonic() + _WHOLE
        context = ssl.create_default_context()
        try:
            with (
                httpcore.ConnectionPool(ssl_context=context, network_backend=self._backend) as pool,
                pool.stream(
                    "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": timeouts}
                ) as response,
            ):
                text = b""
                for chunk in response.iter_stream():
                    text += chunk
                    if len(text) > _LARGEST or time.monotonic() > ends:
                        break
                named = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in response.headers}
                return Answer(response.status, named, text[:_LARGEST])
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
            raise Unavailable(f"{what} cannot be reached ({type(error).__name__})", mend="try again") from None
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise MaybeDone(f"{what} took the request and did not answer ({type(error).__name__})") from None


def _judge(answer: Answer, what: str) -> None:
    status = answer.status
    if status < 300:
        return
    if status in _LATER:
        raise TryLater(f"{what} answered {status}", seconds=_seconds(answer.headers.get("retry-after")))
    if status in _DOUBTFUL:
        raise MaybeDone(f"{what} answered {status}")
    if status >= 500 or status in (408, 425):
        raise Unavailable(f"{what} answered {status}", mend="try again")
    if status < 400:
        raise Misconfigured(f"{what} answered {status}; redirects are not followed", mend="enter the final address")
    if status in (401, 403):
        raise Misconfigured(f"{what} answered {status}: the secret is not accepted", mend="renew it in the settings")
    raise BadInput(f"{what} answered {status}", mend="check the address and what the other side expects")


def _seconds(text: str | None) -> float:
    """Retry-After in seconds; a date or nonsense counts as a minute. The caller caps it."""
    try:
        return max(0.0, float(text or _DEFAULT_WAIT))
    except ValueError:
        return _DEFAULT_WAIT
