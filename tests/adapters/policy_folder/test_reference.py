"""The schemas and the reference page say what the models say."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.policy_folder import policy_schemas
from adapters.policy_folder.reference import CODES, render_policy_reference
from tests.adapters.policy_folder.small import FILES

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "policy.md"
RENDER = (
    "python -c 'from adapters.policy_folder import reference; "
    'print(reference.render_policy_reference(), end="")\' > docs/reference/policy.md'
)


def test_the_committed_page_is_what_the_models_render_to() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_policy_reference(), f"run: {RENDER}"


def test_every_code_is_on_the_page() -> None:
    page = render_policy_reference()

    assert [code for code in CODES if f"| `{code}` |" not in page] == []


@pytest.mark.parametrize("file", [file for file in FILES if "/" not in file])
def test_every_file_has_a_schema_that_refuses_unknown_keys(file: str) -> None:
    schema = policy_schemas()[file]

    assert isinstance(schema, dict)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["additionalProperties"] is False


def test_a_schema_carries_the_models_own_words() -> None:
    schema = policy_schemas()["slas.yaml"]

    assert isinstance(schema, dict)
    assert "stands still" in str(schema["properties"])
    assert "working minutes of `calendar`" in str(schema["$defs"])
