"""Mail as files: whole, once for each key, and never to anybody but the one recipient."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from adapters.notify.mail_folder import MailFolder
from domain.effects import Message
from domain.errors import BadInput, Unavailable
from domain.policy.flow import Occasion
from tests.conftest import NOW

HANDED_OVER: Occasion = "handed_over"


def _message(to: str = "jo@example.com", subject: str = "Escalated", text: str = "Please look.") -> Message:
    return Message(occasion=HANDED_OVER, channel="mail", to=to, subject=subject, text=text, ticket_id="T-1", rule="r")


def _read(path: Path) -> EmailMessage:
    read = message_from_bytes(path.read_bytes(), policy=policy.SMTP)
    assert isinstance(read, EmailMessage)
    return read


def test_a_message_is_one_file_that_mail_programs_read(tmp_path: Path) -> None:
    text = "Der Drucker brennt 🔥\nالطابعة"
    receipt = MailFolder(tmp_path, "desk@example.org").send("acme", "fx_1", _message(text=text), NOW)
    mail = _read(tmp_path / "acme" / "fx_1.eml")
    assert receipt == "<fx_1@example.org>"
    assert (mail["To"], mail["From"], mail["Message-ID"]) == (
        "jo@example.com",
        "desk@example.org",
        "<fx_1@example.org>",
    )
    assert mail.get_content().replace("\r\n", "\n").strip() == text
    assert mail["Date"].datetime == NOW


def test_the_same_key_again_is_the_same_file(tmp_path: Path) -> None:
    folder = MailFolder(tmp_path, "desk@example.org")
    assert folder.send("acme", "fx_1", _message(), NOW) == folder.send("acme", "fx_1", _message(), NOW)
    assert [path.name for path in (tmp_path / "acme").iterdir()] == ["fx_1.eml"]


def test_a_subject_cannot_add_headers(tmp_path: Path) -> None:
    MailFolder(tmp_path, "desk@example.org").send("acme", "fx_1", _message(subject="Hi\r\nBcc: spy@example.com"), NOW)
    mail = _read(tmp_path / "acme" / "fx_1.eml")
    assert mail["Bcc"] is None and mail["Subject"] == "Hi Bcc: spy@example.com"


@pytest.mark.parametrize(
    "to",
    ["", "nobody at all", "a@b.c, spy@example.com", "a@b.c\r\nBcc: spy@example.com", "Jo <jo@example.com>"],
)
def test_what_is_not_one_address_gets_no_mail(tmp_path: Path, to: str) -> None:
    with pytest.raises(BadInput, match="cannot be an address; correct the e-mail address"):
        MailFolder(tmp_path, "desk@example.org").send("acme", "fx_1", _message(to=to), NOW)
    assert not (tmp_path / "acme").exists()


def test_a_folder_that_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match="free some space"):
        MailFolder(tmp_path / "mail", "desk@example.org").send("acme", "fx_1", _message(), NOW)
