"""The rules of the house, and that the checks which hold them are switched on."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import agents
import evals
import graph
from adapters.storage import document_tables, model_tables, schema
from tests.architecture.places import ROOT, SOURCES, modules

LONGEST_FILE = 400


def _calls(path: Path, name: str) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))


def test_imports_go_down_only() -> None:
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_import_contracts_are_on() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert set(settings["root_packages"]) == set(SOURCES)
    layers = next(one for one in settings["contracts"] if one["type"] == "layers")["layers"]
    assert layers == [
        "cli", "api | evals", "app", "graph | adapters", "retrieval | learning", "agents", "prompts", "domain"
    ]  # fmt: skip
    kept_apart = {tuple(one["forbidden_modules"]) for one in settings["contracts"] if one["type"] == "forbidden"}
    assert {name for group in kept_apart for name in group} >= {
        "langgraph", "chromadb", "sqlalchemy", "fastapi", "dbos", "torch"
    }  # fmt: skip


def test_a_broken_contract_would_be_seen(tmp_path: Path) -> None:
    for name in ("upper", "lower"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("import upper\n" if name == "lower" else "")
    (tmp_path / ".importlinter").write_text(
        "[importlinter]\nroot_packages=\n  upper\n  lower\n"
        "[importlinter:contract:1]\nname=x\ntype=layers\nlayers=\n  upper\n  lower\n"
    )
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=tmp_path, capture_output=True, text=True,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
    )  # fmt: skip
    assert done.returncode != 0 and "1 broken" in done.stdout


def test_the_packages_with_common_names_are_ours() -> None:
    for package in (agents, graph, evals):
        assert Path(package.__file__ or "").is_relative_to(ROOT)


def test_only_the_settings_look_at_the_environment() -> None:
    looking = [path for path in modules() if re.search(r"\bos\.(environ|getenv)\b", path.read_text(encoding="utf-8"))]
    assert [path.relative_to(ROOT).as_posix() for path in looking] == ["app/settings.py"]


def test_nothing_prints() -> None:
    assert [path.name for path in modules() if _calls(path, "print")] == []


def test_nothing_reads_the_clock_while_deciding() -> None:
    pure = modules("domain", "agents", "learning", "graph", "prompts")
    assert [path.name for path in pure if re.search(r"\.(now|utcnow|today)\(\)", path.read_text())] == []


def test_every_failure_is_caught_by_name_but_at_the_boundaries_of_the_engine_and_of_the_model() -> None:
    broad = [
        path.relative_to(ROOT).as_posix()
        for path in modules()
        if "except Exception" in path.read_text(encoding="utf-8")
    ]
    assert broad == ["adapters/llm/client.py", "app/dispatch.py", "app/engine.py", "app/work.py"]


def test_every_file_can_be_held_in_the_head() -> None:
    tests = list((ROOT / "tests").rglob("*.py"))
    long = {
        path.relative_to(ROOT).as_posix(): count
        for path in (*modules(), *tests)
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_suppressions_name_their_code() -> None:
    bare = [
        path.name for path in modules() if re.search(r"#\s*(type: ignore|noqa)\s*$", path.read_text(), re.MULTILINE)
    ]
    assert bare == []


def test_every_table_has_the_tenant_first_in_its_key() -> None:
    assert document_tables.documents.metadata is model_tables.model_calls.metadata is schema.metadata
    for table in schema.metadata.sorted_tables:
        assert next(iter(table.primary_key.columns)).name == "tenant", table.name


def test_no_path_of_a_machine_is_written_anywhere() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    machine = re.compile(r"/(?:wor" + r"k|roo" + r"t|hom" + r"e/\w+)/")
    found = [
        name
        for name in listed
        if (ROOT / name).is_file() and machine.search((ROOT / name).read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_every_package_and_public_name_says_what_it_is() -> None:
    silent = []
    for path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not ast.get_docstring(tree):
            silent.append(path.relative_to(ROOT).as_posix())
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if not node.name.startswith("_") and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(ROOT).as_posix()}: {node.name}")
    assert silent == []
