"""Tables as bytes and back: gzipped JSON, so that reading a model can run no code. Nothing in it is an object."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from math import isfinite
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.errors import BadModel
from domain.learned import Target
from learning.features import KEYS, NUMBERS
from learning.risk.sampling import STAGES
from learning.risk.stage import KeyTable, NumberTable, PairTable, Stage

FORMAT = 2
_MEND = "train again: tierwise train"


class Head(BaseModel):
    """What stands before the tables."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: Target
    id: str
    share: float = Field(ge=0, le=1)
    labelled: int = Field(ge=0)
    why_not: str
    line: float | None = Field(default=None, ge=0, le=1)


class _Numbers(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    feature: str
    edges: list[float]
    values: list[float]
    low: float
    high: float


class _Keys(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    feature: str
    missing: float
    unseen: float
    usual: float
    edges: list[float]
    known: dict[str, tuple[float, float, float]]


class _Pair(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    one: str
    two: str
    values: list[list[float]]


class _Stage(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    base: float
    numbers: list[_Numbers]
    keys: list[_Keys]
    pairs: list[_Pair]
    labelled: int
    happened: float
    hours: tuple[float, float, float] | None


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["tierwise-risk-2"]
    head: Head
    stages: dict[int, _Stage]


def write_tables(head: Mapping[str, object], stages: Mapping[int, Stage]) -> bytes:
    """The same tables give the same bytes."""
    body = {
        "format": f"tierwise-risk-{FORMAT}", "head": dict(head),
        "stages": {str(number): asdict(stage) for number, stage in sorted(stages.items())},
    }  # fmt: skip
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return gzip.compress(text.encode(), compresslevel=6, mtime=0)


def read_tables(data: bytes) -> tuple[Head, dict[int, Stage]]:
    """Reads and checks what `write_tables` wrote. Raises `BadModel`."""
    try:
        found = _File.model_validate_json(gzip.decompress(data))
    except (OSError, EOFError, zlib.error) as error:
        raise BadModel("the risk model is damaged: it does not unpack", mend=_MEND) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise BadModel(f"the risk model cannot be read: {where}: {first['msg']}", mend=_MEND) from error
    return found.head, {number: _stage(number, one) for number, one in found.stages.items()}


def _stage(number: int, one: _Stage) -> Stage:
    if not 0 <= number < len(STAGES):
        raise BadModel(f"the risk model knows a stage {number} that does not exist", mend=_MEND)
    numbers = tuple(
        NumberTable(part.feature, tuple(part.edges), tuple(part.values), part.low, part.high) for part in one.numbers
    )
    keys = tuple(
        KeyTable(part.feature, part.missing, part.unseen, part.usual, tuple(part.edges), part.known)
        for part in one.keys
    )
    for table in numbers:
        if table.feature not in NUMBERS or len(table.values) != len(table.edges) + 2:
            raise BadModel(f"the risk model reads {table.feature!r} in a way not known here", mend=_MEND)
        if list(table.edges) != sorted(table.edges) or not all(map(isfinite, table.values)):
            raise BadModel(f"the risk model's table of {table.feature} is not in order", mend=_MEND)
    for key in keys:
        if key.feature not in KEYS or not all(isfinite(value[0]) for value in key.known.values()):
            raise BadModel(f"the risk model reads {key.feature!r} in a way not known here", mend=_MEND)
    sizes = {table.feature: len(table.edges) + 2 for table in numbers}
    sizes |= {table.feature: len(table.edges) + 2 for table in keys}
    pairs = tuple(PairTable(part.one, part.two, tuple(map(tuple, part.values))) for part in one.pairs)
    for pair in pairs:
        wanted = [sizes.get(pair.two)] * (sizes.get(pair.one) or -1)
        if not wanted or [len(row) for row in pair.values] != wanted:
            raise BadModel(f"the risk model's table of {pair.one} and {pair.two} is not in order", mend=_MEND)
    return Stage(one.base, numbers, keys, pairs, one.labelled, one.happened, one.hours)
