"""The command `tierwise`: what can be asked, and how errors reach the person who asked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli import auditing, evaluate, forms, keys, models, policy

app = typer.Typer(
    name="tierwise", no_args_is_help=True, add_completion=False, rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Sees which tickets will need escalating, hands each to the right people, and writes up what was learned.",
)  # fmt: skip
app.add_typer(policy.app, name="policy")
app.add_typer(evaluate.app, name="eval")
app.add_typer(keys.app, name="key")
app.add_typer(forms.app, name="forms")
app.add_typer(models.app, name="model")
app.add_typer(auditing.app, name="audit")

DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Where the embedded stores live (TIERWISE_DATA_DIR, default .tierwise)."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
PolicyDir = Annotated[Path | None, typer.Option("--policy", help="The policy folder (TIERWISE_POLICY_DIR).")]
Tenant = Annotated[str | None, typer.Option("--tenant", help="Whose tickets these are (TIERWISE_TENANT).")]

Scripted = Annotated[
    Literal["scripted"] | None, typer.Option("--llm", help="Plays it with a language model: the one that ships.")
]


@app.command()
def demo(
    data_dir: DataDir = None,
    llm: Scripted = None,
    as_json: AsJson = False,
) -> None:
    """Builds the demo organisation and runs its live tickets to their named outcomes."""
    from cli.demo import run_demo

    run_demo(data_dir, as_json=as_json, llm=llm)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on (default 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on (default 8080).")] = None,
    data_dir: DataDir = None, policy_dir: PolicyDir = None, tenant: Tenant = None,
) -> None:  # fmt: skip
    """Serves the API with an embedded worker."""
    from cli.serve import run_server

    run_server(host=host, port=port, data_dir=data_dir, policy_dir=policy_dir, tenant=tenant)


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Canonical history, .jsonl or .jsonl.gz.")],
    data_dir: DataDir = None, tenant: Tenant = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Takes a history into records and index. Killed and run again, it comes to the same."""
    from cli.importing import run_import

    run_import(files, data_dir=data_dir, tenant=tenant, as_json=as_json)


@app.command()
def replay(
    history: Annotated[
        list[Path] | None,
        typer.Option("--history", help="Canonical history, .jsonl or .jsonl.gz; what was imported when left out."),
    ] = None,
    policy_dir: PolicyDir = None,
    against: Annotated[Path | None, typer.Option("--against", help="Another policy folder, side by side.")] = None,
    model: Annotated[str, typer.Option(help="What judges: none, active, walk-forward, or a model's id.")] = "none",
    against_model: Annotated[str | None, typer.Option(help="The same for the other side.")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="A folder for the HTML report.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Fixes the intervals and which examples are shown.")] = 1,
    start: Annotated[str | None, typer.Option("--from", help="Judges tickets opened from this moment on.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Judges tickets opened before this moment.")] = None,
    data_dir: DataDir = None, tenant: Tenant = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Streams a history through a policy as if it were live. Nothing is sent, nothing is stored."""
    from cli.replay import Asked, run_replay

    run_replay(
        Asked(
            history=history or [], policy=policy_dir, against=against, model=model,
            against_model=against_model, report=report, seed=seed, start=start, end=end,
            data_dir=data_dir, tenant=tenant, as_json=as_json,
        )
    )  # fmt: skip


@app.command()
def train(
    history: Annotated[
        list[Path], typer.Option("--history", help="Learn from these files instead of what was imported.")
    ] = [],  # noqa: B006 - typer copies
    until: Annotated[
        str | None, typer.Option(help="Learn as if it were this moment, with a zone; now when left out.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Fixes every random choice.")] = 0,
    promote: Annotated[bool, typer.Option(help="Promote the model when the guard has nothing against it.")] = True,
    data_dir: DataDir = None, policy_dir: PolicyDir = None, tenant: Tenant = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Learns risk and routing from the closed tickets, and writes the model card."""
    from cli.training import run_train

    run_train(
        history, until=until, seed=seed, promote=promote, data_dir=data_dir, policy_dir=policy_dir, tenant=tenant,
        as_json=as_json,
    )  # fmt: skip


@app.command()
def assess(
    file: Annotated[Path, typer.Argument(help="One ticket as canonical JSON, or - for standard input.")],
    data_dir: DataDir = None, policy_dir: PolicyDir = None, tenant: Tenant = None, as_json: AsJson = False,
    at: Annotated[str | None, typer.Option(help="The moment to judge at, with a zone; now when left out.")] = None,
) -> None:  # fmt: skip
    """Says what Tierwise thinks of one ticket. Nothing is stored, nothing is sent."""
    from cli.assess import run_assess

    run_assess(file, at=at, data_dir=data_dir, policy_dir=policy_dir, tenant=tenant, as_json=as_json)


@app.command()
def sla(
    ticket_id: Annotated[str | None, typer.Argument(help="A ticket of the data directory.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="One ticket as canonical JSON instead, or - for standard input.")
    ] = None,
    at: Annotated[str | None, typer.Option(help="The moment to read at, with a zone; now when left out.")] = None,
    minute: Annotated[str | None, typer.Option(help="Explains this moment alone.")] = None,
    data_dir: DataDir = None, policy_dir: PolicyDir = None, tenant: Tenant = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Shows every SLA minute of a ticket and why it counted or not."""
    from cli.sla import run_sla

    run_sla(
        ticket_id, file=file, at=at, minute=minute, data_dir=data_dir, policy_dir=policy_dir, tenant=tenant,
        as_json=as_json,
    )  # fmt: skip


@app.command()
def doctor(data_dir: DataDir = None, policy_dir: PolicyDir = None, as_json: AsJson = False) -> None:
    """Checks settings, stores, model, policy and engine, and says what mends each."""
    from cli.doctor import run_doctor

    run_doctor(data_dir=data_dir, policy_dir=policy_dir, as_json=as_json)


@app.command()
def playbooks(
    data_dir: DataDir = None, policy_dir: PolicyDir = None, tenant: Tenant = None, as_json: AsJson = False
) -> None:
    """How often each playbook was found, how much of it was done, what was skipped, and what none is for."""
    from cli.playbooks import run_playbooks

    run_playbooks(data_dir=data_dir, policy_dir=policy_dir, tenant=tenant, as_json=as_json)


@app.command()
def graph() -> None:
    """Prints the graph as mermaid."""
    from cli.picture import print_graph

    print_graph()


@app.command()
def reindex(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Builds the search index anew with the embedding model of the settings."""
    from cli.importing import run_reindex

    run_reindex(data_dir=data_dir, as_json=as_json)


def main() -> None:
    """Runs a command; an error is one line on stderr that names what is wrong and what mends it, and exit code 1."""
    from domain.errors import TierwiseError

    try:
        app()
    except TierwiseError as error:
        sys.stderr.write(f"tierwise: {error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.stderr.write("tierwise: stopped; run the same command again to go on\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
