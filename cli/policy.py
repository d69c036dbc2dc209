"""`tierwise policy`: check a policy folder, print the schemas of its files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Check a policy folder, print its schemas.", no_args_is_help=True)


@app.command("check")
def check(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, metavar="DIR", help="The policy folder.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Names every mistake in a policy folder: file, line, key, problem, mend. Exits 1 when there is one."""
    from adapters.policy_folder import check_policy

    findings = check_policy(folder)
    if as_json:
        rows = [finding.model_dump(mode="json") for finding in findings]
        typer.echo(json.dumps({"folder": str(folder), "ok": not findings, "findings": rows}, indent=2))
    else:
        for finding in findings:
            typer.echo(str(finding))
        mistakes = "1 mistake" if len(findings) == 1 else f"{len(findings) or 'no'} mistakes"
        typer.echo(f"{folder}: {mistakes}", err=bool(findings))
    raise typer.Exit(1 if findings else 0)


@app.command("schema")
def schema(
    file: Annotated[
        str | None, typer.Argument(metavar="FILE", help="One file of the folder, such as teams.yaml.")
    ] = None,
) -> None:
    """Prints the JSON Schema of one file, or of all files as one object."""
    from adapters.policy_folder import policy_schemas

    schemas = policy_schemas()
    if file is None:
        typer.echo(json.dumps(schemas, indent=2))
        return
    if file not in schemas:
        raise typer.BadParameter(f"there is no policy file {file!r}; use one of: {', '.join(schemas)}")
    typer.echo(json.dumps(schemas[file], indent=2))
