"""`tierwise forms`: what the forms have learned from hand-overs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Forms: what is asked before a ticket goes up.")

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Where the embedded stores live (TIERWISE_DATA_DIR, default .tierwise)."),
]
PolicyDir = Annotated[Path | None, typer.Option("--policy", help="The policy folder (TIERWISE_POLICY_DIR).")]
Tenant = Annotated[str | None, typer.Option("--tenant", help="Whose tickets these are (TIERWISE_TENANT).")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


@app.command()
def learned(
    data_dir: DataDir = None, policy_dir: PolicyDir = None, tenant: Tenant = None, as_json: AsJson = False
) -> None:
    """Lists which fields the next tier asked back for after hand-overs, and which are therefore asked beforehand."""
    from app.learned import learned_fields, render
    from cli.output import print_json, say, settings

    report = asyncio.run(learned_fields(settings(data_dir=data_dir, policy_dir=policy_dir, tenant=tenant)))
    if as_json:
        print_json(report)
    else:
        say(render(report))
