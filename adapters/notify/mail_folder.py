"""Mail as files: one .eml for each message, in a folder that any mail program or transfer agent can pick up."""

from __future__ import annotations

from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from domain.effects import Message
from domain.errors import BadInput, Unavailable


class MailFolder:
    """Implements `domain.helpdesk.Channel`. The file is named by the effect's key, so a repeat overwrites itself."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    def send(self, tenant: str, key: str, message: Message, at: datetime) -> str:
        """Writes the message; the receipt is the file's name.

        Raises `Unavailable` when the disk refuses, `BadInput` when the recipient is not one address.
        """
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self._sender
        mail["To"] = _one_address(message.to)
        mail["Subject"] = " ".join(message.subject.split())
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = f"<{key}@{self._sender.partition('@')[2]}>"
        mail["X-Tierwise-Ticket"] = " ".join(message.ticket_id.split())
        mail.set_content(message.text)
        path = self._folder / tenant / f"{key}.eml"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".part")
            partial.write_bytes(mail.as_bytes())
            partial.replace(path)
        except OSError as error:
            raise Unavailable(f"cannot write {path.name}: {error.strerror}", mend="free some space") from error
        return path.name


def _one_address(text: str) -> Address:
    """Addresses come from tickets: line breaks or commas in one would reach people that nobody meant."""
    try:
        return Address(addr_spec=text.strip())
    except (ValueError, HeaderParseError, IndexError) as error:
        raise BadInput(
            f"{text!r} cannot be an address", mend="correct the e-mail address in the helpdesk or the policy"
        ) from error
