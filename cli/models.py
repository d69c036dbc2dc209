"""`tierwise model`: what was learned, which of it speaks, and the cases that people put right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from adapters.storage.store import Store
    from app.card import CardView
    from learning.manifest import Promotions
    from learning.store import ModelStore

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Learned models: list, promote, roll back, prune.")

DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Where the embedded stores live.")]
PolicyDir = Annotated[Path | None, typer.Option("--policy", help="The policy folder (TIERWISE_POLICY_DIR).")]
Tenant = Annotated[str | None, typer.Option("--tenant", help="Whose models these are (TIERWISE_TENANT).")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
COMMAND = "the command line"
Id = Annotated[str, typer.Argument(help="A model's id, as `tierwise model list` shows it.")]
By = Annotated[str, typer.Option("--by", help="Who does it; it is recorded.")]


@app.command("list")
def list_(data_dir: DataDir = None, tenant: Tenant = None, as_json: AsJson = False) -> None:
    """Every stored model, oldest first, and which one is promoted."""
    from cli.output import print_json, say

    with _models(data_dir, tenant) as (models, whose, _, _):
        entries, now = models.models(whose), models.promotions(whose)
    if as_json:
        print_json({"active": now.active, "before": now.before, "models": entries, "steps": now.steps})
        return
    for one in entries:
        mark = "promoted" if one.id == now.active else "before  " if one.id == now.before else "        "
        if one.manifest is None:
            say(f"{mark} {one.id}  cannot be used: {one.error}")
        else:
            knows = ", ".join((*one.manifest.targets, *(["routing"] if one.manifest.routing else [])))
            trained = f"trained {one.manifest.trained_at:%Y-%m-%d %H:%M}, {one.manifest.tickets} tickets"
            say(f"{mark} {one.id}  {trained}: {knows}")
    if not entries:
        say("nothing was learned yet; run `tierwise train`")


@app.command()
def show(
    model: Id, data_dir: DataDir = None, tenant: Tenant = None,
    as_json: Annotated[bool, typer.Option("--json", help="As every command has it; a manifest is JSON anyway.")] = True,
) -> None:  # fmt: skip
    """The manifest of a model as JSON, once every file of it has been checked."""
    del as_json
    from cli.output import print_json

    with _models(data_dir, tenant) as (models, whose, _, _):
        print_json(models.check(whose, model))


@app.command()
def promote(
    model: Id, force: Annotated[bool, typer.Option("--force", help="Although the guard is against it.")] = False,
    why: Annotated[str, typer.Option("--why", help="The reason that is recorded; --force needs one.")] = "",
    by: By = COMMAND, data_dir: DataDir = None, tenant: Tenant = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Makes a model the one that speaks, as far as learning.yaml lets it."""
    from domain.errors import BadInput, Conflict
    from learning.card import ModelCard
    from learning.manifest import Promotion

    if force and not why.strip():
        raise BadInput("--force without a reason", mend="add --why with the reason; it is recorded")
    with _models(data_dir, tenant) as (models, whose, now, _):
        models.check(whose, model)
        verdict = ModelCard.model_validate_json(models.card(whose, model)).verdict
        if not verdict.ok and not force:
            reasons = "; ".join(verdict.why_not) or "nothing could be compared"
            raise Conflict(f"the guard is against {model}: {reasons}", mend="train again, or --force it and say --why")
        step = Promotion(kind="promoted", model=model, at=now, by=by, why=why or "promoted by hand", forced=force)
        _tell(models.promote(whose, step), as_json=as_json)


@app.command()
def rollback(
    why: Annotated[str, typer.Option("--why", help="The reason that is recorded.")] = "", by: By = COMMAND,
    data_dir: DataDir = None, tenant: Tenant = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Goes back to the model that was promoted before, or to the points table."""
    from learning.manifest import Promotion

    with _models(data_dir, tenant) as (models, whose, now, _):
        step = Promotion(kind="rolled_back", model=None, at=now, by=by, why=why)
        _tell(models.rollback(whose, step), as_json=as_json)


@app.command()
def prune(
    keep: Annotated[int, typer.Option("--keep", min=0, help="So many of the newest stay besides.")] = 2,
    data_dir: DataDir = None, tenant: Tenant = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Removes old models; never the promoted one or the one before it."""
    from cli.output import print_json, say

    with _models(data_dir, tenant) as (models, whose, _, _):
        gone = models.prune(whose, keep)
    if as_json:
        print_json({"removed": gone})
    else:
        say(f"removed: {', '.join(gone) or 'nothing'}")


@app.command()
def card(
    model: Annotated[str | None, typer.Argument(help="A model's id; the promoted one when left out.")] = None,
    html: Annotated[Path | None, typer.Option("--html", help="A folder for the card as a page.")] = None,
    data_dir: DataDir = None, policy_dir: PolicyDir = None, tenant: Tenant = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """What to expect of a model, and how far things have moved since it was trained."""
    from cli.output import print_json, say, settings

    chosen = settings(data_dir=data_dir, policy_dir=policy_dir, tenant=tenant)
    from adapters.policy_folder import load_policy
    from app import data_dir as places
    from app.bootstrap import policy_folder
    from app.card import card_view
    from app.card_text import card_lines, shift_lines
    from app.history_source import stored

    policy = load_policy(policy_folder(chosen, places.DataDir(chosen.data_dir)))
    with _models(data_dir, tenant) as (models, whose, now, store):
        view = card_view(models, whose, policy, model, stored(store, whose, now))
    written = _write_page(view, html) if html is not None else None
    if as_json:
        print_json(view)
        return
    for line in card_lines(view):
        say(line)
    if view.drift is not None:
        say(f"  since training: {view.drift.tickets} tickets. {view.drift.note}")
        for one in view.drift.targets:
            if one.base_rate is not None:
                rate = f"base rate {one.base_rate:.1%} (then {one.base_rate_then:.1%})"
                say(f"    {one.target}: {rate}, calibration error {one.ece:.3f}")
        for line in shift_lines(view.drift.shifts):
            say(line)
    say(f"  {view.state}; learning.yaml says mode: {view.mode}")
    if written is not None:
        say(f"page: {written}")


@app.command()
def cases(data_dir: DataDir = None, tenant: Tenant = None, as_json: AsJson = False) -> None:
    """Where people put right what Tierwise had said; every later model is run over these."""
    from adapters.storage import cases as stored
    from cli.output import print_json, say

    with _models(data_dir, tenant) as (_, whose, _, store):
        found = store.read(lambda c: stored.all_of(c, whose))
    if as_json:
        print_json({"cases": found})
        return
    for one in found:
        did = f"{one.by} {one.did.replace('_', ' ')}: {one.why}"
        say(f"{one.ticket_id} {one.at:%Y-%m-%d %H:%M} {one.about}: {one.said}; {did}")
    if not found:
        say("nobody has contradicted a judgement yet")


@contextmanager
def _models(data_dir: Path | None, tenant: str | None) -> Iterator[tuple[ModelStore, str, datetime, Store]]:
    from cli.output import settings

    chosen = settings(data_dir=data_dir, tenant=tenant)
    from app import data_dir as places
    from app.bootstrap import open_records
    from learning.store import ModelStore

    with open_records(chosen) as (store, clock, whose):
        yield ModelStore(places.DataDir(chosen.data_dir).models), whose, clock.now(), store


def _tell(now: Promotions, *, as_json: bool) -> None:
    from cli.output import print_json, say

    if as_json:
        print_json({"active": now.active, "before": now.before, "steps": now.steps})
    else:
        say(f"promoted: {now.active or 'none; the points table answers'}")


def _write_page(view: CardView, folder: Path) -> Path:
    from app.card_page import card_page
    from domain.errors import BadInput

    path = folder / "model-card.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(card_page(view), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{folder}: cannot be written: {error.strerror}", mend="name another folder") from error
    return path
