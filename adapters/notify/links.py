"""Links in notices: to the ticket, to the escalation, and a signed one that acknowledges without signing in.

The signed link names tenant, escalation, person and an end; its signature is an HMAC-SHA256 over exactly that. Opening
it changes nothing, since mail scanners open links: the page asks, and only its button acknowledges.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from datetime import UTC, datetime, timedelta

from domain.base import Record
from domain.effects import Message
from domain.errors import Forbidden

VALID_FOR = timedelta(days=7)
"""How long a link acknowledges; an escalation that nobody touched for longer has told people anew."""
_PURPOSE = b"tierwise acknowledge 1"


class Word(Record):
    """What a signed link stands for."""

    tenant: str
    escalation_id: str
    by: str
    via: str
    until: int
    """Seconds since 1970."""


class Links:
    """Makes links below the public address of this installation; without one there are only those of the helpdesk."""

    def __init__(self, public_url: str | None, secret: bytes) -> None:
        self._base = public_url.rstrip("/") if public_url else None
        self._secret = secret

    def of(self, tenant: str, message: Message) -> tuple[tuple[str, str], ...]:
        """(label, address) of everything a notice can link to. The requester gets none."""
        content = message.content
        if content is None:
            return ()
        found = [("Open the ticket", content.ticket_url)] if content.ticket_url else []
        if self._base is not None and content.escalation_id is not None:
            found.append(("Open the escalation", f"{self._base}/v1/escalations/{content.escalation_id}"))
            if not content.acknowledged and message.at is not None and not message.recipient.startswith("room:"):
                token = self.signed(
                    Word(
                        tenant=tenant, escalation_id=content.escalation_id, by=message.whose, via=message.channel,
                        until=int((message.at + VALID_FOR).timestamp()),
                    )
                )  # fmt: skip
                found.append(("Acknowledge", f"{self._base}/v1/acknowledge/{token}"))
        return tuple(found)

    def signed(self, word: Word) -> str:
        """The word and its signature as one URL-safe text."""
        body = json.dumps(word.model_dump(), sort_keys=True, separators=(",", ":")).encode()
        return f"{_text(body)}.{_text(self._signature(body))}"

    def read(self, token: str, at: datetime) -> Word:
        """The word of a link. Raises `Forbidden` when it was changed, signed by somebody else or is too old."""
        head, _, tail = token.partition(".")
        try:
            body, signature = _bytes(head), _bytes(tail)
        except (ValueError, BadBase64) as error:
            raise _refused() from error
        if not hmac.compare_digest(signature, self._signature(body)):
            raise _refused()
        word = Word.model_validate_json(body)
        if at > datetime.fromtimestamp(word.until, UTC):
            raise Forbidden("the link is too old", mend="open the escalation and acknowledge it there")
        return word

    def _signature(self, body: bytes) -> bytes:
        return hmac.new(self._secret, _PURPOSE + b"\n" + body, hashlib.sha256).digest()


def _refused() -> Forbidden:
    return Forbidden("the link is not one of ours", mend="use the link of the mail as it stands")


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
