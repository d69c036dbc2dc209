"""Where the project's files are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = (
    "domain", "prompts", "agents", "learning", "retrieval", "graph", "adapters", "app", "api", "evals", "cli",
)  # fmt: skip


def modules(*folders: str) -> Iterator[Path]:
    """Every Python file below the folders, migrations left out: Alembic writes those."""
    for folder in folders or SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "versions" not in path.parts:
                yield path
