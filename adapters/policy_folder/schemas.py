"""JSON Schemas of the policy files, for editors; descriptions are the models' own words."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, JsonValue

from adapters.policy_folder.folder import FILES, PLAYBOOKS
from domain.policy.playbooks import Playbook

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PLAYBOOK_FILE = f"{PLAYBOOKS}/<id>.yaml"


def policy_models() -> dict[str, type[BaseModel]]:
    """File name → model of its top, in reading order; the playbooks last."""
    return {file: model for file, (_, model) in FILES.items()} | {PLAYBOOK_FILE: Playbook}


def policy_schemas() -> dict[str, JsonValue]:
    """File name → JSON Schema (2020-12)."""
    return {file: _schema(model) for file, model in policy_models().items()}


def nested_models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The model and every model it is made of, outermost first, each once."""
    seen: set[type[BaseModel]] = set()
    waiting: list[Any] = [model]
    while waiting:
        kind = waiting.pop(0)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind not in seen:
                seen.add(kind)
                yield kind
                waiting += [info.annotation for info in kind.model_fields.values()]
        else:
            waiting += getattr(kind, "__args__", ())


def field_texts(model: type[BaseModel]) -> dict[str, str]:
    """Field → the docstring under it, for fields that have one."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(model)))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    texts: dict[str, str] = {}
    for line, following in pairwise(body):
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            text = following.value if isinstance(following, ast.Expr) else None
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                texts[line.target.id] = inspect.cleandoc(text.value)
    return texts


def _schema(model: type[BaseModel]) -> JsonValue:
    schema: dict[str, Any] = {"$schema": DIALECT, **model.model_json_schema()}
    for nested in nested_models(model):
        place = schema if nested is model else schema["$defs"][nested.__name__]
        for name, text in field_texts(nested).items():
            written = nested.model_fields[name].alias or name
            place["properties"][written]["description"] = text
    return schema
