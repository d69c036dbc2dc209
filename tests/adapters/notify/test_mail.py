"""An e-mail: two parts that say the same, marks against loops, one conversation, and a server's words told apart."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from adapters.notify.links import Links
from adapters.notify.mail import mail_of
from adapters.notify.smtp import Server, SmtpChannel
from domain.effects import Message
from domain.errors import BadInput, MaybeDone, Misconfigured, Unavailable
from domain.telling.records import Living
from tests.adapters.notify.notes import full, note
from tests.conftest import NOW
from tests.receivers import MailReceiver, mail_receiver

LINKS = Links("https://tw.example", b"x")


def _message(**changes: Any) -> Message:
    return note(to="cy@example.com", channel="mail", kind="mail", recipient="cy", **changes)


def _mail(message: Message, standing: Living | None = None) -> EmailMessage:
    return mail_of("acme", "fx_1", message, NOW, standing, sender="desk@example.org", links=LINKS)


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    text: str = part.get_content()
    return text


@pytest.fixture
def server() -> Iterator[tuple[SmtpChannel, MailReceiver]]:
    """A channel and the server it hands mail to."""
    with mail_receiver() as receiver:
        taken = Server(host=receiver.host, port=receiver.port, security="none")
        yield SmtpChannel(taken, "desk@example.org", LINKS), receiver


def test_the_html_shows_what_a_ticket_holds_as_text_and_loads_nothing() -> None:
    hostile = full(title="<img src=http://evil.example/x>", details="<script>alert(1)</script>")
    html = _part(_mail(_message(content=hostile, text="<script>alert(1)</script>")), "html")
    assert "<script" not in html and "<img" not in html and "src=" not in html.replace("src=http", "")
    assert "&lt;img" in html and "SLA" in html and "Europe/Berlin" in html


def test_both_parts_hold_the_links() -> None:
    mail = _mail(_message())
    for kind in ("plain", "html"):
        assert "https://tw.example/v1/acknowledge/" in _part(mail, kind)


def test_a_mail_is_marked_so_that_machines_do_not_answer_it() -> None:
    mail = _mail(_message())
    assert mail["Auto-Submitted"] == "auto-generated" and mail["X-Tierwise-Notice"] == "acme fx_1"


def test_later_states_answer_the_first_so_that_they_are_one_conversation() -> None:
    first = Living(id="live_1", reference="<fx_0@example.org>", sequence=1, at=NOW, message=_message())
    mail = _mail(_message(critical=True), first)
    assert mail["In-Reply-To"] == mail["References"] == "<fx_0@example.org>" and mail["Importance"] == "high"


def test_the_server_gets_one_recipient_and_the_same_mail(server: tuple[SmtpChannel, MailReceiver]) -> None:
    channel, receiver = server
    assert channel.send("acme", "fx_1", _message(), NOW) == "<fx_1@example.org>"
    [got] = receiver.got
    assert got.rcpt_tos == ["cy@example.com"] and got.mail_from == "desk@example.org"
    assert isinstance(got.content, bytes)
    assert message_from_bytes(got.content, policy=policy.SMTP)["Message-ID"] == "<fx_1@example.org>"


@pytest.mark.parametrize(
    ("to_recipient", "to_text", "kind"),
    [
        ("450 busy", None, Unavailable),
        ("550 no such user", None, BadInput),
        (None, "451 later", Unavailable),
        (None, "554 spam", BadInput),
        (None, "drop", MaybeDone),
    ],
)
def test_what_a_server_says_is_told_apart(
    server: tuple[SmtpChannel, MailReceiver], to_recipient: str | None, to_text: str | None, kind: type[Exception]
) -> None:
    channel, receiver = server
    receiver.to_recipient.extend([to_recipient] if to_recipient else [])
    receiver.to_text.extend([to_text] if to_text else [])
    with pytest.raises(kind):
        channel.send("acme", "fx_1", _message(), NOW)


def test_a_server_without_encryption_gets_no_mail_when_encryption_is_asked_for() -> None:
    with mail_receiver() as receiver:
        asked = Server(host=receiver.host, port=receiver.port, security="starttls")
        with pytest.raises(Misconfigured, match="TIERWISE_SMTP_SECURITY"):
            SmtpChannel(asked, "desk@example.org", LINKS).send("acme", "fx_1", _message(), NOW)
        assert receiver.got == []


def test_a_server_that_is_not_there_can_be_tried_again() -> None:
    gone = Server(host="127.0.0.1", port=1, security="none")
    with pytest.raises(Unavailable, match="cannot be reached"):
        SmtpChannel(gone, "desk@example.org", LINKS).check()
