"""`tierwise audit`: is the decision log whole, what does it say, and would every decision be the same again?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The decision log: verified, shown, and every decision made again.")

DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Where the embedded stores live.")]
Tenant = Annotated[str | None, typer.Option("--tenant", help="Whose log.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
OfTicket = Annotated[str | None, typer.Option("--ticket", help="Only what is about this ticket.")]


@app.command()
def verify(
    anchor: Annotated[list[Path] | None, typer.Option(help="An anchor that was kept elsewhere; may be given again.")]
    = None,
    data_dir: DataDir = None, tenant: Tenant = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Walks the hash chain; exits with 1 when an entry was changed, taken out, moved, or the end cut off."""
    from app.auditing import load_anchor
    from app.auditing import verify as walk
    from app.bootstrap import open_records
    from app.data_dir import DataDir as Folder
    from cli.output import print_json, say, settings

    chosen = settings(data_dir=data_dir, tenant=tenant)
    kept = [load_anchor(one) for one in anchor or ()]
    with open_records(chosen) as (store, _, whose):
        verdict = walk(store, Folder(chosen.data_dir), whose, kept)
    if as_json:
        print_json(verdict.model_dump())
    elif verdict.ok:
        erased = f", {verdict.erased} sources erased" if verdict.erased else ""
        say(f"{verdict.records} entries, the chain is whole{erased}; head {verdict.head}")
    else:
        say(f"{verdict.records} entries, BROKEN at entry {verdict.first_broken}: {verdict.why}")
    if not verdict.ok:
        sys.exit(1)


@app.command()
def show(
    ticket: OfTicket = None, data_dir: DataDir = None, tenant: Tenant = None, as_json: AsJson = False,
    last: Annotated[int, typer.Option(help="So many of the newest entries.", min=1, max=100_000)] = 50,
) -> None:  # fmt: skip
    """Prints entries, oldest first."""
    from adapters.storage import audit
    from app.bootstrap import open_records
    from cli.output import print_json, say, settings

    with open_records(settings(data_dir=data_dir, tenant=tenant)) as (store, _, whose):
        found = store.read(lambda c: list(audit.entries(c, whose, ticket_id=ticket)))[-last:]
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    for one in found:
        what = ", ".join(f"{key} {value}" for key, value in one.body.items() if isinstance(value, str | int))
        say(f"{one.seq:>6} {one.at.isoformat()} {one.kind:<10} {one.ticket_id or '-':<14} {one.subject}  {what}")


@app.command()
def rerun(
    ticket: OfTicket = None, data_dir: DataDir = None, tenant: Tenant = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Makes every recorded decision again from its recorded inputs; exits with 1 when one comes out otherwise."""
    from app.auditing import run_again
    from app.bootstrap import open_records
    from cli.output import print_json, progress, say, settings

    with open_records(settings(data_dir=data_dir, tenant=tenant)) as (store, _, whose), progress("again", None) as step:
        found = run_again(store, whose, ticket, step)
    if as_json:
        print_json(found.model_dump())
    else:
        erased = f", {found.erased} cannot be made again: erased" if found.erased else ""
        say(f"{found.same} of {found.decisions} decisions come out the same{erased}")
        for one in found.different:
            say(f"  {one.decision_id}")
            for line in one.differences[:20]:
                say(f"    {line}")
    if found.different:
        sys.exit(1)
