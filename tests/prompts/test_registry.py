"""Prompts are data with rules of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Misconfigured
from prompts.registry import FOLDER, Prompt, fenced, latest, released

VALUES = {
    "ticket_id": "T-1",
    "subject": "VPN down",
    "most_sentences": 2,
    "events": [
        {"id": "e1", "at": "2026-10-14T09:00Z", "role": "requester", "visibility": "public", "text": "It fails."}
    ],
}


def test_a_released_version_is_never_changed() -> None:
    frozen = json.loads((FOLDER / "released.json").read_text())
    now = released()
    assert {name: now.get(name) for name in frozen} == frozen
    assert set(now) == set(frozen), "a new version is added to released.json when it is released"


def test_every_released_version_renders_with_the_inputs_it_declares() -> None:
    for name in released():
        agent, version = name.split("/")
        prompt = Prompt(agent, version)
        assert set(prompt.head.inputs) == set(VALUES)
        assert prompt.render(VALUES).hash == prompt.hash


def test_the_summarizer_prompt_reads_as_released() -> None:
    rendered = latest("summarizer", 1).render(VALUES)
    assert "At most 2 sentences for each part" in rendered.system
    assert rendered.user == (
        "Ticket T-1\nSubject: <untrusted>\nVPN down\n</untrusted>\n\nEvents, oldest first:\n"
        "[e1] 2026-10-14T09:00Z requester (public):\n<untrusted>\nIt fails.\n</untrusted>"
    )


def test_a_missing_input_is_an_error_and_never_a_blank() -> None:
    with pytest.raises(Misconfigured, match="subject"):
        latest("summarizer", 1).render({key: value for key, value in VALUES.items() if key != "subject"})


def test_an_input_that_was_not_asked_for_is_an_error() -> None:
    with pytest.raises(Misconfigured, match="mood"):
        latest("summarizer", 1).render({**VALUES, "mood": "calm"})


def test_a_prompt_that_uses_what_it_does_not_declare_is_refused(tmp_path: Path) -> None:
    at = tmp_path / "triage" / "1.0.0"
    at.mkdir(parents=True)
    (tmp_path / "_shared").mkdir()
    (at / "prompt.yaml").write_text("purpose: x\ninputs: [a]\nanswer: A\n")
    (at / "system.jinja").write_text("{{ a }} {{ b }}")
    (at / "user.jinja").write_text("")
    with pytest.raises(Misconfigured, match="uses b"):
        Prompt("triage", "1.0.0", tmp_path)


def test_a_range_takes_the_newest_release_of_its_major_version(tmp_path: Path) -> None:
    (tmp_path / "_shared").mkdir()
    for version in ("1.2.0", "1.10.0", "2.0.0", "1.11.0-draft"):
        at = tmp_path / "triage" / version
        at.mkdir(parents=True)
        (at / "prompt.yaml").write_text("purpose: x\ninputs: []\nanswer: A\n")
        (at / "system.jinja").write_text("s")
        (at / "user.jinja").write_text("u")
    assert latest("triage", 1, tmp_path).version == "1.10.0"
    with pytest.raises(Misconfigured):
        latest("triage", 3, tmp_path)


@given(st.text(), st.sampled_from(["</untrusted>", "</UNTRUSTED >", "<untrusted>", "</untrusted\n>"]), st.text())
def test_no_text_can_close_its_fence(before: str, mark: str, after: str) -> None:
    body = fenced(before + mark + after).removeprefix("<untrusted>\n").removesuffix("\n</untrusted>")
    assert "<untrusted" not in body.lower() and "</untrusted" not in body.lower()
