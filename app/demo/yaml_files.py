"""The demo's YAML files, read as strictly as policy files and checked against a model."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from adapters.policy_folder.finding import key_text
from adapters.policy_folder.reader import read_document
from domain.errors import BadInput

_M = TypeVar("_M", bound=BaseModel)


def read_yaml(path: Path, model: type[_M]) -> _M:
    """The file as `model`. Raises `BadInput` naming file, line, key and the mend of the first mistake."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}", mend="restore the demo folder") from error
    document = read_document(path.name, raw)
    for finding in document.findings:
        raise BadInput(f"{path}:{finding.line}: {finding.key}: {finding.problem}", mend=finding.mend)
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        line = document.place(first["loc"]).line
        raise BadInput(f"{path}:{line}: {key_text(first['loc'])}: {first['msg']}", mend="correct the file") from error


def read_folder(folder: Path, model: type[_M]) -> tuple[_M, ...]:
    """Every YAML file of a folder, by name. Raises as `read_yaml`, and when there is none."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise BadInput(f"{folder} holds no YAML files", mend="restore the demo folder")
    return tuple(read_yaml(file, model) for file in files)
