"""A mistake inside a text is shown at its own line and column, however YAML spells the text."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.policy_folder import check_policy
from adapters.policy_folder.reader import read_document
from adapters.policy_folder.scalars import written_at
from tests.adapters.policy_folder.small import plant, write_small


@pytest.mark.parametrize(
    "written",
    [
        "{vip: true, if: risk > 3 && nobody}",
        "{vip: true, if: 'ticket.id != ''a'' && nobody'}",
        '{vip: true, if: "ticket.id != \\"a\\" \\u0026& nobody"}',
        "\n      if: risk > 3 &&\n          nobody",
        "\n      if: 'risk > 3\n\n          && nobody'",
        "\n      if: |\n        risk > 3 && // größer\n          nobody",
        "\n      if: |-\n        risk > 3 &&\n\n        nobody\n",
        "\n      if: >\n        risk > 3 &&\n        requester.vip &&\n        nobody",
        "\n      if: >-\n        risk > 3 &&\n          requester.vip &&\n        nobody",
        '\n      if: "ticket.id != \'日本\' &&\\\n          nobody"',
    ],
    ids=["plain", "single", "double", "plain lines", "single lines", "literal", "literal strip", "folded",
         "folded strip", "double lines"],
)  # fmt: skip
def test_an_unknown_name_is_shown_where_it_stands_in_the_file(tmp_path: Path, written: str) -> None:
    folder = write_small(tmp_path)
    plant(folder, "escalation.yaml", "{vip: true, tier: [L1]}", written)

    finding = next(found for found in check_policy(folder) if found.code == "rule-unknown-name")

    lines = (folder / "escalation.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[finding.line - 1][finding.column - 1 :].startswith("nobody")
    assert finding.key == "rules[0].when.if"


words = st.lists(st.text(alphabet="abä日🚒&'\"\\:", min_size=1, max_size=6), min_size=1, max_size=12)


@given(words, st.sampled_from(["'", '"', "|", ">", ""]), st.integers(10, 60), st.booleans())
@settings(max_examples=300, deadline=None)
def test_every_visible_character_is_found_in_its_spelling(
    parts: list[str], style: str, width: int, ascii_only: bool
) -> None:
    text = " ".join(parts)
    spelled = yaml.safe_dump(
        {"rules": [{"if": text}]}, default_style=style or None, width=width, allow_unicode=not ascii_only
    )
    document = read_document("x.yaml", spelled.encode())
    if document.findings:
        return
    value = document.value["rules"][0]["if"]  # type: ignore[index, call-overload]
    if not isinstance(value, str):
        return
    start, end = document.spans["rules", 0, "if"]

    for offset, char in enumerate(value):
        if char in " \n":
            continue
        at = written_at(value, spelled[start:end], offset)
        found = spelled[start + at :]
        assert found.startswith((char, "\\")) or (char == "'" and found.startswith("''"))
