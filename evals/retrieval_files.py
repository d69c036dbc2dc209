"""The files of the retrieval suite: corpus and queries in, predictions out. Ids stay numbers where they are numbers."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from domain.base import Record
from domain.errors import BadInput
from evals.predictions import Id, open_text, write_rows, wrong_with


class CorpusRow(Record):
    """One document to be found."""

    id: Id
    title: str | None = None
    text: str | None = None


class QueryRow(Record):
    """One question. Without `relevant` it is answered and not scored; `exclude` never appears among the answers."""

    id: Id
    text: str
    relevant: tuple[Id, ...] = ()
    exclude: tuple[Id, ...] = ()


class Prediction(Record):
    """One document found for a query; rank 1 is the best."""

    query_id: Id
    rank: int
    doc_id: Id
    score: float


R = TypeVar("R", CorpusRow, QueryRow)


def read_corpus(path: Path) -> list[CorpusRow]:
    """Every document. Raises `BadInput` naming file and line."""
    return [row for _, row in _rows(path, CorpusRow)]


def read_queries(path: Path, known: Sequence[Id]) -> list[QueryRow]:
    """Every query; relevant ids have to be `known`. Raises `BadInput` naming file and line."""
    ids = {str(id) for id in known}
    queries = []
    for line, row in _rows(path, QueryRow):
        unknown = [id for id in row.relevant if str(id) not in ids]
        if unknown:
            raise BadInput(
                f"{path}:{line}: relevant: the corpus has no document {unknown[0]!r}",
                mend="name ids of the corpus, or add the document to it",
            )
        queries.append(row)
    return queries


def write_predictions(path: Path, rows: Sequence[Prediction]) -> None:
    """Writes CSV or JSON Lines, by the ending. Raises `BadInput` when the file cannot be written."""
    write_rows(path, [row.model_dump() for row in rows], columns=list(Prediction.model_fields))


def _rows(path: Path, model: type[R]) -> Iterator[tuple[int, R]]:
    seen: dict[str, int] = {}
    for line, text in _lines(path):
        row = _row(path, line, text, model)
        if str(row.id) in seen:
            raise BadInput(
                f"{path}:{line}: id: {row.id!r} is already on line {seen[str(row.id)]}",
                mend='give every line its own id (1 and "1" are the same)',
            )
        seen[str(row.id)] = line
        yield line, row
    if not seen:
        raise BadInput(f"{path}: holds no line", mend="give at least one JSON object on a line of its own")


def _row(path: Path, line: int, text: str, model: type[R]) -> R:
    try:
        return model.model_validate(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise BadInput(
            f"{path}:{line}: {wrong_with(error)}",
            mend=f"write one JSON object on each line, with the keys {', '.join(model.model_fields)}",
        ) from error


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with open_text(path) as file:
            for number, text in enumerate(file, 1):
                if text.strip():
                    yield number, text
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: not UTF-8: {error.reason}", mend="save the file as UTF-8") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadInput(f"{path}: not a whole gzip file: {error}", mend="compress the file again") from error
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}", mend="check the name") from error
