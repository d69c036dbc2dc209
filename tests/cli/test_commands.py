"""The command as a user types it: what it prints, where, and how it ends."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from adapters.storage import keys
from adapters.storage.store import Store
from cli.main import app
from domain.errors import BadInput
from domain.history import dump_ticket
from tests.architecture.places import ROOT
from tests.tickets import ticket

runner = CliRunner()


@pytest.fixture(autouse=True)
def _loggers_of_their_own() -> Iterator[None]:
    """The runner closes the stderr that a command's logger was set up with."""
    yield
    structlog.reset_defaults()


def tierwise(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments], capture_output=True, text=True, cwd=cwd or ROOT, env=environment
    )


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "history.jsonl.gz"
    lines = [dump_ticket(ticket("T-1")), "{not json", dump_ticket(ticket("T-2", subject="VPN drops"))]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


def test_help_loads_nothing_heavy() -> None:
    heavy = ("torch", "chromadb", "langgraph", "dbos", "sqlalchemy", "fastapi", "pydantic", "rich")
    code = (
        "import sys; from typer.testing import CliRunner; from cli.main import app; "
        f"CliRunner().invoke(app, ['--help']); print([m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_command_explains_itself() -> None:
    names = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    groups = [group.name for group in app.registered_groups]
    for name in [*names, *groups]:
        assert name is not None
        result = runner.invoke(app, [name, "--help"])
        assert result.exit_code == 0 and "Usage" in result.output


def test_an_import_reports_what_went_in_and_what_was_set_aside(history: Path, tmp_path: Path) -> None:
    done = tierwise("import", str(history), "--data-dir", str(tmp_path / "data"), "--json")
    report: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == 0
    assert (report["read"], report["added"], report["updated"], report["unchanged"]) == (3, 2, 0, 0)
    assert [(one["line"], "not JSON" in one["error"]) for one in report["rejected"]] == [(2, True)]
    again = json.loads(tierwise("import", str(history), "--data-dir", str(tmp_path / "data"), "--json").stdout)
    assert (again["added"], again["unchanged"]) == (0, 2)


def test_an_error_is_one_line_with_its_mend_and_exit_code_one(tmp_path: Path) -> None:
    done = tierwise("import", str(tmp_path / "nothing.jsonl"))
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "no such file" in done.stderr and "check the path" in done.stderr


def test_bad_usage_ends_with_two() -> None:
    assert tierwise("import").returncode == 2
    assert tierwise("eval", "retrieval").returncode == 2


def test_a_bad_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIERWISE_PORT", "99999")
    result = runner.invoke(app, ["doctor"])
    assert isinstance(result.exception, BadInput) and "TIERWISE_PORT" in str(result.exception)


def test_assess_says_what_it_would_do_and_stores_nothing(tmp_path: Path) -> None:
    file = tmp_path / "ticket.json"
    file.write_text(dump_ticket(ticket("T-9", subject="VPN down", body="I cannot work, please escalate this.")))
    data = tmp_path / "data"
    options = ["--data-dir", str(data), "--at", "2026-10-14T09:00:00Z", "--json"]
    result = runner.invoke(app, ["assess", str(file), *options])
    assert result.exit_code == 0, result.exception
    opinion = json.loads(result.stdout)
    assert sum(reason["points"] for reason in opinion["assessment"]["reasons"]) == opinion["assessment"]["risk"]
    assert opinion["decision"]["action"] == "escalate"
    again = json.loads(runner.invoke(app, ["assess", str(file), *options]).stdout)
    assert again == opinion
    told = runner.invoke(app, ["assess", str(file), *options[:-1]])
    assert told.exit_code == 0 and "T-9: escalate" in told.stdout


def test_assess_says_who_would_have_to_sign_at_what_risk_and_for_how_long(tmp_path: Path) -> None:
    file = tmp_path / "ticket.json"
    body = "I need write access to the production database until Friday. I cannot work, please escalate this."
    file.write_text(dump_ticket(ticket("T-9", subject="Write access", body=body, category="database-access")))
    options = ["--data-dir", str(tmp_path / "data"), "--at", "2026-10-14T09:00:00Z"]
    told = runner.invoke(app, ["assess", str(file), *options]).stdout
    assert "needs approval: grant elevated database access; asks dana-whitlock, by 2026-10-14T" in told
    assert "risk: Direct write access" in told and "ends 480 minutes after it is granted" in told
    opinion = json.loads(runner.invoke(app, ["assess", str(file), *options, "--json"]).stdout)
    assert opinion["approvers"] == ["dana-whitlock"]
    assert opinion["approval"]["parameters"]["needed_until"] == "Friday"


def test_assess_wants_a_moment_with_a_zone(tmp_path: Path) -> None:
    file = tmp_path / "ticket.json"
    file.write_text(dump_ticket(ticket()))
    result = runner.invoke(app, ["assess", str(file), "--data-dir", str(tmp_path), "--at", "2026-10-14T09:00:00"])
    assert isinstance(result.exception, BadInput) and "zone" in str(result.exception)


def test_the_doctor_finds_a_fresh_installation_well(tmp_path: Path) -> None:
    result = runner.invoke(app, ["doctor", "--data-dir", str(tmp_path / "data"), "--json"])
    assert result.exit_code == 0, result.output
    assert {check["name"] for check in json.loads(result.stdout)["checks"]} >= {"records", "policy", "model", "index"}


def test_the_doctor_names_what_is_wrong_and_what_mends_it(tmp_path: Path) -> None:
    (tmp_path / "policy").mkdir()
    result = runner.invoke(
        app, ["doctor", "--data-dir", str(tmp_path / "d"), "--policy", str(tmp_path / "policy"), "--json"]
    )
    assert result.exit_code == 1
    broken = [check for check in json.loads(result.stdout)["checks"] if not check["ok"]]
    assert [check["name"] for check in broken] == ["policy"] and broken[0]["detail"]


def test_a_key_is_shown_once_and_can_be_ended(tmp_path: Path) -> None:
    made = runner.invoke(app, ["key", "create", "platform", "--data-dir", str(tmp_path)])
    key, key_id = made.stdout.strip(), made.stderr.split()[0]
    assert key.startswith("tw_") and key_id.startswith("key_")
    assert key.encode() not in (tmp_path / "records.db").read_bytes()
    assert runner.invoke(app, ["key", "revoke", key_id, "--data-dir", str(tmp_path)]).exit_code == 0
    assert runner.invoke(app, ["key", "revoke", key_id, "--data-dir", str(tmp_path)]).exception is not None


def test_an_unknown_role_is_refused(tmp_path: Path) -> None:
    result = runner.invoke(app, ["key", "create", "king", "--data-dir", str(tmp_path)])
    assert isinstance(result.exception, BadInput) and "platform" in str(result.exception)


def test_without_a_key_the_server_does_not_listen_beyond_loopback(tmp_path: Path) -> None:
    done = tierwise("serve", "--host", "0.0.0.0", "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 1 and "loopback" in done.stderr and "tierwise key create" in done.stderr


def test_the_graph_is_printed_as_mermaid() -> None:
    result = runner.invoke(app, ["graph"])
    assert result.exit_code == 0 and "graph TD" in result.stdout and "await_approval" in result.stdout


def test_an_import_of_which_nothing_went_in_has_failed(tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text("{not json\n")
    done = tierwise("import", str(bad), "--data-dir", str(tmp_path / "data"))
    assert done.returncode == 1 and "bad.jsonl:1: not JSON" in done.stderr


def test_a_key_opens_the_tenant_that_the_data_was_made_for(tmp_path: Path) -> None:
    (tmp_path / "birth.json").write_text('{"tenant": "aldersund"}')
    made = runner.invoke(app, ["key", "create", "platform", "--data-dir", str(tmp_path)])
    assert "of tenant aldersund" in made.stderr
    with Store.open(tmp_path / "records.db").engine.connect() as connection:
        known = keys.caller(connection, made.stdout.strip())
    assert known is not None and known.tenant == "aldersund"
