"""Finding a prompt version, checking its inputs and rendering it: strict, sandboxed, with ticket text fenced off."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import yaml
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import Field

from domain.base import Record
from domain.errors import Misconfigured

FOLDER = Path(__file__).parent
_VERSION = re.compile(r"^(\d+)\.(\d+)\.(\d+)$")
_FENCE = re.compile(r"<(/?)(untrusted)\b", re.IGNORECASE)


class PromptHead(Record):
    """prompt.yaml: what a prompt is for and which inputs it takes."""

    purpose: str
    inputs: tuple[str, ...]
    """Names of the variables, in the order they are asked for."""
    answer: str
    """The name of the schema that the answer must satisfy."""
    max_tokens: int = Field(default=800, ge=1)


class RenderedPrompt(Record):
    """A prompt ready to be sent; `hash` names the exact texts it was made from."""

    agent: str
    version: str
    hash: str
    system: str
    user: str
    max_tokens: int


class Prompt:
    """One released version of one agent's prompt."""

    def __init__(self, agent: str, version: str, folder: Path = FOLDER) -> None:
        self.agent = agent
        self.version = version
        self._at = folder / agent / version
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader([self._at, folder / "_shared"]), undefined=StrictUndefined, autoescape=False,
            trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False,
        )  # fmt: skip
        self._environment.filters["fenced"] = fenced
        self._environment.filters["marked"] = marked
        self.head = self._head()
        self._check_inputs()

    @property
    def hash(self) -> str:
        """sha256 over every file of the version and the shared parts it may include."""
        digest = hashlib.sha256()
        for file in sorted((*self._at.iterdir(), *(self._at.parents[1] / "_shared").glob("*.jinja"))):
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
        return digest.hexdigest()

    def render(self, values: Mapping[str, object]) -> RenderedPrompt:
        """The prompt with its inputs filled in. Raises `Misconfigured` when one is missing or not asked for."""
        given, wanted = set(values), set(self.head.inputs)
        if given != wanted:
            odd = sorted(given ^ wanted)
            raise Misconfigured(
                f"prompt {self.agent} {self.version}: inputs differ in {', '.join(odd)}",
                mend=f"it takes {', '.join(self.head.inputs)}",
            )
        try:
            system = self._environment.get_template("system.jinja").render(values)
            user = self._environment.get_template("user.jinja").render(values)
        except TemplateError as error:
            raise Misconfigured(f"prompt {self.agent} {self.version}: {error}") from error
        return RenderedPrompt(
            agent=self.agent, version=self.version, hash=self.hash, system=system.strip(), user=user.strip(),
            max_tokens=self.head.max_tokens,
        )  # fmt: skip

    def _head(self) -> PromptHead:
        path = self._at / "prompt.yaml"
        if not path.exists():
            raise Misconfigured(f"there is no prompt {self.agent} {self.version}")
        return PromptHead.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))

    def _check_inputs(self) -> None:
        used: set[str] = set()
        for name in ("system.jinja", "user.jinja"):
            source = (self._at / name).read_text(encoding="utf-8")
            used |= meta.find_undeclared_variables(self._environment.parse(source))
        if unknown := used - set(self.head.inputs):
            raise Misconfigured(
                f"prompt {self.agent} {self.version} uses {', '.join(sorted(unknown))}",
                mend="declare it among the inputs",
            )


def latest(agent: str, major: int, folder: Path = FOLDER) -> Prompt:
    """The newest released version with this major number. Raises `Misconfigured` when there is none."""
    versions = [
        tuple(map(int, found.groups()))
        for path in (folder / agent).glob("*")
        if (found := _VERSION.match(path.name)) and int(found[1]) == major
    ]
    if not versions:
        raise Misconfigured(f"there is no prompt {agent} of version {major}")
    return Prompt(agent, ".".join(map(str, max(versions))), folder)


def fenced(text: object) -> str:
    """Text from outside, inside a fence that it cannot close: its own fence marks are defused."""
    return "<untrusted>\n" + _FENCE.sub(r"‹\1\2", str(text)) + "\n</untrusted>"


def marked(text: object) -> str:
    """Text from outside, fenced, each line begun with a mark: no line of it can pass for a line of ours."""
    lines = "\n".join(str(text).splitlines())
    first, *body, last = fenced(lines).split("\n")
    return "\n".join([first, *(f"| {line}" for line in body), last])


def released(folder: Path = FOLDER) -> dict[str, str]:
    """'agent/version' → hash, of every version there is."""
    found = {}
    for path in sorted(folder.glob("*/*")):
        if _VERSION.match(path.name):
            prompt = Prompt(path.parent.name, path.name, folder)
            found[f"{prompt.agent}/{prompt.version}"] = prompt.hash
    return found
