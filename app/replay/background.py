"""Replays that the server runs beside its work: each is a process of its own, and a folder that says how it stands.

    <data directory>/replays/<tenant>/<replay id>/asked.json     what was asked for
    …/progress.json, error.json, report/                         how far it is, why it failed, what came of it

A replay computes for minutes and would hold up whoever shares its process. Its id is made from what was asked and from
the history that was there, so the same request is the same replay: asked for again, it is answered from its folder, or
begun again where a stopped process left it. A lock that goes with the process tells whether it is running.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Annotated, Literal, TypeVar

from pydantic import ConfigDict, Field, StringConstraints, ValidationError

from adapters.policy_folder import load_policy
from adapters.storage import stream
from adapters.storage.store import Store
from app.data_dir import DataDir
from app.replay.report import DATA, PAGE
from app.replay.result import Replay
from app.settings import Settings
from domain.base import Moment, Record, derived_id
from domain.errors import BadInput, Conflict, NotFound
from domain.history import LATEST
from domain.policy.base import Slug
from learning.store import ModelStore

KEPT = 20
"""Replays of a tenant that are kept; the oldest goes when another one begins."""
_ASKED, _PROGRESS, _ERROR, _LOCK, REPORT = "asked.json", "progress.json", "error.json", "lock", "report"
DEFAULT = "default"
"""The name of the policy that ships."""


Model = Annotated[str, StringConstraints(pattern=r"^(none|active|walk-forward|mdl_[0-9a-f]{12})$")]


class ReplayAsked(Record):
    """What to replay: policies by name, and which tickets are judged."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"against": "next", "model": "walk-forward", "seed": 1}]})

    policy: Slug | None = None
    against: Slug | None = None
    model: Model = "none"
    against_model: Model | None = None
    start: Moment | None = None
    end: Moment | None = None
    seed: int = Field(default=1, ge=0, lt=2**63)


class Errand(Record):
    """What the process of a replay is given."""

    asked: ReplayAsked
    tenant: str
    data_dir: Path
    policy: Path
    against: Path | None
    events: int


class Progress(Record):
    """Events that were streamed so far, out of how many."""

    events: int
    of: int


class Failure(Record):
    """Why a replay came to nothing."""

    code: str
    message: str


class Standing(Record):
    """How a replay stands. `stopped`: its process ended before it was done (`log.txt` beside says how);
    the same request begins it again."""

    id: str
    state: Literal["running", "done", "failed", "stopped"]
    asked: ReplayAsked
    progress: Progress | None
    error: Failure | None
    result: Replay | None


class Replays:
    """Starts replays of what a tenant has in the store, one at a time, and says how they stand."""

    def __init__(self, settings: Settings, store: Store, in_force: Path) -> None:
        self._settings = settings
        self._store = store
        self._in_force = in_force
        self._processes: list[subprocess.Popen[bytes]] = []
        self._starting = Lock()

    def start(self, tenant: str, asked: ReplayAsked) -> Standing:
        """Begins a replay, or finds the one that was asked for before.

        Raises `NotFound` for a policy that is not stored, `BadPolicy`, `BadInput` without a history, `Conflict` while
        another one is running.
        """
        policy = self._folder(asked.policy)
        against = self._folder(asked.against) if asked.against is not None else None
        stamps = [load_policy(folder).stamp for folder in (policy, against) if folder is not None]
        events = stream.count(self._store.engine, tenant)
        last = stream.span(self._store.engine, tenant, LATEST).last
        if last is None:
            raise BadInput("there is no history to replay", mend="`tierwise import` closed tickets first")
        promoted = ModelStore(DataDir(self._settings.data_dir).models).active(tenant) or ""
        id_ = derived_id("rpl", tenant, promoted, asked.model_dump_json(), *stamps, str(events), last.isoformat())
        home = self._home(tenant) / id_
        errand = Errand(
            asked=asked, tenant=tenant, data_dir=self._settings.data_dir.absolute(), policy=policy.absolute(),
            against=against.absolute() if against is not None else None, events=events,
        )  # fmt: skip
        with self._starting:
            if not home.is_dir() or self.standing(tenant, id_).state == "stopped":
                self._begin(tenant, home, errand)
        return self.standing(tenant, id_)

    def standing(self, tenant: str, id_: str) -> Standing:
        """How a replay stands. Raises `NotFound`."""
        home = self._named(tenant, id_)
        asked = Errand.model_validate_json((home / _ASKED).read_bytes()).asked
        running = _is_locked(home / _LOCK)
        result, error = _read(home / REPORT / DATA, Replay), _read(home / _ERROR, Failure)
        state: Literal["running", "done", "failed", "stopped"] = "stopped"
        if running:
            state = "running"
        elif result is not None or error is not None:
            state = "done" if result is not None else "failed"
        return Standing(
            id=id_, state=state, asked=asked, progress=_read(home / _PROGRESS, Progress), error=error, result=result
        )

    def page(self, tenant: str, id_: str) -> str:
        """The report. Raises `NotFound` as long as there is none."""
        page = self._named(tenant, id_) / REPORT / PAGE
        if not page.is_file():
            raise NotFound(f"replay {id_} has no report", mend="ask for it as JSON to see how it stands")
        return page.read_text(encoding="utf-8")

    def close(self) -> None:
        """Stops what is running; it can be asked for again."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(timeout=10)

    def _begin(self, tenant: str, home: Path, errand: Errand) -> None:
        running = [one for one in self._all(tenant) if _is_locked(one / _LOCK)]
        if running:
            raise Conflict(f"replay {running[0].name} is running", mend="wait until it is done, then ask again")
        others = [one for one in self._all(tenant) if one != home]
        for old in others[: max(0, len(others) - KEPT + 1)]:
            shutil.rmtree(old)
        home.mkdir(parents=True, exist_ok=True)
        for leftover in (_PROGRESS, _ERROR):
            (home / leftover).unlink(missing_ok=True)
        (home / _ASKED).write_text(errand.model_dump_json(indent=1), encoding="utf-8")
        self._processes = [one for one in self._processes if one.poll() is None]
        with _locked(home / _LOCK) as handle, (home / "log.txt").open("wb") as log:
            # The lock is handed on: it is held without a gap until the process ends, however it does.
            self._processes.append(
                subprocess.Popen(  # noqa: S603 - our own module
                    [sys.executable, "-m", "app.replay.job", str(home)], stdin=subprocess.DEVNULL, stdout=log,
                    stderr=log, pass_fds=(handle,),
                )
            )  # fmt: skip

    def _folder(self, name: str | None) -> Path:
        """A stored policy folder: the one in force, or one below `policies` in the data directory."""
        if name is None:
            return self._in_force
        stored = self._settings.data_dir / "policies"
        known = sorted(one.name for one in stored.iterdir() if one.is_dir()) if stored.is_dir() else []
        if name in known:
            return stored / name
        if name == DEFAULT:
            from app.bootstrap import DEFAULT_POLICY

            return DEFAULT_POLICY
        there_are = ", ".join(dict.fromkeys((DEFAULT, *known)))
        raise NotFound(f"no policy {name!r} is stored", mend=f"put its folder below {stored}; there are {there_are}")

    def _home(self, tenant: str) -> Path:
        return self._settings.data_dir / "replays" / tenant

    def _all(self, tenant: str) -> list[Path]:
        """The replays of a tenant, the one asked for longest ago first."""
        home = self._home(tenant)
        folders = [one for one in home.iterdir() if (one / _ASKED).is_file()] if home.is_dir() else []
        return sorted(folders, key=lambda one: ((one / _ASKED).stat().st_mtime_ns, one.name))

    def _named(self, tenant: str, id_: str) -> Path:
        # Compared with what is there, never joined: an id cannot lead anywhere else.
        found = next((one for one in self._all(tenant) if one.name == id_), None)
        if found is None:
            raise NotFound(f"no replay {id_!r}", mend="ids come from POST /v1/replays")
        return found


def write_whole(path: Path, text: str) -> None:
    """Replaces a file in one step, so that nobody reads half of it."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def errand_of(home: Path) -> Errand:
    """What a replay's process is to do."""
    return Errand.model_validate_json((home / _ASKED).read_bytes())


def note_progress(home: Path, progress: Progress) -> None:
    """Says how far it is."""
    write_whole(home / _PROGRESS, progress.model_dump_json())


def note_failure(home: Path, failure: Failure) -> None:
    """Says why it came to nothing."""
    write_whole(home / _ERROR, failure.model_dump_json())


R = TypeVar("R", bound=Record)


def _read(path: Path, kind: type[R]) -> R | None:
    try:
        return kind.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)
