"""A whole policy folder: every file read and checked alone, then all of them together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from adapters.policy_folder.finding import Finding
from adapters.policy_folder.free_days import spelt_out
from adapters.policy_folder.learned_names import feature_issues
from adapters.policy_folder.reader import LARGEST, Document, read_document
from adapters.policy_folder.shape import check_shape
from domain.errors import BadPolicy
from domain.policy.checks import Issue, find_issues
from domain.policy.checks.issue import did_you_mean
from domain.policy.forms import FormsFile
from domain.policy.judgement import CategoriesFile, EscalationFile, RiskFile
from domain.policy.learning import LearningFile
from domain.policy.notifications import NotificationsFile
from domain.policy.outbreaks import OutbreaksFile
from domain.policy.people import PeopleFile, TeamsFile, TechniciansFile, TiersFile
from domain.policy.playbooks import Playbook
from domain.policy.policy import Policy, PolicyFile
from domain.policy.promises import SlasFile
from domain.policy.signing import ApprovalsFile
from domain.policy.time import CalendarsFile

FILES: dict[str, tuple[str, type[BaseModel]]] = {
    "policy.yaml": ("head", PolicyFile),
    "tiers.yaml": ("tiers", TiersFile),
    "teams.yaml": ("teams", TeamsFile),
    "technicians.yaml": ("technicians", TechniciansFile),
    "people.yaml": ("people", PeopleFile),
    "calendars.yaml": ("calendars", CalendarsFile),
    "slas.yaml": ("slas", SlasFile),
    "risk.yaml": ("risk", RiskFile),
    "categories.yaml": ("categories", CategoriesFile),
    "escalation.yaml": ("escalation", EscalationFile),
    "forms.yaml": ("forms", FormsFile),
    "approvals.yaml": ("approvals", ApprovalsFile),
    "notifications.yaml": ("notifications", NotificationsFile),
    "outbreaks.yaml": ("outbreaks", OutbreaksFile),
    "learning.yaml": ("learning", LearningFile),
}
"""File of the folder → part of `Policy` and its model, in reading order."""
OPTIONAL = ("outbreaks.yaml", "learning.yaml")
"""Files that may be missing: every key has a default then."""
PLAYBOOKS = "playbooks"
"""The folder of the playbooks, one file each."""
BESIDE = ("demo.yaml",)
"""What may lie beside the policy files: the head of a demo organisation."""
MOST_PLAYBOOKS = 500

CODES = {
    "no-folder": "the policy folder does not exist or is not a folder",
    "missing-file": "a file of the policy is not there",
    "unknown-file": "a YAML file or a folder is not part of a policy (is its name misspelt?)",
    "unreadable": "a file cannot be read",
    "playbook-name": "a playbook's file is not named after its id",
    "too-many-playbooks": f"there are more than {MOST_PLAYBOOKS} playbooks",
}

_SHOWN = 10
_MOST_ISSUES = 500


def load_policy(folder: Path) -> Policy:
    """The policy in `folder`. Raises `BadPolicy` with the first findings, one a line."""
    reading = _Reading(folder)
    findings = reading.findings()
    if findings:
        count = f"{len(findings)} mistake{'s' if len(findings) > 1 else ''}"
        lines = "".join(f"\n{finding}" for finding in findings[:_SHOWN])
        more = f"\n… and {len(findings) - _SHOWN} more" if len(findings) > _SHOWN else ""
        raise BadPolicy(f"the policy in {folder} has {count}{lines}{more}")
    return Policy.model_validate({**reading.parts, "playbooks": tuple(reading.playbooks)})


def check_policy(folder: Path) -> tuple[Finding, ...]:
    """Every mistake in a policy folder, by file and line; empty when `load_policy` takes it.

    What can only be wrong between files is looked for as soon as the files concerned can be read on their own.
    """
    return tuple(_Reading(folder).findings())


class _Reading:
    """One pass over a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._documents: dict[str, Document] = {}
        self._others: list[Finding] = []
        self.parts: dict[str, BaseModel] = {}
        self.playbooks: list[Playbook] = []

    def findings(self) -> list[Finding]:
        """All findings, in the order of `FILES`, then of lines."""
        if not self._folder.is_dir():
            return [_finding("no-folder", ".", f"there is no folder {self._folder}", "name a policy folder")]
        for file, (part, model) in FILES.items():
            self._read_part(file, part, model)
        self._read_playbooks()
        self._spell_out_holidays()
        self._look_up_features()
        self._others += _strangers(self._folder)
        known: dict[str, Any] = {**self.parts, PLAYBOOKS: tuple(self.playbooks)}
        policy = Policy.model_construct(None, **known)
        for issue in islice(find_issues(policy, self.parts.keys() | {PLAYBOOKS}), _MOST_ISSUES):
            self._note(issue)
        found = [finding for document in self._documents.values() for finding in document.findings]
        order = {file: place for place, file in enumerate(FILES)}
        return sorted(found + self._others, key=lambda f: (order.get(f.file, len(order)), f.file, f.line, f.column))

    def _read_part(self, file: str, part: str, model: type[BaseModel]) -> None:
        path = self._folder / file
        if not path.exists() and file in OPTIONAL:
            self.parts[part] = model()
            return
        if not path.exists():
            mend = f"add it; {file} of policies/default is a start"
            self._others.append(_finding("missing-file", file, f"there is no file {file}", mend))
            return
        document = self._read(path, file)
        if document and not document.findings:
            value = check_shape(document, model)
            if value is not None:
                self.parts[part] = value

    def _spell_out_holidays(self) -> None:
        """Turns holiday sets and iCalendar files into days: from here on a calendar is data like any other."""
        calendars = self.parts.get("calendars")
        if isinstance(calendars, CalendarsFile):
            told = spelt_out(calendars, self._folder)
            self.parts["calendars"] = told.calendars
            for issue in told.issues:
                self._note(issue)
            self._others += told.findings

    def _look_up_features(self) -> None:
        learning = self.parts.get("learning")
        if isinstance(learning, LearningFile) and (learning.leave_out or learning.require):
            for issue in feature_issues(learning):
                self._note(issue)

    def _read_playbooks(self) -> None:
        paths = sorted((self._folder / PLAYBOOKS).glob("*.yaml"))
        if len(paths) > MOST_PLAYBOOKS:
            problem = f"there are {len(paths)} playbooks"
            self._others.append(_finding("too-many-playbooks", PLAYBOOKS, problem, f"keep {MOST_PLAYBOOKS} at most"))
        for path in paths[:MOST_PLAYBOOKS]:
            document = self._read(path, f"{PLAYBOOKS}/{path.name}")
            playbook = check_shape(document, Playbook) if document and not document.findings else None
            if document is None or playbook is None:
                continue
            if playbook.id != path.stem:
                mend = f"rename the file to {playbook.id}.yaml or set `id: {path.stem}`"
                document.add("playbook-name", ("id",), f"{path.name} holds the playbook {playbook.id!r}", mend)
                continue
            self.playbooks.append(playbook)

    def _read(self, path: Path, file: str) -> Document | None:
        try:
            with path.open("rb") as stream:
                raw = stream.read(LARGEST + 1)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self._others.append(_finding("unreadable", file, f"cannot be read: {reason}", "make it a readable file"))
            return None
        self._documents[file] = read_document(file, raw)
        return self._documents[file]

    def _note(self, issue: Issue) -> None:
        document = self._documents[issue.file]
        if issue.offset is not None:
            place = document.place_within(issue.path, issue.offset)
        else:
            place = document.place(issue.path, at_key=issue.at_key)
        document.add(issue.code, issue.path, issue.problem, issue.mend, place)


def _strangers(folder: Path) -> Iterator[Finding]:
    """Files and folders whose name makes one think that they are part of the policy."""
    for path in sorted(folder.iterdir()):
        name = path.name
        if path.is_dir():
            mend = did_you_mean(name, [PLAYBOOKS], "")
            if name != PLAYBOOKS and mend:
                yield _finding("unknown-file", name, f"the folder {name!r} is not part of a policy", mend)
        elif path.suffix in (".yaml", ".yml", ".json") and name not in FILES and name not in BESIDE:
            mend = did_you_mean(name, FILES, "remove it, or move it out of the policy folder")
            yield _finding("unknown-file", name, f"{name!r} is not part of a policy", mend)
    for path in sorted((folder / PLAYBOOKS).glob("*")):
        if path.suffix != ".yaml" and not path.name.startswith("."):
            name = f"{PLAYBOOKS}/{path.name}"
            yield _finding("unknown-file", name, f"{path.name!r} is not a playbook", "name playbooks <id>.yaml")


def _finding(code: str, file: str, problem: str, mend: str) -> Finding:
    return Finding(file=file, line=1, column=1, key="", problem=problem, mend=mend, code=code)
