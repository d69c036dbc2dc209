"""`tierwise policy` for people and for scripts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.policy import app
from tests.adapters.policy_folder.small import plant, write_small


@pytest.fixture(name="folder")
def small_folder(tmp_path: Path) -> Path:
    return write_small(tmp_path / "policy")


def test_a_good_folder_exits_with_zero(folder: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(folder)])

    assert (result.exit_code, result.stdout) == (0, f"{folder}: no mistakes\n")


def test_each_mistake_is_one_line_for_people(folder: Path) -> None:
    plant(folder, "technicians.yaml", "team: network", "team: netwrok")
    plant(folder, "policy.yaml", "1.0.0", "one")

    result = CliRunner().invoke(app, ["check", str(folder)])

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "policy.yaml:2:10 version: 'one' is not a version; write three numbers in quotes, for example '1.0.0'",
        "teams.yaml:9:9 teams[1].id: team 'network' has no technician; "
        "set `team: network` for somebody in technicians.yaml, or remove the team",
        "technicians.yaml:13:11 technicians[1].team: there is no team 'netwrok'; did you mean 'network'?",
    ]


def test_scripts_get_one_json_document(folder: Path) -> None:
    plant(folder, "policy.yaml", "1.0.0", "one")

    result = CliRunner().invoke(app, ["check", str(folder), "--json"])

    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert document["ok"] is False
    assert set(document["findings"][0]) == {"file", "line", "column", "key", "problem", "mend", "code"}


def test_bad_usage_exits_with_two(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["check", str(tmp_path / "nowhere")]).exit_code == 2
    assert CliRunner().invoke(app, ["schema", "nothing.yaml"]).exit_code == 2


def test_the_schema_of_one_file_or_of_all_is_json() -> None:
    one = json.loads(CliRunner().invoke(app, ["schema", "teams.yaml"]).stdout)
    every = json.loads(CliRunner().invoke(app, ["schema"]).stdout)

    assert every["teams.yaml"] == one
    assert "playbooks/<id>.yaml" in every


def test_the_command_loads_nothing_heavy_before_it_is_run() -> None:
    code = "import sys, cli.policy; print([m for m in ('pydantic', 'yaml', 're2', 'torch') if m in sys.modules])"

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"
