"""One policy file: from bytes to plain values, with the place of each.

A policy file is the plain part of YAML 1.2: mappings, lists, and text, whole and decimal numbers, true, false and null.
What plain YAML 1.1 would make of `on`, `no` or `12:30` is text here, and keys are always text. Anchors, aliases, merge
keys, tags and second documents are refused, so a file can never grow while it is read.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import NoReturn

import yaml
from pydantic import JsonValue

from adapters.policy_folder.finding import Finding, key_text, short
from adapters.policy_folder.scalars import written_at
from domain.policy.checks.issue import Path

LARGEST = 256 * 1024
"""Bytes of one file."""
DEEPEST = 20
"""Levels of lists and mappings within each other."""
MOST_FINDINGS = 100
"""Findings that are noted for one file; who has mended these looks again."""

CODES = {
    "too-large": f"a file is larger than {LARGEST // 1024} kB",
    "not-utf8": "a file is not UTF-8 text",
    "nul": "a file or a text in it holds a NUL character",
    "tab": "a line is indented with a tab",
    "not-yaml": "a file is not YAML",
    "too-deep": f"lists and mappings are nested more than {DEEPEST} deep",
    "anchor": "a value has an anchor",
    "alias": "a value is an alias of another one",
    "merge-key": "a mapping has a merge key (<<)",
    "tag": "a value has a tag",
    "second-document": "a file holds more than one YAML document",
    "duplicate-key": "a mapping has the same key twice",
    "key-not-text": "a key is a list or a mapping",
    "empty-file": "a file holds nothing",
    "not-a-mapping": "the top of a file is not a mapping",
}

_TAB = re.compile(r"^ *\t[\t ]*\S", re.MULTILINE)
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, JsonValue] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Place:
    """Line and column, both from 1."""

    line: int
    column: int


@dataclass
class Document:
    """What a file says. `value` is a mapping unless there are findings."""

    file: str
    value: JsonValue = None
    keys: dict[Path, Place] = field(default_factory=dict)
    """Where each key of a mapping stands."""
    values: dict[Path, Place] = field(default_factory=dict)
    """Where each value starts."""
    findings: list[Finding] = field(default_factory=list)
    spans: dict[Path, tuple[int, int]] = field(default_factory=dict)
    """Where the written form of each text starts and ends in `text`, quotes and indicators included."""
    text: str = ""
    """The whole file."""

    def place_within(self, path: Path, offset: int) -> Place:
        """Where the character `offset` of the text at `path` stands in the file, however the text is written there."""
        start, end = self.spans.get(path, (0, 0))
        value = self.value
        for part in path:
            if isinstance(value, dict):
                value = value.get(str(part))
            elif isinstance(value, list):
                value = value[int(part)]
        if not isinstance(value, str) or start == end:
            return self.place(path)
        at = start + written_at(value, self.text[start:end], offset)
        line_start = self.text.rfind("\n", 0, at) + 1
        return Place(self.text.count("\n", 0, at) + 1, at - line_start + 1)

    def place(self, path: Path, *, at_key: bool = False) -> Place:
        """Where a path stands; the nearest that is written down when the path itself is not."""
        for length in range(len(path), -1, -1):
            found = self.keys.get(path[:length]) if at_key or length < len(path) else None
            found = found or self.values.get(path[:length])
            if found:
                return found
        return Place(1, 1)

    def add(self, code: str, path: Path, problem: str, mend: str, place: Place | None = None) -> None:
        """Notes a finding at `place`, or where `path` stands; nothing once there are `MOST_FINDINGS`."""
        if len(self.findings) >= MOST_FINDINGS:
            return
        at = place or self.place(path)
        key, problem, mend = short(key_text(path)), short(problem), short(mend)
        finding = Finding(
            file=self.file, line=at.line, column=at.column, key=key, problem=problem, mend=mend, code=code
        )
        self.findings.append(finding)


class _Unreadable(Exception):
    """The rest of the file makes no sense; the finding is noted already."""


def read_document(file: str, raw: bytes) -> Document:
    """Reads one file. Mistakes are in the document's findings; never raises."""
    document = Document(file)
    try:
        text = _text(document, raw)
        _Builder(document).build(text)
    except _Unreadable:
        return document
    except yaml.YAMLError as error:
        _note_yaml_error(document, error, raw.count(b"\n") + (not raw.endswith(b"\n")))
        return document
    if document.value is None:
        document.add("empty-file", (), "the file holds nothing", "write its keys, or copy the file of policies/default")
    elif not isinstance(document.value, dict):
        document.add("not-a-mapping", (), "the file is not a mapping", "start it with `key: value` lines")
    return document


def _text(document: Document, raw: bytes) -> str:
    if len(raw) > LARGEST:
        problem = f"the file has more than {LARGEST // 1024} kB"
        document.add("too-large", (), problem, "a policy file is written by people: split or shorten it")
        raise _Unreadable
    if b"\x00" in raw:
        line = raw[: raw.index(b"\x00")].count(b"\n") + 1
        mend = "save the file as UTF-8 text without NUL characters"
        document.add("nul", (), "the file holds a NUL character", mend, Place(line, 1))
        raise _Unreadable
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        document.add("not-utf8", (), "the file is not UTF-8 text", "save it as UTF-8", Place(line, 1))
        raise _Unreadable from error
    tab = _TAB.search(text)
    if tab:
        line = text.count("\n", 0, tab.start()) + 1
        document.add("tab", (), "the line is indented with a tab", "indent with spaces", Place(line, 1))
        raise _Unreadable
    return text


def _note_yaml_error(document: Document, error: yaml.YAMLError, lines: int) -> None:
    problem_mark, context_mark = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    # What is never closed is noticed at the end of the file; people look where it was opened.
    at_end = problem_mark is not None and problem_mark.line >= lines
    mark = context_mark if at_end and context_mark else problem_mark
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
    mend = "check quotes, colons and indentation here and on the line before"
    document.add("not-yaml", (), f"not YAML: {problem}", mend, place)


class _Builder:
    """Builds the values of a document from YAML's parse events, one look at each."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def build(self, text: str) -> None:
        """Fills the document. Raises `_Unreadable` after noting what makes no sense, and `yaml.YAMLError`."""
        self._document.text = text
        documents = 0
        self._events = yaml.parse(text, Loader=_LOADER)
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    mend = "remove the line `---` and merge the documents"
                    self._stop("second-document", (), event, "the file holds a second document", mend)
            elif isinstance(event, yaml.NodeEvent):
                self._document.value = self._node(event, ())

    def _stop(self, code: str, path: Path, event: yaml.Event, problem: str, mend: str) -> NoReturn:
        self._document.add(code, path, problem, mend, _place(event))
        raise _Unreadable

    def _node(self, event: yaml.Event, path: Path) -> JsonValue:
        if isinstance(event, yaml.AliasEvent):
            self._stop("alias", path, event, f"there is an alias (*{event.anchor})", "write the value out")
        if not isinstance(event, yaml.CollectionStartEvent | yaml.ScalarEvent):
            raise _Unreadable
        self._refuse_marks(event, path)
        if len(path) > DEEPEST:
            self._stop("too-deep", path[:3], event, f"more than {DEEPEST} levels deep", "write it flatter")
        self._document.values[path] = _place(event)
        if isinstance(event, yaml.ScalarEvent):
            if event.start_mark and event.end_mark:
                self._document.spans[path] = (event.start_mark.index, event.end_mark.index)
            return self._scalar(event, path)
        return self._mapping(path) if isinstance(event, yaml.MappingStartEvent) else self._list(path)

    def _list(self, path: Path) -> JsonValue:
        items: list[JsonValue] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> JsonValue:
        entries: dict[str, JsonValue] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, path)
            at = (*path, key)
            if key in entries:
                first = self._document.keys[at].line
                problem = f"the key {key!r} stands on line {first} already"
                self._document.add("duplicate-key", at, problem, "remove one of the two", _place(event))
                self._node(next(self._events), (*path, f"{key} (again)"))
                continue
            self._document.keys[at] = _place(event)
            entries[key] = self._node(next(self._events), at)
        return entries

    def _key(self, event: yaml.Event, path: Path) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            code = "alias" if isinstance(event, yaml.AliasEvent) else "key-not-text"
            self._stop(code, path, event, "a key is not plain text", "write the key as a word")
        self._refuse_marks(event, path)
        self._check_text(event, path)
        if event.value == "<<" and _is_plain(event):
            self._stop("merge-key", path, event, "the mapping has a merge key (<<)", "write the keys out")
        return str(event.value)

    def _refuse_marks(self, event: yaml.CollectionStartEvent | yaml.ScalarEvent, path: Path) -> None:
        if event.anchor is not None:
            self._stop("anchor", path, event, f"there is an anchor (&{event.anchor})", "remove the anchor")
        if event.tag is not None:
            self._stop("tag", path, event, f"there is a tag ({event.tag})", "remove the tag")

    def _check_text(self, event: yaml.ScalarEvent, path: Path) -> None:
        if "\x00" in event.value:
            self._stop("nul", path, event, "the text holds a NUL character", "remove \\0 from it")
        if any("\ud800" <= char <= "\udfff" for char in event.value):
            self._stop("not-yaml", path, event, "not YAML: half a character", "remove the \\u escape")

    def _scalar(self, event: yaml.ScalarEvent, path: Path) -> JsonValue:
        self._check_text(event, path)
        text = str(event.value)
        if not _is_plain(event):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _WHOLE.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text) and math.isfinite(float(text)):
            return float(text)
        return text


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)


def _is_plain(event: yaml.ScalarEvent) -> bool:
    """Whether a scalar stands without quotes; libyaml and the Python parser say so in different ways."""
    return event.style in (None, "")
