"""Our own mail on its way back: bounces and automatic answers start nothing, or two machines would write for ever."""

from __future__ import annotations

import re
from typing import NamedTuple

_NOTICE = re.compile(
    r"^[>\s]{0,20}X-Tierwise-Notice:\s*(?P<tenant>[a-z0-9-]{1,40})\s+(?P<key>fx_[0-9a-f]{20})\s*$", re.M | re.I
)
_AUTOMATIC = re.compile(
    r"^\s{0,20}(Auto-Submitted:\s*auto-(replied|generated|notified)|X-Auto-Response-Suppress:\s*all|"
    r"Precedence:\s*(bulk|junk|auto_reply)|X-Autoreply:\s*yes)\s*$",
    re.M | re.I,
)
_LOOKED_AT = 50_000
"""Characters: the headers of a returned mail stand in its report, never further down."""


class ComingBack(NamedTuple):
    """Why a message is taken for a machine's answer to one of our mails."""

    tenant: str | None
    key: str | None
    """The notice that came back, when the message says which."""
    why: str


def coming_back(body: str | None) -> ComingBack | None:
    """Whether a message is a bounce of one of our mails or an automatic answer; none for what people write.

    Decided by header lines that mail servers put into reports and people never write; words such as "out of office"
    decide nothing.
    """
    text = (body or "")[:_LOOKED_AT]
    found = _NOTICE.search(text)
    if found is not None:
        return ComingBack(found["tenant"], found["key"], "one of our mails came back")
    return ComingBack(None, None, "an automatic answer") if _AUTOMATIC.search(text) else None
