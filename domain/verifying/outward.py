"""The last look at a text before it goes to the requester, whatever wrote it and wherever it was kept since."""

from __future__ import annotations

import re

from domain.ticket import Ticket
from domain.verifying.verifier import is_heading, verify_requester_text

_ITEM = re.compile(r"^\s*[-*•]\s+")


def outward(text: str, ticket: Ticket) -> str:
    """The text without the lines that nothing public on the (cut) ticket bears out, and without headings left bare."""
    stopped = {one.claim.text for one in verify_requester_text(text, ticket).blocked}
    if not stopped:
        return text
    kept: list[str] = []
    for line in text.splitlines():
        if is_heading(line) and kept and is_heading(kept[-1]):
            kept.pop()
        if _ITEM.sub("", line).strip() not in stopped:
            kept.append(line)
    while kept and (is_heading(kept[-1]) or not kept[-1].strip()):
        kept.pop()
    return "\n".join(kept)
