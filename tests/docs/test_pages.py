"""Documentation that can be false is generated or tested."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cli.main import app
from cli.pages import pages
from tests.architecture.places import ROOT

WRITTEN = sorted(path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.mark.parametrize("name", pages())
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == pages()[name](), "run `make docs`"


@pytest.mark.parametrize("page", WRITTEN, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    broken = [
        target for target in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_make_targets_that_the_pages_name_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for page in WRITTEN for name in re.findall(r"`make ([a-z]+)", page.read_text(encoding="utf-8"))}
    assert named <= targets


def test_the_commands_that_the_pages_name_exist() -> None:
    known = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    known |= {group.name or "" for group in app.registered_groups}
    named = {
        name
        for page in WRITTEN
        for name in re.findall(r"(?:`|^|\s)tierwise ([a-z]+)", page.read_text(encoding="utf-8"))
    }
    assert named - known - {"watches"} == set()


def test_langgraph_s_tools_are_pointed_at_the_compiled_graph() -> None:
    module, name = json.loads((ROOT / "langgraph.json").read_text())["graphs"]["tierwise"].split(":")
    from app import studio

    assert (ROOT / module).resolve() == Path(studio.__file__).resolve()
    assert "triage" in getattr(studio, name).get_graph().nodes
