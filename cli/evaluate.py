"""`tierwise eval`: the suites, each with one prediction per item in a file that anyone can score."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Runs an evaluation suite and writes its predictions."
)

Predictions = Annotated[
    Path, typer.Option("--predictions", help="Where the predictions go: .csv, or JSON Lines with any other ending.")
]
History = Annotated[Path, typer.Option("--history", help="Canonical history, .jsonl or .jsonl.gz.")]
Gold = Annotated[Path | None, typer.Option("--gold", help="Gold labels, for metrics only; predictions never see them.")]
Seed = Annotated[int, typer.Option("--seed", help="Fixes every random choice.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


@app.command()
def retrieval(
    corpus: Annotated[Path, typer.Option("--corpus", help="Documents: id, title, text.")],
    queries: Annotated[Path, typer.Option("--queries", help="Queries: id, text, relevant, exclude.")],
    predictions: Predictions,
    kind: Annotated[str, typer.Option("--kind", help="What the documents are: articles or tickets.")] = "articles",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Search: rows of query_id, rank, doc_id, score (top 20)."""
    _prepare()
    from evals.retrieval import render, run_retrieval

    report = run_retrieval(corpus, queries, predictions, _kind(kind), seed)
    _show(report, render(report), as_json=as_json)


@app.command()
def handoff(history: History, predictions: Predictions, seed: Seed = 0, as_json: AsJson = False) -> None:
    """Handoffs: the record, the requester's text, and every claim with the events it cites."""
    _prepare()
    from evals.handoff import render, run_handoff

    report = run_handoff(history, predictions, seed)
    _show(report, render(report), as_json=as_json)


@app.command()
def knowledge(
    history: History, predictions: Predictions, gold: Gold = None, seed: Seed = 0, as_json: AsJson = False
) -> None:
    """Articles: new, patch, link or refuse, with the text, its claims and the questions."""
    _prepare()
    from evals.knowledge import render, run_knowledge

    report = run_knowledge(history, predictions, seed, gold=gold)
    _show(report, render(report), as_json=as_json)


@app.command()
def missing(
    history: History, predictions: Predictions, gold: Gold = None, seed: Seed = 0, as_json: AsJson = False
) -> None:
    """Missing information: seen from the requester's first message alone."""
    _prepare()
    from evals.missing import render, run_missing

    report = run_missing(history, predictions, seed, gold=gold)
    _show(report, render(report), as_json=as_json)


def _prepare() -> None:
    from cli.output import settings

    settings()


def _kind(name: str) -> Literal["articles", "tickets"]:
    if name == "articles":
        return "articles"
    if name == "tickets":
        return "tickets"
    raise typer.BadParameter("use articles or tickets", param_hint="--kind")


def _show(report: object, text: str, *, as_json: bool) -> None:
    from cli.output import print_json, say

    if as_json:
        print_json(report)
    else:
        say(text)
