"""The page of a report: escaped, without scripts, with a policy that its own style satisfies."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from app.report import plots
from app.report.page import CONTENT_SECURITY_POLICY, Points, Section, Table, Text, page

_EVIL = "<script>alert(1)</script>\"'&"


def _page() -> str:
    plot = plots.bars("b", _EVIL, _EVIL, {_EVIL: {_EVIL: 1.0}})
    parts = (Text(_EVIL, notice=True), Points((_EVIL,)), Table((_EVIL,), [(_EVIL,)], _EVIL, text=True), plot)
    return page(_EVIL, _EVIL, [Section(_EVIL, parts)])


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs


def test_nothing_that_is_put_into_it_becomes_markup() -> None:
    found = _Tags()
    found.feed(_page())
    assert "script" not in found.tags
    assert "style" not in {name for name, _ in found.attributes}


def test_nothing_is_loaded_from_elsewhere() -> None:
    found = _Tags()
    found.feed(_page())
    sources = [value for name, value in found.attributes if name in ("src", "href") and value]
    assert sources and all(one.startswith("data:image/svg+xml") for one in sources)


def test_its_style_is_the_one_that_its_policy_allows() -> None:
    style = re.search(r"<style>(.*?)</style>", _page(), re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style.group(1).encode()).digest()).decode()
    assert f"'sha256-{digest}'" in CONTENT_SECURITY_POLICY


def test_every_figure_has_an_alternative_text_and_a_table() -> None:
    text = page("T", "L", [Section("S", (plots.bars("b", "By team", "AP", {"desk": {"a": 0.5}}),))])
    assert 'alt="By team. AP of desk."' in text
    assert "<td>desk</td><td>0.500</td>" in text
