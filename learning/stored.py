"""Learned parts as bytes, without pickle: skops for text and arrays, the same bytes for the same values.

skops names its parts by memory addresses and stamps them with the clock; both are rewritten here, so that a model's
hash says something about the model.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from domain.errors import BadModel

Value = str | NDArray[np.generic]
"""What a part may hold. Nothing else is ever loaded."""

_DIGEST = 32
_UNREADABLE = (zipfile.BadZipFile, OSError, ValueError, TypeError, LookupError, AttributeError, ImportError, EOFError)
"""What skops and its readers raise on whole bytes that are no archive, or one with parts missing."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ADDRESS = re.compile(r'"__id__": (\d+)|"(\d+)\.npy"')
_MEND = "train again, or go back to an earlier model"


def pack(kind: str, version: int, values: Mapping[str, Value]) -> bytes:
    """The values of a model part. `kind` and `version` are asked for again when it is read."""
    import skops.io

    held = {"kind": kind, "version": str(version), **dict(sorted(values.items()))}
    body = _steady(skops.io.dumps(held))
    return hashlib.sha256(body).digest() + body


def unpack(data: bytes, kind: str, version: int) -> dict[str, Value]:
    """What `pack` was given. Raises `BadModel` on damaged bytes, another kind or version, or any other type."""
    import skops.io

    digest, body = data[:_DIGEST], data[_DIGEST:]
    if hashlib.sha256(body).digest() != digest:
        raise BadModel(f"the {kind} model is damaged: its bytes are not those that were written", mend=_MEND)
    try:
        unknown = skops.io.get_untrusted_types(data=body)
        held = {} if unknown else skops.io.loads(body, trusted=[])
    except _UNREADABLE as error:
        raise BadModel(f"the {kind} model cannot be read: {type(error).__name__}", mend=_MEND) from error
    if unknown:
        raise BadModel(f"the {kind} model holds {unknown[0]}, which is not loaded", mend=_MEND)
    if not isinstance(held, dict) or held.get("kind") != kind:
        raise BadModel(f"this is no {kind} model", mend=_MEND)
    if held.get("version") != str(version):
        raise BadModel(f"the {kind} model has format {held.get('version')}; this is {version}", mend=_MEND)
    if not all(isinstance(value, str | np.ndarray) for value in held.values()):
        raise BadModel(f"the {kind} model holds something other than text and numbers", mend=_MEND)
    return {name: value for name, value in held.items() if name not in ("kind", "version")}


def text(values: Mapping[str, Value], name: str) -> str:
    """A text of a part. Raises `BadModel` when it is missing."""
    value = values.get(name)
    if not isinstance(value, str):
        raise BadModel(f"the model has no {name}", mend=_MEND)
    return value


def array(values: Mapping[str, Value], name: str) -> NDArray[np.generic]:
    """An array of a part. Raises `BadModel` when it is missing."""
    value = values.get(name)
    if not isinstance(value, np.ndarray):
        raise BadModel(f"the model has no {name}", mend=_MEND)
    return value


def lines(values: Mapping[str, Value], name: str) -> list[str]:
    """A list of texts that was stored as JSON. Raises `BadModel` when it is missing or no such list."""
    try:
        found = json.loads(text(values, name))
    except ValueError as error:
        raise BadModel(f"the model's {name} cannot be read", mend=_MEND) from error
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise BadModel(f"the model's {name} is no list of texts", mend=_MEND)
    return found


def _steady(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts = {info.filename: source.read(info) for info in source.infolist()}
    numbers: dict[str, int] = {}

    def renamed(found: re.Match[str]) -> str:
        number = numbers.setdefault(found[1] or found[2], len(numbers))
        return f'"__id__": {number}' if found[1] else f'"{number}.npy"'

    schema = _ADDRESS.sub(renamed, parts.pop("schema.json").decode())
    named = {f"{numbers[name.removesuffix('.npy')]:06}": (name, body) for name, body in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for key in sorted(named):
            _write(target, f"{int(key)}.npy", named[key][1])
        _write(target, "schema.json", schema.encode())
    return out.getvalue()


def _write(target: zipfile.ZipFile, name: str, body: bytes) -> None:
    info = zipfile.ZipInfo(name, date_time=_EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    target.writestr(info, body)
