"""Prediction files: JSON Lines or CSV by their ending, gzipped when that ends in .gz."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Literal

from pydantic import JsonValue, StrictInt, StrictStr, ValidationError

from domain.errors import BadInput

Row = Mapping[str, JsonValue]
Id = StrictStr | StrictInt
"""An id as its file writes it: a number comes back as a number; 1 and "1" are the same id."""


_FORMS = frozenset({"str", "int"})
"""How pydantic names the two forms of an id in the place of an error."""


def wrong_with(error: ValueError | RecursionError) -> str:
    """What a line of a file fails at, in one line: the key and why, or that it is not JSON."""
    if not isinstance(error, ValidationError):
        return f"not JSON: {error}"
    first = error.errors()[0]
    where = ".".join(part for part in first["loc"] if isinstance(part, str) and "[" not in part and part not in _FORMS)
    return f"{where or 'the line'}: {first['msg']}"


def check_ending(path: Path) -> None:
    """Raises `BadInput` when the file's ending names no form we write, so that it is said before the work."""
    if _form(path) not in (".jsonl", ".csv"):
        raise BadInput(
            f"{path}: predictions are CSV or JSON Lines", mend="name the file .jsonl, .csv, .jsonl.gz or .csv.gz"
        )


def write_rows(path: Path, rows: Sequence[Row], *, columns: Sequence[str] = ()) -> None:
    """One row per item; in CSV, lists and objects stand as JSON. Raises `BadInput` when the file cannot be written.

    `columns` head a CSV even when there is no row; those that only rows name follow them.
    """
    check_ending(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_text(path, "w") as out:
            if _form(path) == ".jsonl":
                out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            else:
                _write_csv(out, rows, columns)
    except OSError as error:
        raise BadInput(
            f"{path}: cannot be written: {error.strerror}", mend="name a file in a writable folder"
        ) from error


def open_text(path: Path, mode: Literal["r", "w"] = "r") -> IO[str]:
    """A text file, gzipped when its name ends in .gz. Raises `OSError`."""
    if path.suffix == ".gz":
        return gzip.open(path, "wt" if mode == "w" else "rt", encoding="utf-8", newline="")
    return path.open(mode, encoding="utf-8", newline="")


def _write_csv(out: IO[str], rows: Sequence[Row], columns: Sequence[str]) -> None:
    names = list(dict.fromkeys((*columns, *(name for row in rows for name in row))))
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})


def _cell(value: JsonValue) -> JsonValue:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _form(path: Path) -> str:
    return (path.with_suffix("") if path.suffix == ".gz" else path).suffix
