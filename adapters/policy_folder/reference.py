"""docs/reference/policy.md, rendered from the models and the codes, so that it cannot drift from them."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import AfterValidator, AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from adapters.policy_folder import folder, free_days, learned_names, reader, shape
from adapters.policy_folder.schemas import field_texts, nested_models, policy_models
from domain.policy import checks

CODES: dict[str, str] = {
    **folder.CODES,
    **reader.CODES,
    **shape.CODES,
    **free_days.CODES,
    **learned_names.CODES,
    **checks.CODES,
}
"""Every kind of mistake `tierwise policy check` can name."""

_HEAD = """\
# Policy folder

<!-- Rendered by `adapters/policy_folder/reference.py` from the models; a test compares. Change the models instead. -->

A policy is a folder of YAML files. Every file below must be there; `outbreaks.yaml`,
`learning.yaml` and `playbooks/` may be missing.
`policies/default` is a complete example. `tierwise policy check DIR` names every mistake with file, line, key and mend;
`tierwise policy schema` prints the JSON Schemas for editors.

Files are UTF-8, at most {kilobytes} kB, in the plain part of YAML 1.2: mappings, lists, text, numbers, `true`,
`false`, `null`. Keys are always text. `on`, `no`, `12:30` and dates are text; a number where text is wanted needs
quotes. Anchors, aliases, merge keys, tags, second documents and tabs as indentation are refused.
"""

_PATTERNS = {pattern: what.partition(" ")[2] for pattern, (_, what, _) in shape.PATTERNS.items()}


def render_policy_reference() -> str:
    """The whole page as Markdown."""
    lines = [_HEAD.format(kilobytes=reader.LARGEST // 1024)]
    described: set[type[BaseModel]] = set()
    for file, model in policy_models().items():
        lines.append(f"## {file}\n")
        for nested in nested_models(model):
            if nested is not model:
                if nested in described:
                    continue
                lines.append(f"### {nested.__name__}\n")
            lines += _model(nested, show_text=nested is not model)
            described.add(nested)
    lines += [
        "## Mistakes that are found\n",
        f"{len(CODES)} kinds. Each has a stable code.\n",
        "| code | what is wrong |",
    ]
    lines += ["|---|---|", *(f"| `{code}` | {text} |" for code, text in sorted(CODES.items()))]
    return "\n".join(lines) + "\n"


def _model(model: type[BaseModel], *, show_text: bool) -> Iterator[str]:
    if show_text:
        yield inspect.cleandoc(model.__doc__ or "") + "\n"
    texts = field_texts(model)
    yield "| key | value | default | meaning |"
    yield "|---|---|---|---|"
    for name, info in model.model_fields.items():
        meaning = " ".join(texts.get(name, "").split()).replace("|", "\\|")
        key = info.alias or name
        yield f"| `{key}` | {_kind(info.annotation, info.metadata)}{_bounds(info)} | {_default(info)} | {meaning} |"
    yield ""


def _kind(annotation: Any, constraints: Iterable[object] = ()) -> str:
    """A type as the reader of a policy file says it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if hasattr(annotation, "__metadata__"):
        return _kind(arguments[0], annotation.__metadata__)
    if origin is Literal:
        return " / ".join(f"`{argument}`" for argument in arguments)
    if origin in (Union, types.UnionType):
        return _kind(next(argument for argument in arguments if argument is not type(None)))
    if origin is tuple:
        return f"list of {_kind(arguments[0])}"
    if origin is dict:
        return f"mapping of {_kind(arguments[0])} to {_kind(arguments[1])}"
    if issubclass(annotation, Enum):
        return " / ".join(f"`{member.value}`" for member in annotation)
    if issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return _plain(annotation, constraints)


def _plain(kind: type, constraints: Iterable[object]) -> str:
    if any(isinstance(constraint, AfterValidator) for constraint in constraints):
        return "hours, `HH:MM-HH:MM`"
    pattern = next((found for part in constraints if (found := _pattern(part))), "")
    names = {str: "text", int: "whole number", float: "number", bool: "true or false", date: "date, `YYYY-MM-DD`"}
    if kind is AwareDatetime:
        return "moment with zone, `YYYY-MM-DDTHH:MM:SS+HH:MM`"
    return _PATTERNS.get(pattern, names[kind])


def _pattern(constraint: object) -> str:
    for part in (constraint, *getattr(constraint, "metadata", ())):
        pattern = getattr(part, "pattern", None)
        if pattern:
            return str(pattern)
    return ""


def _bounds(info: FieldInfo) -> str:
    lowest = next((part.ge for part in info.metadata if hasattr(part, "ge")), None)
    highest = next((part.le for part in info.metadata if hasattr(part, "le")), None)
    return f", {lowest} to {highest}" if lowest is not None and highest is not None else ""


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    value = info.default
    if isinstance(value, BaseModel) or value in ((), {}, None, ""):
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(str(item) for item in value)}]`"
    return f"`{value}`"
