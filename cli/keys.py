"""`tierwise key`: bearer keys for the API."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Makes and ends bearer keys for the API.")

DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Where the embedded stores live.")]
Tenant = Annotated[str | None, typer.Option("--tenant", help="The tenant that the key opens.")]


@app.command()
def create(
    roles: Annotated[
        list[str],
        typer.Argument(help="platform, technician, lead, approver, knowledge_manager, evaluator or admin"),
    ],
    person: Annotated[str | None, typer.Option(help="Whose key it is: a technician's or approver's id.")] = None,
    data_dir: DataDir = None,
    tenant: Tenant = None,
) -> None:
    """Makes a key and prints it, once; only its hash is kept."""
    from adapters.storage import keys
    from adapters.storage.keys import Role
    from cli.output import note, say, settings
    from domain.errors import BadInput

    chosen = settings(data_dir=data_dir, tenant=tenant)
    unknown = sorted(set(roles) - set(Role))
    if unknown:
        raise BadInput(f"unknown role {unknown[0]!r}", mend=f"use one of {', '.join(Role)}")
    from app.bootstrap import open_records

    with open_records(chosen) as (store, clock, tenant_in_force):
        key_id, key = store.write(
            lambda c: keys.create(c, tenant_in_force, frozenset(map(Role, roles)), clock.now(), person)
        )
    note(f"{key_id} of tenant {tenant_in_force}: keep the key, it is not shown again")
    say(key)


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The id that was printed beside the key.")],
    data_dir: DataDir = None,
    tenant: Tenant = None,
) -> None:
    """Ends a key at once."""
    from adapters.storage import keys
    from app.bootstrap import open_records
    from cli.output import say, settings

    chosen = settings(data_dir=data_dir, tenant=tenant)
    with open_records(chosen) as (store, clock, tenant_in_force):
        store.write(lambda c: keys.revoke(c, tenant_in_force, key_id, clock.now()))
    say(f"{key_id} is revoked")
