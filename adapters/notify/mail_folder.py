"""Mail as files: one .eml for each message, in a folder that any mail program or transfer agent can pick up."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import ClassVar

from adapters.notify.links import Links
from adapters.notify.mail import mail_of
from domain.effects import Message
from domain.errors import Unavailable
from domain.telling.records import Living


class MailFolder:
    """Implements `domain.helpdesk.Channel`. The file is named by the effect's key, so a repeat overwrites itself."""

    edits: ClassVar[bool] = False

    def __init__(self, folder: Path, sender: str, links: Links | None = None) -> None:
        self._folder = folder
        self._sender = sender
        self._links = links or Links(None, b"")

    def send(
        self, tenant: str, key: str, message: Message, at: datetime, standing: Living | None = None, *,
        again: bool = False,
    ) -> str:  # fmt: skip
        """Writes the message; its Message-ID.

        Raises `Unavailable` when the disk refuses, `BadInput` when the recipient is not one address.
        """
        mail = mail_of(tenant, key, message, at, standing, sender=self._sender, links=self._links)
        path = self._folder / tenant / f"{key}.eml"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_suffix(".part")
            partial.write_bytes(mail.as_bytes())
            partial.replace(path)
        except OSError as error:
            raise Unavailable(f"cannot write {path.name}: {error.strerror}", mend="free some space") from error
        return str(mail["Message-ID"])
