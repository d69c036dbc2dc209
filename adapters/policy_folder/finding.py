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
        """`file:line:column key: problem; mend`"""
        where = f" {self.key}" if self.key else ""
        return f"{self.file}:{self.line}:{self.column}{where}: {self.problem}; {self.mend}"


_LONGEST = 300


def short(text: str) -> str:
    """The text on one line of readable length, whatever a file held."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _word(key: str) -> str:
    return key if key.isprintable() and key else repr(key)


def key_text(path: Path) -> str:
    """A path as people write it: ('teams', 2, 'lead') is `teams[2].lead`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{_word(part)}" if text else _word(part)
    return text
