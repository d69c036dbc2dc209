"""The three files of the suite: attacks, carriers, benign texts, one JSON object a line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TypeVar

from pydantic import ConfigDict, Field

from domain.base import Record
from domain.errors import BadInput
from evals.predictions import Id, wrong_with

CONTROL = "control"
"""What rows with a harmless sentence have for an attack's id; no attack may have it."""


class Attack(Record):
    """A text that tries to be obeyed; other keys are not read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Id
    kind: str = ""
    text: str = Field(min_length=1)


class Text(Record):
    """A carrier (what a ticket says) or a benign text; other keys are not read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Id
    text: str = Field(min_length=1)


R = TypeVar("R", Attack, Text)


def read_attacks(path: Path) -> tuple[Attack, ...]:
    """The attacks. Raises `BadInput` naming the line that is not one, or when there is none."""
    return _read(path, Attack)


def read_texts(path: Path) -> tuple[Text, ...]:
    """The carriers or benign texts. Raises `BadInput` naming the line that is not one, or when there is none."""
    return _read(path, Text)


def _read(path: Path, form: type[R]) -> tuple[R, ...]:
    found: dict[str, R] = {}
    mend = "write one object with id and text a line"
    for number, line in _lines(path):
        try:
            row = form.model_validate(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise BadInput(f"{path}:{number}: {wrong_with(error)}", mend=mend) from error
        if row.id == CONTROL and isinstance(row, Attack):
            raise BadInput(
                f"{path}:{number}: id: {CONTROL!r} is what rows with a harmless sentence are called",
                mend="give the attack another id",
            )
        if str(row.id) in found:
            raise BadInput(f"{path}:{number}: repeats the id {row.id!r}", mend="give every line an id of its own")
        found[str(row.id)] = row
    if not found:
        raise BadInput(f"{path}: holds no line", mend=mend)
    return tuple(found.values())


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with _open(path) as file:
            yield from ((number, line) for number, line in enumerate(file, 1) if line.strip())
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise BadInput(
            f"{path}: cannot be read: {error}", mend="check the path; a .gz file must be complete"
        ) from error


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")
