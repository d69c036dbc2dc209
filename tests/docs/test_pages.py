"""Documentation that can be false is generated or tested."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.settings import Settings
from cli import evaluate
from cli.main import app
from cli.pages import pages
from domain.telling.templates import FILTERS, VARIABLES
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


def test_every_evaluation_suite_stands_on_the_page_about_them() -> None:
    page = (ROOT / "docs" / "how-to" / "evaluate.md").read_text(encoding="utf-8")
    suites = {command.name or getattr(command.callback, "__name__", "") for command in evaluate.app.registered_commands}
    assert set(re.findall(r"^\| `tierwise eval ([a-z]+)", page, re.MULTILINE)) == suites


def test_the_settings_that_the_pages_name_exist() -> None:
    known = {f"TIERWISE_{name.upper()}" for name in Settings.model_fields}
    named = {
        name for page in WRITTEN for name in re.findall(r"TIERWISE_[A-Z_]+[A-Z]", page.read_text(encoding="utf-8"))
    }
    assert named - known == set()


def test_the_page_on_notifications_names_every_channel_setting_and_template_variable() -> None:
    page = (ROOT / "docs" / "how-to" / "notifications.md").read_text(encoding="utf-8")
    kinds = ("mail_", "smtp_", "slack_", "teams_", "webhook_", "link_", "public_", "allow_")
    settings = [f"TIERWISE_{name.upper()}" for name in Settings.model_fields if name.startswith(kinds)]
    assert [name for name in (*settings, *VARIABLES, *sorted(FILTERS)) if name not in page] == []


def test_langgraph_s_tools_are_pointed_at_the_compiled_graph() -> None:
    module, name = json.loads((ROOT / "langgraph.json").read_text())["graphs"]["tierwise"].split(":")
    from app import studio

    assert (ROOT / module).resolve() == Path(studio.__file__).resolve()
    assert "triage" in getattr(studio, name).get_graph().nodes
