"""`tierwise replay`: the same past gives the same bytes, and bad input a clear word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from domain.history import dump_ticket
from tests.app.replay.made import history

DEFAULT, DEMO = "policies/default", "policies/demo"


def _history(path: Path, count: int = 40) -> Path:
    path.write_text("".join(f"{dump_ticket(one)}\n" for one in reversed(history(count))), encoding="utf-8")
    return path


def _replay(
    tmp_path: Path, *options: str, seed: str = "0", fails: bool = False
) -> subprocess.CompletedProcess[str]:  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "replay", "--data-dir", str(tmp_path / "data"), *options],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONHASHSEED": seed, "MPLCONFIGDIR": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode != 0) is fails, done.stderr
    assert "Traceback" not in done.stderr
    return done


def test_the_same_past_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    file = _history(tmp_path / "h.jsonl")
    files: list[dict[str, bytes]] = []
    said = []
    for seed in ("1", "2"):
        folder = tmp_path / f"report{seed}"
        done = _replay(
            tmp_path, "--history", str(file), "--policy", DEFAULT, "--against", DEMO, "--report", str(folder), "--json",
            seed=seed,
        )  # fmt: skip
        said.append(done.stdout)
        files.append({one.name: one.read_bytes() for one in folder.iterdir()})
    assert said[0] == said[1]
    assert files[0] == files[1]
    assert {"index.html", "replay.json"} < set(files[0])
    assert sum(name.endswith(".svg") for name in files[0]) >= 5


def test_two_policies_stand_side_by_side_with_what_differs(tmp_path: Path) -> None:
    file = _history(tmp_path / "h.jsonl")
    found = json.loads(
        _replay(tmp_path, "--history", str(file), "--policy", DEFAULT, "--against", DEMO, "--json").stdout
    )
    assert [side["name"] for side in found["sides"]] == ["policy", "against"]
    assert found["history"]["judged"] == 40
    assert {(one["of"], one["target"]) for one in found["differences"]} >= {("recall", "sla_breach")}
    for side in found["sides"]:
        breach = next(one for one in side["targets"] if one["target"] == "sla_breach")
        escalation = next(one for one in side["targets"] if one["target"] == "escalation")
        assert breach["timed"] == 0 and breach["lead_hours"] is None
        assert breach["caught"] + breach["late"] + breach["false_alarms"] == breach["alerted"]
        assert escalation["timed"] == escalation["came_true"] > 0


def test_people_read_the_figures_and_what_to_know_before(tmp_path: Path) -> None:
    done = _replay(tmp_path, "--history", str(_history(tmp_path / "h.jsonl")), "--policy", DEFAULT)
    assert "sla_breach: recall" in done.stdout
    assert "Only 40 tickets were judged" in done.stderr
    assert "2 of 3 categories of the history are unknown to the policy (mail, odd)" in done.stderr


def test_a_bad_line_is_named_and_the_rest_is_replayed(tmp_path: Path) -> None:
    file = _history(tmp_path / "h.jsonl")
    file.write_text("{nonsense\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    done = _replay(tmp_path, "--history", str(file), "--policy", DEFAULT, "--json")
    assert "set aside: h.jsonl:1: not JSON" in done.stderr
    assert json.loads(done.stdout)["history"]["bad_lines"] == 1


def test_one_ticket_is_a_history_too(tmp_path: Path) -> None:
    file = _history(tmp_path / "h.jsonl", 1)
    done = _replay(tmp_path, "--history", str(file), "--policy", DEFAULT, "--report", str(tmp_path / "r"), "--json")
    assert json.loads(done.stdout)["history"]["judged"] == 1


@pytest.mark.parametrize(
    ("text", "word"), [("", "no ticket can be read"), ("{nonsense\n", "the first bad line: 1: not JSON")]
)
def test_a_history_without_a_single_ticket_is_refused(tmp_path: Path, text: str, word: str) -> None:
    file = tmp_path / "h.jsonl"
    file.write_text(text, encoding="utf-8")
    assert word in _replay(tmp_path, "--history", str(file), "--policy", DEFAULT, fails=True).stderr


def test_without_any_history_it_says_where_to_get_one(tmp_path: Path) -> None:
    done = _replay(tmp_path, "--policy", DEFAULT, fails=True)
    assert "holds no history" in done.stderr and "--history" in done.stderr


def test_a_window_without_tickets_is_refused(tmp_path: Path) -> None:
    file = _history(tmp_path / "h.jsonl")
    done = _replay(tmp_path, "--history", str(file), "--policy", DEFAULT, "--from", "2031-01-01T00:00Z", fails=True)
    assert "none of the 40 tickets was opened in the window" in done.stderr


def test_a_report_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    file = _history(tmp_path / "h.jsonl")
    done = _replay(tmp_path, "--history", str(file), "--policy", DEFAULT, "--report", str(file / "r"), fails=True)
    assert "the report cannot be written" in done.stderr and "events in" not in done.stderr


def test_a_policy_with_mistakes_is_refused_with_its_findings(tmp_path: Path) -> None:
    (tmp_path / "policy").mkdir()
    file = _history(tmp_path / "h.jsonl")
    done = _replay(tmp_path, "--history", str(file), "--against", str(tmp_path / "policy"), fails=True)
    assert "mistakes" in done.stderr and "policy.yaml" in done.stderr
