"""`tierwise assess`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from cli.output import print_json, read_moment, read_text, say, settings


def run_assess(
    file: Path, *, at: str | None, data_dir: Path | None, policy_dir: Path | None, tenant: str | None, as_json: bool
) -> None:
    """Prints the opinion on a ticket. Raises `BadInput`, `BadHistoryLine`."""
    from app.bootstrap import load_rules, open_stores
    from app.opinion import opinion
    from domain.errors import BadInput
    from domain.history import parse_ticket

    chosen = settings(data_dir=data_dir, policy_dir=policy_dir, tenant=tenant)
    ticket = parse_ticket(read_text(file))
    with open_stores(chosen) as stores:
        moment = stores.clock.now() if at is None else read_moment("--at", at)
        if moment < ticket.created_at:
            whose = "--at" if at else f"the clock of {chosen.data_dir} ({moment:%Y-%m-%d %H:%M} UTC)"
            raise BadInput(f"{whose} lies before the ticket's creation", mend="give a later moment with --at")
        rules = load_rules(stores)
        result = asyncio.run(
            opinion(
                stores.settings.tenant, ticket, moment, policy=rules, history=stores.history,
                search=stores.search, knowledge=stores.knowledge, bursts=stores.bursts, judges=stores.judges(rules),
            )
        )  # fmt: skip
    if as_json:
        print_json(result)
        return
    from cli.telling import opinion_lines

    for line in opinion_lines(result):
        say(line)
