"""A mistake in a policy folder, with its place and its mend."""

from __future__ import annotations

from domain.base import Record
from domain.policy.checks.issue import Path


class Finding(Record):
    """One mistake. `file` is relative to the folder; lines and columns count from 1."""

    file: str
    line: int
    column: int
    key: str
    """Where in the file, for example `teams[2].lead`; empty for the file as a whole."""
    problem: str
    mend: str
    code: str

    def __str__(self) -> str:
        """`file:line key: problem; mend`"""
        where = f" {self.key}" if self.key else ""
        return f"{self.file}:{self.line}{where}: {self.problem}; {self.mend}"


def key_text(path: Path) -> str:
    """A path as people write it: ('teams', 2, 'lead') is `teams[2].lead`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
