"""Requests to configured addresses: public ones only, over https, bounded, never redirected."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from adapters.notify.outbound import Outbound
from domain.errors import BadInput, MaybeDone, Misconfigured, TryLater, Unavailable
from tests.receivers import http_receiver

INSIDE = (
    "127.0.0.1", "10.0.0.8", "192.168.1.1", "172.16.9.9", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1",
    "fe80::1", "fd00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "224.0.0.1", "198.18.0.1", "192.0.2.4",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_never_called(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Misconfigured, match="private network"):
        Outbound().post("https://hooks.example/x", b"{}", {}, "the webhook")


def test_one_address_inside_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Misconfigured, match="private network"):
        Outbound().post("https://hooks.example/x", b"{}", {}, "the webhook")


@pytest.mark.parametrize(
    "url",
    ["http://hooks.example", "ftp://hooks.example", "https://", "https://user:pw@hooks.example", "file:///etc/passwd"],
)
def test_what_is_not_a_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured, match="not an https address"):
        Outbound().post(url, b"{}", {}, "the webhook")


def test_a_redirect_is_not_followed() -> None:
    with http_receiver((302, {"Location": "http://127.0.0.1:1/"}, {})) as receiver:
        with pytest.raises(Misconfigured, match="redirects are not followed"):
            Outbound(allow_loopback=True).post(receiver.url, b"{}", {}, "the webhook")
        assert len(receiver.got) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "seconds"),
    [
        ((429, {"Retry-After": "120"}, {}), TryLater, 120.0),
        ((503, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, {}), TryLater, 60.0),
        ((500, {}, {}), Unavailable, None),
        ((504, {}, {}), MaybeDone, None),
        ((404, {}, {}), BadInput, None),
        ((401, {}, {}), Misconfigured, None),
        ("drop after taking it", MaybeDone, None),
    ],
)
def test_answers_are_told_apart(answer: Any, kind: type[Exception], seconds: float | None) -> None:
    with http_receiver() as receiver:
        receiver.script.append(answer)
        with pytest.raises(kind) as raised:
            Outbound(allow_loopback=True).post(receiver.url, b"{}", {}, "the webhook")
    if isinstance(raised.value, TryLater):
        assert raised.value.seconds == seconds


def test_a_server_that_is_not_there_can_be_tried_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(Unavailable, match="cannot be reached"):
        Outbound(allow_loopback=True).post(url, b"{}", {}, "the webhook")


def test_an_endless_answer_is_cut() -> None:
    with http_receiver((200, {}, b"x" * 1_000_000)) as receiver:
        answer = Outbound(allow_loopback=True).post(receiver.url, b"{}", {}, "the webhook")
    assert len(answer.body) <= 64 * 1024
