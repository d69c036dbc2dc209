"""`tierwise eval`: the suites, each with one prediction per item in a file that anyone can score."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from adapters.llm.client import Endpoint
    from domain.base import Record
    from evals.ragas_suite import RagasReport

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
Ragas = Annotated[
    bool, typer.Option("--ragas", help="Adds ragas' scores (extra 'evals'), judged by the model of the settings too.")
]


@app.command()
def retrieval(
    corpus: Annotated[Path, typer.Option("--corpus", help="Documents: id, title, text.")],
    queries: Annotated[Path, typer.Option("--queries", help="Queries: id, text, relevant, exclude.")],
    predictions: Predictions,
    kind: Annotated[str, typer.Option("--kind", help="What the documents are: articles or tickets.")] = "articles",
    seed: Seed = 0,
    ragas: Ragas = False,
    as_json: AsJson = False,
) -> None:
    """Search: rows of query_id, rank, doc_id, score (top 20)."""
    _prepare()
    from evals.retrieval import render, run_retrieval

    report = run_retrieval(corpus, queries, predictions, _kind(kind), seed)
    if not (as_json and ragas):
        _show(report, render(report), as_json=as_json)
    if ragas:
        from evals.ragas_suite import of_retrieval

        _show_ragas(report, of_retrieval(corpus, queries, predictions, _judge()), as_json=as_json)


@app.command()
def summary(
    dialogues: Annotated[Path, typer.Option("--dialogues", help="Dialogues: id, turns of role and text, summaries.")],
    predictions: Predictions,
    named: Annotated[
        bool, typer.Option("--named", help="Puts 'Customer:' and 'Agent:' before the sentences in the predictions.")
    ] = False,
    seed: Seed = 0,
    ragas: Ragas = False,
    as_json: AsJson = False,
) -> None:
    """Summaries: at most two sentences of a dialogue; rows of id, summary, sources (turns, from 0)."""
    _prepare()
    from evals.summary import render, run_summary

    report = run_summary(dialogues, predictions, seed, named=named)
    if not (as_json and ragas):
        _show(report, render(report), as_json=as_json)
    if ragas:
        from evals.ragas_suite import of_summary

        _show_ragas(report, of_summary(dialogues, predictions, _judge()), as_json=as_json)


@app.command()
def handoff(
    history: History, predictions: Predictions, seed: Seed = 0, ragas: Ragas = False, as_json: AsJson = False
) -> None:
    """Handoffs: the record, the requester's text, and every claim with the events it cites."""
    _prepare()
    from evals.handoff import render, run_handoff

    report = run_handoff(history, predictions, seed)
    if not (as_json and ragas):
        _show(report, render(report), as_json=as_json)
    if ragas:
        from evals.ragas_suite import of_handoff

        _show_ragas(report, of_handoff(history, predictions, _judge()), as_json=as_json)


@app.command()
def injection(
    attacks: Annotated[Path, typer.Option("--attacks", help="Attacks: id, kind, text.")],
    carriers: Annotated[Path, typer.Option("--carriers", help="What tickets say: id, text.")],
    benign: Annotated[Path, typer.Option("--benign", help="Texts that must not be flagged: id, text.")],
    predictions: Predictions,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Injection: rows of attack_id, carrier_id, place, changed, flagged; controls and benign texts among them."""
    _prepare()
    from cli.output import progress
    from evals.injection.suite import render, run_injection

    with progress("planting", None) as advance:
        report = run_injection(attacks, carriers, benign, predictions, seed, progress=advance)
    _show(report, render(report), as_json=as_json)


@app.command()
def verifier(
    predictions: Predictions,
    history: Annotated[
        Path | None, typer.Option("--history", help="Canonical history; the demo's closed tickets when left out.")
    ] = None,
    n: Annotated[int, typer.Option("--n", min=20, help="How many corrupted claims.")] = 2000,
    half: Annotated[
        Literal["all", "develop", "report"],
        typer.Option("--half", help="Every other ticket: those that rules were written with, or the others."),
    ] = "all",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Verifier: what it finds of corrupted handoffs and wrongly blocks of true ones; one row an item."""
    _prepare()
    from cli.output import progress
    from evals.verifying.suite import render, run_verifier

    with progress("corrupting", n) as advance:
        report = run_verifier(history, predictions, seed, n=n, half=half, progress=advance)
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


@app.command()
def forms(
    history: History,
    predictions: Predictions,
    policy: Annotated[
        Path | None, typer.Option("--policy", help="The policy folder with the forms; the default one when left out.")
    ] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Forms: would they have asked for what the next tier asked back for, and at how many questions?"""
    _prepare()
    from evals.forms import render, run_forms

    report = run_forms(history, predictions, seed, policy)
    _show(report, render(report), as_json=as_json)


@app.command()
def outbreaks(
    history: Annotated[
        Path | None, typer.Option("--history", help="Canonical history to replay, .jsonl or .jsonl.gz.")
    ] = None,
    simulate: Annotated[bool, typer.Option("--simulate", help="A simulated desk instead of a history.")] = False,
    predictions: Annotated[
        Path | None, typer.Option("--predictions", help="Where the alarms go, each with its evidence.")
    ] = None,
    budget: Annotated[float, typer.Option("--budget", min=0.02, max=50, help="False alarms a week.")] = 1.0,
    runs: Annotated[
        int, typer.Option("--plant", min=0, max=50, help="Streams with planted bursts to compare on; 0 replays only.")
    ] = 1,
    zone: Annotated[str, typer.Option("--zone", help="The zone people work in.")] = "UTC",
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Outbreaks: alarms on a history or a simulated desk, and time to detect planted bursts at equal other alarms."""
    _prepare()
    from evals.outbreaks.suite import render, run_history, run_simulation

    if (history is None) == (not simulate):
        raise typer.BadParameter("give either --history or --simulate", param_hint="--history")
    if history is not None:
        report = run_history(history, predictions, seed, budget=budget, zone=zone, runs=runs)
    else:
        report = run_simulation(predictions, seed, budget=budget, runs=runs)
    _show(report, render(report), as_json=as_json)


@app.command()
def routing(
    train: Annotated[
        list[Path] | None, typer.Option("--train", help="A history to learn from; may be repeated.")
    ] = None,
    test: Annotated[list[Path] | None, typer.Option("--test", help="A history to ask about; may be repeated.")] = None,
    predictions: Annotated[
        Path | None, typer.Option("--predictions", help="Where the predictions go: .csv, or JSON Lines otherwise.")
    ] = None,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="Technicians on a desk with known skills, instead of teams on a history.")
    ] = False,
    at: Annotated[
        str, typer.Option("--at", help="When each ticket is asked about: creation or first-assignment.")
    ] = "creation",
    precision: Annotated[
        float, typer.Option("--precision", min=0.5, max=1, help="Right answers wanted where it does not abstain.")
    ] = 0.9,
    frozen: Annotated[
        bool, typer.Option("--frozen", help="Writes the answers of the model as trained, not those walking forward.")
    ] = False,
    minilm: Annotated[
        bool, typer.Option("--minilm", help="Also the baseline on sentence vectors; minutes on a small machine.")
    ] = False,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Routing: which team each ticket ends up with; rows of ticket_id, at, team_1 … team_5, p_1 … p_5, abstained."""
    _prepare()
    from cli.output import progress, settings
    from evals.routing import simulated
    from evals.routing.suite import render, run_routing

    if simulate:
        found = simulated.run_simulation(seed, predictions)
        _show(found, simulated.render(found), as_json=as_json)
        return
    if not train or not test or predictions is None:
        raise typer.BadParameter("give --train, --test and --predictions, or --simulate", param_hint="--train")
    if at not in ("creation", "first-assignment"):
        raise typer.BadParameter("use creation or first-assignment", param_hint="--at")
    embed = None
    if minilm:
        from app.bootstrap import default_embedder

        embed = default_embedder(settings()).encode
    with progress("asking", None) as advance:
        report = run_routing(
            train, test, predictions, "creation" if at == "creation" else "first-assignment", seed,
            precision=precision, written="frozen" if frozen else "walking-forward", embed=embed, progress=advance,
        )  # fmt: skip
    _show(report, render(report), as_json=as_json)


@app.command()
def risk(
    train: Annotated[list[Path], typer.Option("--train", help="History to learn from; may be given several times.")],
    test: Annotated[list[Path], typer.Option("--test", help="History to judge; may be given several times.")],
    target: Annotated[Literal["sla_breach", "escalation"], typer.Option("--target", help="What is foretold.")],
    predictions: Predictions,
    at: Annotated[
        Literal["creation", "first-event", "all-events"], typer.Option("--at", help="The moments to judge at.")
    ] = "first-event",
    policy: Annotated[
        Path | None,
        typer.Option("--policy", help="The policy folder of the points table; the default one if left out."),
    ] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """Risk of an escalation or a missed SLA: rows of ticket_id, at, probability, abstained."""
    _prepare()
    from cli.output import progress
    from evals.risk.report import render
    from evals.risk.suite import run_risk

    with progress("judging", None) as advance:
        report = run_risk(train, test, target, at, predictions, seed, policy=policy, progress=advance)
    _show(report, render(report), as_json=as_json)


@app.command()
def sla(
    cases: Annotated[
        Path | None, typer.Option("--cases", help="A .yaml of cases or a folder of them; our own suite when left out.")
    ] = None,
    predictions: Annotated[
        Path | None, typer.Option("--predictions", help="Where the rows go: id, expected, got, ok.")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", help="Another product's answers to score: JSON Lines of id and got."),
    ] = None,
    questions: Annotated[
        Path | None,
        typer.Option("--questions", help="Writes cases and questions without the answers, as JSON Lines."),
    ] = None,
    oracle: Annotated[
        int | None,
        typer.Option("--oracle", min=1, help="Compares so many random cases with the minute oracle."),
    ] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> None:
    """SLA arithmetic: cases with hand-made answers, or random ones against an oracle that walks every minute."""
    _prepare()
    from evals.sla.suite import render, render_oracle, run_oracle, run_sla, write_questions

    if oracle is not None:
        from cli.output import progress

        with progress("comparing", oracle) as advance:
            found = run_oracle(oracle, seed, advance)
        _show(found, render_oracle(found), as_json=as_json)
        return
    if questions is not None:
        write_questions(cases, questions)
    report = run_sla(cases, predictions, answers)
    _show(report, render(report), as_json=as_json)


def _prepare() -> None:
    from cli.output import settings

    settings()


def _judge() -> Endpoint | None:
    """The model of the settings."""
    from app.language import endpoint_of
    from cli.output import settings

    return endpoint_of(settings())


def _show_ragas(report: Record, scores: RagasReport, *, as_json: bool) -> None:
    from evals.ragas_suite import Both, render

    _show(Both(report=report, ragas=scores) if as_json else scores, render(scores), as_json=as_json)


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
