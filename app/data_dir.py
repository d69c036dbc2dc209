"""The data directory: one owner at a time, and a note of what it was made with."""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path
from types import TracebackType

from pydantic import ValidationError

from domain.base import Moment, Record
from domain.errors import DataDirInUse, Misconfigured


class Birth(Record):
    """What the data directory was made for. `demo_now` and `made_at` place the demo's clock."""

    tenant: str | None = None
    demo_now: Moment | None = None
    made_at: Moment | None = None


class DataDir:
    """An exclusive hold on a data directory; released with the process, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    @property
    def records(self) -> Path:
        """The records database."""
        return self.path / "records.db"

    @property
    def checkpoints(self) -> Path:
        """The journeys' checkpoints."""
        return self.path / "checkpoints.db"

    @property
    def engine(self) -> Path:
        """The durable queue."""
        return self.path / "engine.db"

    @property
    def index(self) -> Path:
        """The vector index."""
        return self.path / "index"

    @property
    def mail(self) -> Path:
        """Outgoing mail."""
        return self.path / "mail"

    @property
    def models(self) -> Path:
        """What was learned, by tenant."""
        return self.path / "models"

    @property
    def policy(self) -> Path:
        """The policy folder that lives with the data, if there is one."""
        return self.path / "policy"

    def __enter__(self) -> DataDir:
        """Creates the directory when missing. Raises `DataDirInUse`, `Misconfigured`."""
        self.create()
        try:
            self._lock = os.open(self.path / "owner", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Misconfigured(
                f"cannot use {self.path} as data directory: {error.strerror}",
                mend="choose another with --data-dir or TIERWISE_DATA_DIR",
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = os.read(self._lock, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(self._lock)
            self._lock = None
            raise DataDirInUse(
                f"{self.path} is in use by process {owner}",
                mend="stop that process, talk to it over HTTP, or use another --data-dir",
            ) from error
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, f"{os.getpid()}\n".encode(), 0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Lets go."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def create(self) -> None:
        """Makes the directory when it is missing. Raises `Misconfigured`."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Misconfigured(
                f"cannot use {self.path} as data directory: {error.strerror}",
                mend="choose another with --data-dir or TIERWISE_DATA_DIR",
            ) from error

    def birth(self) -> Birth:
        """What it was made for. Raises `Misconfigured` when the note is damaged."""
        note = self.path / "birth.json"
        if not note.exists():
            return Birth()
        try:
            return Birth.model_validate_json(note.read_bytes())
        except ValidationError as error:
            raise Misconfigured(f"{note} is damaged", mend="restore it, or use another --data-dir") from error

    def link_secret(self) -> bytes:
        """The secret that signs links, made at the first call. Raises `Misconfigured`."""
        path = self.path / "link.key"
        try:
            if not path.exists():
                made = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(made, "wb") as stream:
                    stream.write(secrets.token_bytes(32))
                path.with_suffix(".new").replace(path)
            return path.read_bytes()
        except OSError as error:
            raise Misconfigured(f"{path} cannot be used: {error.strerror}", mend="make it readable") from error

    def note_birth(self, birth: Birth) -> None:
        """Writes down what it was made for."""
        (self.path / "birth.json").write_text(birth.model_dump_json(indent=1) + "\n", encoding="utf-8")
