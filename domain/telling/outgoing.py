"""What a message must not carry out of the house, whatever rule sent it: secrets that somebody wrote into a ticket."""

from __future__ import annotations

from domain.effects import Message
from domain.privacy.kinds import SECRETS
from domain.privacy.redaction import mask
from domain.telling.content import NoticeContent


def without_secrets(message: Message) -> Message:
    """The message with every key, password, card, bank account and national id masked by its kind: `[password]`.

    Names and addresses stay: whoever is told has to know whom it is about. What the ticket itself says is not changed.
    """
    content = message.content
    return message.model_copy(
        update={
            "subject": _masked(message.subject), "text": _masked(message.text),
            "content": None if content is None else _content(content),
        }
    )  # fmt: skip


def _content(content: NoticeContent) -> NoticeContent:
    similar = content.similar
    return content.model_copy(
        update={
            "title": _masked(content.title), "headline": _masked(content.headline),
            "reasons": tuple(one.model_copy(update={"text": _masked(one.text)}) for one in content.reasons),
            "affected": tuple(map(_masked, content.affected)), "why_owner": _masked(content.why_owner),
            "tried": tuple(map(_masked, content.tried)),
            "similar": None if similar is None else similar.model_copy(
                update={"title": _masked(similar.title), "how_resolved": _masked(similar.how_resolved)}
            ),
            "requested_action": _masked(content.requested_action), "details": _masked(content.details),
            "earlier": tuple(map(_masked, content.earlier)),
        }
    )  # fmt: skip


def _masked(text: str) -> str:
    return mask(text, kinds=SECRETS)
