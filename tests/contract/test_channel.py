"""Every channel keeps the same promises: what arrives, what a repeat is, and which failures may be tried again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from adapters.clock import SetClock
from adapters.memory.channel import MemoryChannel
from adapters.notify.links import Links
from adapters.notify.mail_folder import MailFolder
from adapters.notify.outbound import Outbound
from adapters.notify.slack import SlackChannel
from adapters.notify.smtp import Server, SmtpChannel
from adapters.notify.teams import TeamsChannel
from adapters.notify.webhook import WebhookChannel
from domain.effects import Message
from domain.errors import MaybeDone, TierwiseError, Unavailable
from domain.helpdesk import Channel
from tests.app.told import message
from tests.conftest import NOW
from tests.receivers import Answered, http_receiver, mail_receiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
TOKEN = "xoxb-secret-of-the-house"
POSTED: Answered = (200, {}, {"ok": True, "channel": "C1", "ts": "1700000000.000100"})


@dataclass
class Line:
    """A channel with the other end in hand."""

    channel: Channel
    to: str
    bodies: Callable[[], list[str]]
    """Everything that arrived, as text."""
    ids: Callable[[], list[str]]
    """By what the other end tells messages apart."""
    fails: Callable[[str], None]
    """Makes the next try fail: `busy`, `never` or `unanswered`."""


def _http(stack: ExitStack, kind: str) -> Line:
    receiver = stack.enter_context(http_receiver(POSTED))
    outbound, links = Outbound(allow_loopback=True), Links(None, b"x")
    answers = {"busy": (503, {"Retry-After": "7"}, {}), "never": (400, {}, {}), "unanswered": "drop after taking it"}
    channels: dict[str, Channel] = {
        "slack": SlackChannel(TOKEN, receiver.url, outbound, links),
        "teams": TeamsChannel({"C1": f"{receiver.url}/?sig={SECRET}"}, outbound, links),
        "webhook": WebhookChannel({"C1": receiver.url}, {"C1": SECRET}, outbound, links, SetClock(NOW)),
    }
    ids = {
        "slack": lambda: [one.json["metadata"]["event_payload"]["key"] for one in receiver.got],
        "teams": lambda: ["fx_1" for _ in receiver.got],
        "webhook": lambda: [one.headers["webhook-id"] for one in receiver.got],
    }
    return Line(
        channels[kind], "C1", lambda: [one.body.decode() for one in receiver.got], ids[kind],
        lambda how: receiver.script.append(answers[how]),  # type: ignore[arg-type]  # one of the steps
    )  # fmt: skip


def _smtp(stack: ExitStack) -> Line:
    receiver = stack.enter_context(mail_receiver())
    server = Server(host=receiver.host, port=receiver.port, security="none")
    script = {"busy": "451 later", "never": "554 no", "unanswered": "drop"}

    def mails() -> list[bytes]:
        return [one.content if isinstance(one.content, bytes) else b"" for one in receiver.got]

    return Line(
        SmtpChannel(server, "desk@example.org", Links(None, b"x")), "jo@example.com",
        lambda: [one.decode() for one in mails()],
        lambda: [message_from_bytes(one, policy=policy.SMTP)["Message-ID"] for one in mails()],
        lambda how: receiver.to_text.append(script[how]),
    )  # fmt: skip


def _memory() -> Line:
    channel = MemoryChannel(SetClock(NOW))
    faults = {"busy": "refuse", "never": "never", "unanswered": "drop"}
    return Line(
        channel, "jo@example.com", lambda: [one.message.text for one in channel.told],
        lambda: [one.key for one in channel.told],
        lambda how: channel.faults.append(faults[how]),  # type: ignore[arg-type]  # one of the faults
    )  # fmt: skip


def _folder(path: Path) -> Line:
    def files() -> list[Path]:
        return sorted(path.rglob("*.eml"))

    def fails(how: str) -> None:
        pytest.skip("a folder fails only with its disk; see test_mail_folder.py")

    return Line(
        MailFolder(path, "desk@example.org"), "jo@example.com", lambda: [one.read_text() for one in files()],
        lambda: [one.stem for one in files()], fails,
    )  # fmt: skip


@pytest.fixture(params=["memory", "folder", "smtp", "slack", "teams", "webhook"])
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Line]:
    """Each channel in turn."""
    with ExitStack() as stack:
        match request.param:
            case "memory":
                yield _memory()
            case "folder":
                yield _folder(tmp_path)
            case "smtp":
                yield _smtp(stack)
            case kind:
                yield _http(stack, kind)


def _sent(line: Line, key: str = "fx_1", headline: str = "Printer-on-fire") -> str:
    return line.channel.send("acme", key, _message(line, headline), NOW)


def _message(line: Line, headline: str = "Printer-on-fire") -> Message:
    return message(to=line.to, headline=headline)


def test_what_is_sent_arrives_and_has_a_reference(line: Line) -> None:
    assert _sent(line)
    [body] = line.bodies()
    assert "Printer-on-fire" in body


def test_a_repeat_is_known_by_its_id(line: Line) -> None:
    first = _sent(line)
    assert _sent(line) == first
    assert len(set(line.ids())) == 1


@pytest.mark.parametrize("how", ["busy", "unanswered"])
def test_what_may_be_tried_again_is_said(line: Line, how: str) -> None:
    line.fails(how)
    with pytest.raises(Unavailable) as raised:
        _sent(line)
    assert isinstance(raised.value, MaybeDone) == (how == "unanswered")
    assert _sent(line)


def test_what_never_works_is_not_tried_again(line: Line) -> None:
    line.fails("never")
    with pytest.raises(TierwiseError) as raised:
        _sent(line)
    assert not raised.value.retryable and raised.value.mend


@pytest.mark.parametrize("how", ["busy", "never", "unanswered"])
def test_no_error_holds_a_secret_or_an_address(line: Line, how: str) -> None:
    line.fails(how)
    with pytest.raises(TierwiseError) as raised:
        _sent(line)
    said = f"{raised.value}{raised.value.__cause__}"
    assert not any(secret in said for secret in (SECRET, TOKEN, "sig=", "127.0.0.1", "whsec"))
