"""`tierwise sla`: the SLA ledger of a ticket, from the data directory or from a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cli.output import print_json, read_moment, read_text, say, settings

if TYPE_CHECKING:
    from app.settings import Settings
    from domain.policy.policy import Policy
    from domain.ticket import Ticket


def run_sla(
    ticket_id: str | None, *, file: Path | None, at: str | None, minute: str | None, data_dir: Path | None,
    policy_dir: Path | None, tenant: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Prints every SLA minute of a ticket, or explains one. Raises `BadInput`, `NotFound`, `BadPolicy`."""
    from domain.asof import as_of
    from domain.errors import BadInput
    from domain.sla.page import explain, sla_page
    from domain.thresholds import LEDGER_AHEAD

    if (ticket_id is None) == (file is None):
        raise BadInput("name either a ticket or a file", mend="tierwise sla INC-1, or tierwise sla --file ticket.json")
    chosen = settings(data_dir=data_dir, policy_dir=policy_dir, tenant=tenant)
    ticket, policy, now = _from_store(chosen, ticket_id) if ticket_id else _from_file(chosen, file)
    moment = now if at is None else read_moment("--at", at)
    if moment < ticket.created_at:
        raise BadInput(f"{moment.isoformat()} lies before the ticket's creation", mend="give a later moment with --at")
    if moment - now > LEDGER_AHEAD:
        years = LEDGER_AHEAD.days // 365
        raise BadInput(
            f"{moment.isoformat()} is more than {years} years ahead", mend="give an earlier moment with --at"
        )
    cut = as_of(ticket, moment)
    explained = () if minute is None else explain(cut, policy, moment, read_moment("--minute", minute))
    if as_json:
        print_json(_document(cut, policy, moment) | {"explained": explained})
    elif minute is not None:
        for one in explained:
            say(one.text)
    else:
        say(sla_page(cut, policy, moment).rstrip("\n"))


def _document(ticket: Ticket, policy: Policy, at: datetime) -> dict[str, object]:
    from domain.sla.ledger import readings

    found = readings(ticket, policy, at)
    rows = {one.clock.clock: one.rows for one in found}
    clocks = [one.clock for one in found]
    return {"ticket_id": ticket.id, "at": at, "policy": policy.stamp, "clocks": clocks, "ledger": rows}


def _from_store(chosen: Settings, ticket_id: str) -> tuple[Ticket, Policy, datetime]:
    from adapters.policy_folder import load_policy
    from app.bootstrap import open_records, policy_folder
    from app.data_dir import DataDir

    with open_records(chosen) as (store, clock, tenant):
        ticket = store.ticket(tenant, ticket_id)
        return ticket, load_policy(policy_folder(chosen, DataDir(chosen.data_dir))), clock.now()


def _from_file(chosen: Settings, file: Path | None) -> tuple[Ticket, Policy, datetime]:
    from adapters.clock import SystemClock
    from adapters.policy_folder import load_policy
    from app.bootstrap import policy_folder
    from app.data_dir import DataDir
    from domain.history import parse_ticket

    ticket = parse_ticket(read_text(Path(str(file))))
    last = max((event.at for event in ticket.events), default=ticket.created_at)
    return ticket, load_policy(policy_folder(chosen, DataDir(chosen.data_dir))), max(SystemClock().now(), last)
