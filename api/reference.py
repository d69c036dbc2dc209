"""`docs/reference/http.md`: every call, written from the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from api.server import described
from domain.errors import TierwiseError

_HEAD = """\
# HTTP API

Written by `make docs` from the OpenAPI document, which a running server gives out at `/openapi.json`.

{description}
Send `Authorization: Bearer <key>`. A call is open to each role it names, and to `admin`.
"""

_OWN_CODES = {
    "not_valid": (422, "Fields of the request are missing or wrong; `errors` names them."),
    "too_large": (413, "The body is larger than the server takes (`TIERWISE_BODY_LIMIT`, 1 MB)."),
    "no_such_path": (404, "Nothing is served at this path."),
    "no_such_call": (405, "The path does not know this method; `Allow` names those it does."),
    "unexpected": (500, "Something went wrong on our side; it has been logged."),
}
"""Codes of problems that do not come from `domain.errors`."""

Json = dict[str, Any]  # a part of the document


def render_http_reference() -> str:
    """The whole page as Markdown."""
    document: Json = described().openapi()
    parts = [_HEAD.format(description=document["info"]["description"])]
    for tag in document["tags"]:
        parts.append(f"\n## {tag['name'].capitalize()}\n\n{tag['description']}\n")
        parts += [
            _call(document, method, path, call)
            for path, calls in document["paths"].items()
            for method, call in calls.items()
            if call["tags"] == [tag["name"]]
        ]
    parts.append(_codes())
    return "".join(parts)


def _call(document: Json, method: str, path: str, call: Json) -> str:
    lines = [
        "",
        f"### {call['summary']}",
        "",
        f"`{method.upper()} {path}`",
        "",
        call["description"].strip(),
        "",
    ]
    if roles := [role for entry in call.get("security", []) for role in entry.get("key", []) if role != "admin"]:
        lines += [f"Roles: {', '.join(f'`{role}`' for role in roles)}.", ""]
    lines += _parameters(call)
    lines += _body(document, call)
    lines += ["| answer | is |", "|---|---|", *_answers(call), ""]
    return "\n".join(lines)


def _parameters(call: Json) -> list[str]:
    rows = [
        f"| `{one['name']}` | {one['in']} | {'yes' if one.get('required') else 'no'} | {_about(one)} |"
        for one in call.get("parameters", [])
    ]
    return ["| parameter | in | needed | is |", "|---|---|---|---|", *rows, ""] if rows else []


def _about(parameter: Json) -> str:
    schema = parameter["schema"]
    words = [parameter["description"]] if "description" in parameter else []
    item = schema.get("items", {})
    values = _values(schema) or _values(item)
    if values:
        words.append("one or more of " * bool(item) + ", ".join(f"`{value}`" for value in values))
    if "minimum" in schema and "maximum" in schema:
        words.append(f"{schema['minimum']} to {schema['maximum']}")
    if schema.get("default") not in (None, [], ""):
        words.append(f"{schema['default']} when left out")
    return "; ".join(words).replace("|", "\\|")


def _values(schema: Json) -> list[str]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return list(schema.get("enum", [])) or ([name] if name else [])


def _body(document: Json, call: Json) -> list[str]:
    if "requestBody" not in call:
        return []
    kinds = call["requestBody"]["content"]
    if "application/json" not in kinds:
        kind, body = next(iter(kinds.items()))
        fields = ", ".join(f"`{name}` ({field['description']})" for name, field in body["schema"]["properties"].items())
        return [f"Body (`{kind}`): {fields}.", ""]
    name = kinds["application/json"]["schema"]["$ref"].rpartition("/")[2]
    example = document["components"]["schemas"][name]["examples"][0]
    return [f"Body (`{name}`):", "", "```json", json.dumps(example, indent=2, ensure_ascii=False), "```", ""]


def _answers(call: Json) -> Iterator[str]:
    for status, answer in call["responses"].items():
        kinds = answer.get("content", {})
        schema = kinds.get("application/json", {}).get("schema", {})
        name = schema.get("$ref", "").rpartition("/")[2] or schema.get("title", "")
        shown = f"`{name}`" if name else answer["description"]
        yield f"| {status} | {'' if name else 'problem: ' if 'application/problem+json' in kinds else ''}{shown} |"


def _codes() -> str:
    rows = {
        error.code: (error.status, _first_line(error))
        for error in _all(TierwiseError)
        if error.__module__ == TierwiseError.__module__
    } | _OWN_CODES
    del rows[TierwiseError.code]
    lines = [
        "", "## Problems", "", "Every error has one of these codes, the HTTP status, `detail` and `mend`.", "",
        "| code | status | means |", "|---|---|---|",
    ]  # fmt: skip
    ordered = sorted(rows.items(), key=lambda row: (row[1][0], row[0]))
    return "\n".join([*lines, *(f"| `{code}` | {status} | {words} |" for code, (status, words) in ordered), ""])


def _all(root: type[TierwiseError]) -> Iterator[type[TierwiseError]]:
    yield root
    for kind in root.__subclasses__():
        yield from _all(kind)


def _first_line(kind: type[TierwiseError]) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]
