"""A small history file for the suites that read threads."""

from __future__ import annotations

import json
from pathlib import Path

from domain.history import dump_ticket
from domain.ticket import Ticket
from tests.domain.made import answered, event, ticket, wrote

SOLVED = ticket(
    answered(1, 10, "We renewed the certificate on the gateway."),
    event(
        2,
        12,
        "comment",
        by="ada",
        role="technician",
        visibility="internal",
        body="The customer has not paid the bill.",
    ),
    wrote(3, 20, "Works now, thanks!"),
    id="T-1",
    body="The VPN tunnel does not connect.",
)
OPEN = ticket(answered(1, 10, "We will check and get back to you."), id="T-2", body="My printer is broken.")
GOLD = [
    {
        "id": "T-1",
        "support_asked_for_info": "not_asked",
        "resolution_note": {
            "problem": "VPN tunnel does not connect",
            "solution": "renewed the certificate",
            "resolved": "yes",
        },
    },
    {"id": "T-2", "support_asked_for_info": "asked", "resolution_note": None},
]


def history(folder: Path, *tickets: Ticket, extra: tuple[str, ...] = ()) -> Path:
    """The tickets (by default both) as a history file, with further raw lines at its end."""
    path = folder / "history.jsonl"
    lines = [*(dump_ticket(one) for one in tickets or (SOLVED, OPEN)), *extra]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def gold(folder: Path) -> Path:
    """What staff noted and whether they asked."""
    path = folder / "gold.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in GOLD), encoding="utf-8")
    return path
