"""`tierwise train` and `tierwise model` as a user types them, on histories made by code."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner, Result

from adapters.storage.store import Store
from app.data_dir import DataDir
from cli.main import app
from domain.errors import TierwiseError
from domain.history import dump_ticket
from domain.ticket import EventKind, Outcome, Ticket
from learning.store import ModelStore
from tests.learning.desks import START, made, without_outcomes

pytestmark = pytest.mark.slow
runner = CliRunner()
UNTIL = "2026-04-30T00:00:00Z"
POLICY = Path(__file__).parents[2] / "policies" / "default"


@pytest.fixture(autouse=True)
def _loggers_of_their_own() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A data directory with 1,200 imported tickets, trained once; and the card that came of it."""
    folder = tmp_path_factory.mktemp("trained") / "data"
    imported(folder, made(1200, days=90))
    return folder, card_of(tierwise("train", "--data-dir", folder, "--until", UNTIL, "--json"))


def imported(folder: Path, tickets: Sequence[Ticket]) -> None:
    data = DataDir(folder)
    data.create()
    store = Store.open(data.records)
    store.put_tickets("default", tickets)
    store.close()


def written(path: Path, tickets: Sequence[Ticket]) -> Path:
    path.write_text("\n".join(dump_ticket(one) for one in tickets), encoding="utf-8")
    return path


def policy_with(folder: Path, learning: str) -> Path:
    for file in POLICY.rglob("*.yaml"):
        target = folder / file.relative_to(POLICY)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    (folder / "learning.yaml").write_text(learning)
    return folder


def tierwise(*arguments: object) -> Result:
    return runner.invoke(app, [str(one) for one in arguments])


def card_of(result: Result) -> Any:
    assert result.exit_code == 0, (result.stderr, result.exception)
    return json.loads(result.stdout)


def nothing_learned(result: Result) -> str:
    """The card of a training that came to nothing was printed; the word on stderr."""
    assert result.exit_code == 1 and isinstance(result.exception, SystemExit)
    assert json.loads(result.stdout)["model"] is None
    assert "the points table answers" in result.stderr
    return result.stderr


def test_training_learns_both_targets_and_the_team_and_says_what_to_expect(trained: tuple[Path, Any]) -> None:
    _, card = trained
    assert [one["target"] for one in card["targets"]] == ["escalation", "sla_breach"]
    for one in card["targets"]:
        assert one["tickets"] > 100 and 0.1 < one["base_rate"] < 0.5
        assert one["auc"]["value"] > 0.55, one["target"]
        assert {base["name"] for base in one["baselines"]} == {"majority", "points table"}
        assert one["ece"]["value"] < 0.2 and len(one["bins"]) == 10
        assert one["segments"] and one["curve"]
    assert card["targets"][0]["lead_hours"]["count"] > 5
    assert "closing" in card["targets"][1]["lead_note"]
    assert {one["moment"] for one in card["routing"]} == {"creation", "first assignment"}
    assert "signals" in card["absent"] and card["policy"].startswith("1.")


def test_alerts_in_the_window_fit_the_capacity(trained: tuple[Path, Any]) -> None:
    _, card = trained
    for one in card["targets"]:
        assert one["capacity"] == 0.5
        assert 0 < one["alarms"]["per_technician_day"] <= 0.5 and one["alarms"]["line"] >= 0.5


def test_what_the_guard_has_nothing_against_is_promoted(trained: tuple[Path, Any]) -> None:
    folder, card = trained
    assert card["verdict"]["ok"], card["verdict"]
    assert ModelStore(DataDir(folder).models).active("default") == card["model"]


def test_the_same_history_and_seed_give_the_same_model(trained: tuple[Path, Any], tmp_path: Path) -> None:
    _, card = trained
    imported(tmp_path / "again", list(reversed(made(1200, days=90))))
    again = card_of(tierwise("train", "--data-dir", tmp_path / "again", "--until", UNTIL, "--json"))
    assert again["model"] == card["model"]
    assert {**again, "trained_at": ""} == {**card, "trained_at": ""}


def test_a_file_teaches_the_same_as_what_was_imported(trained: tuple[Path, Any], tmp_path: Path) -> None:
    _, card = trained
    history = written(tmp_path / "history.jsonl", made(1200, days=90))
    told = tierwise("train", "--history", history, "--data-dir", tmp_path / "data", "--until", UNTIL, "--json")
    assert card_of(told)["model"] == card["model"]


def test_what_happens_after_the_moment_teaches_nothing(tmp_path: Path) -> None:
    def changed(one: Ticket) -> Ticket:
        late = [event for event in one.events if event.at > START + timedelta(days=70)]
        events = tuple(
            event.model_copy(update={"body": "poison", "team": "network", "tier": "L3"}) if event in late else event
            for event in one.events
        )
        closes_late = any(event.kind == EventKind.CLOSED for event in late)
        return one.model_copy(
            update={"events": events, "outcome": Outcome(sla_met=False, escalated=True)}
            if closes_late
            else {"events": events}
        )

    until = (START + timedelta(days=70)).isoformat()
    ids = []
    for name, tickets in (("clean", made(1200, days=90)), ("poisoned", [changed(one) for one in made(1200, days=90)])):
        history = written(tmp_path / f"{name}.jsonl", tickets)
        told = tierwise("train", "--history", history, "--data-dir", tmp_path / name, "--until", until, "--json")
        ids.append(card_of(told)["model"])
    assert ids[0] == ids[1]


def test_people_read_the_card_and_the_verdict(trained: tuple[Path, Any]) -> None:
    folder, card = trained
    text = tierwise("train", "--data-dir", folder, "--until", UNTIL).stdout
    assert text.startswith(card["model"]) and "promoted: it is the promoted one already" in text
    assert "average precision" in text and "against points table" in text


# Bad input: a clear word, and the points table answers


def test_no_labels(tmp_path: Path) -> None:
    bare = [
        one.model_copy(
            update={
                "outcome": Outcome(),
                "events": tuple(e for e in one.events if e.kind not in (EventKind.TIER, EventKind.CLOSED)),
            }
        )
        for one in made(400)
    ]
    history = written(tmp_path / "h.jsonl", bare)
    result = tierwise("train", "--history", history, "--data-dir", tmp_path / "d", "--until", UNTIL, "--json")
    card = json.loads(result.stdout)
    whys = {one["what"]: one["why"] for one in card["not_learned"]}
    assert whys["escalation"] == whys["sla_breach"] == "no ticket says what came of it"


def test_no_outcomes_leave_the_tiers_to_learn_from(tmp_path: Path) -> None:
    history = written(tmp_path / "h.jsonl", without_outcomes(made(900)))
    card = card_of(tierwise("train", "--history", history, "--data-dir", tmp_path / "d", "--until", UNTIL, "--json"))
    assert [one["target"] for one in card["targets"]] == ["escalation"]


def test_one_class(tmp_path: Path) -> None:
    met = [one.model_copy(update={"outcome": Outcome(sla_met=True, escalated=False)}) for one in made(600)]
    quiet = [one.model_copy(update={"events": tuple(e for e in one.events if e.kind != EventKind.TIER)}) for one in met]
    history = written(tmp_path / "h.jsonl", quiet)
    result = tierwise("train", "--history", history, "--data-dir", tmp_path / "d", "--until", UNTIL, "--json")
    whys = [one["why"] for one in json.loads(result.stdout)["not_learned"]]
    assert len(whys) == 2 and all("labelled tickets say the same: it never happened" in why for why in whys)


def test_thirty_tickets(tmp_path: Path) -> None:
    history = written(tmp_path / "h.jsonl", made(30, days=40))
    said = nothing_learned(
        tierwise("train", "--history", history, "--data-dir", tmp_path / "d", "--until", UNTIL, "--json")
    )
    assert "100 are needed" in said and "only" in said


def test_a_team_seen_once(tmp_path: Path) -> None:
    tickets = made(900)
    rare = tickets[100]
    events = tuple(
        e.model_copy(update={"team": "moonshot"}) if e.kind == EventKind.ASSIGNMENT else e for e in rare.events
    )
    tickets[100] = rare.model_copy(update={"events": events})
    history = written(tmp_path / "h.jsonl", tickets)
    card = card_of(tierwise("train", "--history", history, "--data-dir", tmp_path / "d", "--until", UNTIL, "--json"))
    assert card["routing"][0]["tickets"] > 50


def test_all_on_one_day(tmp_path: Path) -> None:
    def squeezed(one: Ticket) -> Ticket:
        at = one.created_at
        events = tuple(event.model_copy(update={"at": at}) for event in one.events)
        return one.model_copy(update={"events": events, "resolved_at": at, "closed_at": at})

    history = written(tmp_path / "h.jsonl", [squeezed(one) for one in made(400, days=0.9)])
    said = nothing_learned(
        tierwise("train", "--history", history, "--data-dir", tmp_path / "d", "--until", UNTIL, "--json")
    )
    assert "all tickets begin within 1 day: nothing later is left to measure on" in said


def test_nothing_was_imported(tmp_path: Path) -> None:
    assert "there is no ticket to learn from" in nothing_learned(
        tierwise("train", "--data-dir", tmp_path / "d", "--json")
    )


def test_a_required_feature_that_the_history_lacks(tmp_path: Path) -> None:
    rules = policy_with(tmp_path / "policy", "require: [channel]\n")
    history = written(tmp_path / "h.jsonl", made(900))
    result = tierwise(
        "train", "--history", history, "--data-dir", tmp_path / "d", "--policy", rules, "--until", UNTIL, "--json"
    )
    whys = [one["why"] for one in json.loads(result.stdout)["not_learned"]]
    assert whys == ["learning.yaml requires channel, which this history never has"] * 2


def test_a_feature_that_is_left_out_is_not_used(tmp_path: Path, trained: tuple[Path, Any]) -> None:
    rules = policy_with(tmp_path / "policy", "leave_out: [team, first_team, technician]\n")
    history = written(tmp_path / "h.jsonl", made(1200, days=90))
    card = card_of(
        tierwise(
            "train", "--history", history, "--data-dir", tmp_path / "d", "--policy", rules, "--until", UNTIL, "--json"
        )
    )
    assert "team" in " ".join(trained[1]["features"])
    assert not [name for name in card["features"] if {"team", "technician"} & set(name.split(" × "))]


def test_a_flipped_byte_is_said_and_nothing_speaks(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    imported(folder, made(900))
    card = card_of(tierwise("train", "--data-dir", folder, "--until", UNTIL, "--json"))
    part = folder / "models" / "default" / card["model"] / "risk-escalation.json.gz"
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(bytes(data))
    listed = tierwise("model", "list", "--data-dir", folder).stdout
    assert "cannot be used: " in listed and "risk-escalation.json.gz is not what was written" in listed
    again = card_of(tierwise("train", "--data-dir", folder, "--until", UNTIL, "--json"))
    assert again["model"] == card["model"]
    assert "cannot be used" not in tierwise("model", "list", "--data-dir", folder).stdout


# tierwise model


def test_a_model_is_promoted_rolled_back_and_pruned(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    imported(folder, made(900))
    one = card_of(tierwise("train", "--data-dir", folder, "--until", UNTIL, "--json"))["model"]
    two = card_of(tierwise("train", "--data-dir", folder, "--seed", 1, "--no-promote", "--until", UNTIL, "--json"))
    listed = json.loads(tierwise("model", "list", "--data-dir", folder, "--json").stdout)
    assert listed["active"] == one and len(listed["models"]) == 2
    done = json.loads(
        tierwise(
            "model", "promote", two["model"], "--force", "--why", "to see it", "--by", "ada", "--data-dir", folder,
            "--json",
        ).stdout
    )  # fmt: skip
    assert (done["active"], done["before"], done["steps"][-1]["by"], done["steps"][-1]["forced"]) == (
        two["model"], one, "ada", True,
    )  # fmt: skip
    assert json.loads(tierwise("model", "prune", "--keep", 0, "--data-dir", folder, "--json").stdout) == {"removed": []}
    assert json.loads(tierwise("model", "rollback", "--data-dir", folder, "--json").stdout)["active"] == one
    pruned = json.loads(tierwise("model", "prune", "--keep", 0, "--data-dir", folder, "--json").stdout)
    assert pruned == {"removed": [two["model"]]}


def test_the_promoted_model_is_not_shown_on_tickets_that_taught_it(trained: tuple[Path, Any]) -> None:
    folder, card = trained
    other = card_of(
        tierwise("train", "--data-dir", folder, "--seed", 1, "--no-promote", "--until", UNTIL, "--json")
    )  # fmt: skip
    assert card["model"] not in {one["name"] for target in other["targets"] for one in target["baselines"]}
    assert any(card["model"] in note for note in other["notes"])


def test_a_manifest_is_one_json_document_also_when_json_is_asked_for(trained: tuple[Path, Any]) -> None:
    folder, card = trained
    shown = tierwise("model", "show", card["model"], "--data-dir", folder, "--json")
    assert shown.exit_code == 0 and json.loads(shown.stdout)["id"] == card["model"]


def test_forcing_needs_a_reason_and_an_unknown_model_is_named(trained: tuple[Path, Any]) -> None:
    folder, card = trained
    for arguments, word in (
        (("promote", card["model"], "--force"), "add --why"),
        (("promote", "mdl_unknown"), "tierwise model list"),
        (("show", "mdl_unknown"), "tierwise model list"),
    ):
        failed = tierwise("model", *arguments, "--data-dir", folder)
        assert isinstance(failed.exception, TierwiseError) and word in str(failed.exception)


def test_the_card_is_shown_with_drift_and_drawn(trained: tuple[Path, Any], tmp_path: Path) -> None:
    folder, card = trained
    view = json.loads(
        tierwise("model", "card", "--data-dir", folder, "--html", tmp_path / "page", "--json").stdout
    )  # fmt: skip
    assert view["model"] == card["model"] and view["state"] == "promoted" and view["mode"] == "shadow"
    assert "are needed to tell drift" in view["drift"]["note"]
    page = (tmp_path / "page" / "model-card.html").read_text()
    assert "Calibration" in page and "<script" not in page and card["model"] in page


def test_drift_is_told_from_what_came_in_since(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    imported(folder, made(900))
    card_of(tierwise("train", "--data-dir", folder, "--until", UNTIL, "--json"))
    later = [
        one.model_copy(update={"id": f"L-{one.id}", "category": "flood", "outcome": Outcome(sla_met=False)})
        for one in made(200, seed=4, days=20, start=START + timedelta(days=90))
    ]
    imported(folder, later)
    drift = json.loads(tierwise("model", "card", "--data-dir", folder, "--json").stdout)["drift"]
    assert drift["tickets"] == 200
    [breach] = [one for one in drift["targets"] if one["target"] == "sla_breach"]
    assert breach["base_rate"] == 1.0 and breach["base_rate_then"] < 0.5 and breach["ece"] > 0.4
    moved = {one["feature"]: one["word"] for one in drift["shifts"]}
    assert "changed" in {word for feature, word in moved.items() if "category" in feature}


def test_without_a_model_the_card_says_how_to_get_one(tmp_path: Path) -> None:
    failed = tierwise("model", "card", "--data-dir", tmp_path / "d")
    assert "run `tierwise train`" in str(failed.exception)
