"""Cards as the renderer that Microsoft publishes reads them. It is no part of the project: `.ci/run` installs it."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.notify.teams import card
from domain.telling.content import NoticeContent
from tests.adapters.notify.notes import contents, note
from tests.architecture.places import ROOT

RENDERER = ROOT / ".node" / "node_modules" / "adaptivecards" / "dist" / "adaptivecards.js"
LINKS = (("Open the ticket", "https://desk.example/T-1"),)
READ = """
globalThis.window = globalThis.self = globalThis;
const cards = require(process.argv[1]);
const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(given.map(one => {
  const shown = new cards.AdaptiveCard(), context = new cards.SerializationContext(), found = [];
  shown.parse(one, context);
  for (let i = 0; i < context.eventCount; i++) found.push(context.getEventAt(i).message);
  for (const event of shown.validateProperties().validationEvents) found.push(event.message);
  return found;
})));
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not RENDERER.is_file() or shutil.which("node") is None,
        reason="needs node and `npm install --prefix .node --legacy-peer-deps adaptivecards@3.0.6`, as .ci/run does",
    ),
]


def complaints(cards: list[dict[str, Any]]) -> list[list[str]]:
    """What the renderer finds wrong with each card."""
    done = subprocess.run(
        ["node", "-e", READ, str(RENDERER)], input=json.dumps(cards), capture_output=True, text=True, check=True
    )
    found: list[list[str]] = json.loads(done.stdout)
    return found


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.large_base_example, HealthCheck.too_slow])
@given(st.lists(contents(), min_size=8, max_size=20))
def test_the_published_renderer_finds_nothing_wrong_with_any_card(several: list[NoticeContent]) -> None:
    assert complaints([card(note(one), LINKS, None) for one in several]) == [[]] * len(several)


def test_the_published_renderer_would_find_a_wrong_card() -> None:
    wrong = {"type": "AdaptiveCard", "version": "1.4", "body": [{"type": "TextBlock", "size": "Huge", "text": "x"}]}
    assert complaints([wrong]) == [['Invalid value "Huge" for property "size".']]
