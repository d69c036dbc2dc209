"""Where models live: one folder for each, named after its content, and one file that says which one speaks.

    <root>/<tenant>/<model id>/manifest.json   what it is, with the sha256 of every part, sealed by a hash of its own
    <root>/<tenant>/<model id>/*.skops, card.json
    <root>/<tenant>/active.json                every promotion and rollback; replaced in one step

A folder appears whole or not at all (it is written beside and renamed), and so does `active.json`: a process that is
killed leaves either what was there before or what it wanted to write. Nothing is ever unpickled.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from domain.base import Record
from domain.errors import BadModel, Conflict, DiskFull, Misconfigured, NotFound
from learning.manifest import FORMAT, Manifest, Promotion, Promotions, Recipe

MANIFEST = "manifest.json"
CARD = "card.json"
ACTIVE = "active.json"
_NEW = ".new-"
_OLD = ".old-"
_TRAIN_AGAIN = "run `tierwise train`, or `tierwise model rollback`; until then the points table answers"

R = TypeVar("R", bound=Record)


class Entry(Record):
    """One model of a list; `error` says why it cannot be used."""

    id: str
    manifest: Manifest | None
    error: str = ""


class ModelStore:
    """The models of every tenant below one folder. Several processes may use it at once."""

    def __init__(self, root: Path) -> None:
        self._root = root

    # Models

    def save(self, tenant: str, recipe: Recipe, parts: Mapping[str, bytes], card: bytes) -> Manifest:
        """Stores a model; the same content again is the same model and changes nothing.

        Raises `DiskFull`, `Misconfigured`.
        """
        manifest = Manifest.of(recipe, parts, card)
        home = self._home(tenant)
        files = {**parts, CARD: card, MANIFEST: manifest.model_dump_json(indent=1).encode()}
        with _writing(home), self._locked(tenant):
            if self._is_well(tenant, manifest.id):
                return self.manifest(tenant, manifest.id)
            self._sweep(tenant)
            fresh = home / f"{_NEW}{manifest.id}"
            fresh.mkdir()
            for name, data in files.items():
                _write(fresh / name, data)
            _sync_folder(fresh)
            if (home / manifest.id).exists():
                (home / manifest.id).rename(home / f"{_OLD}{manifest.id}")
            fresh.rename(home / manifest.id)
            _sync_folder(home)
            self._sweep(tenant)
        return manifest

    def manifest(self, tenant: str, model: str) -> Manifest:
        """What a model is. Raises `NotFound`, and `BadModel` for another format or a damaged manifest."""
        folder = self._folder(tenant, model)
        manifest = _read_record(folder / MANIFEST, Manifest, model)
        if manifest.format != FORMAT:
            raise BadModel(
                f"model {model} is of format {manifest.format}, this release reads {FORMAT}", mend=_TRAIN_AGAIN
            )
        if manifest.id != model or not manifest.holds_together():
            raise BadModel(f"model {model}: {MANIFEST} was changed", mend=_TRAIN_AGAIN)
        return manifest

    def part(self, tenant: str, model: str, name: str) -> bytes:
        """One part, if it is as it was written. Raises `NotFound`, `BadModel`."""
        manifest = self.manifest(tenant, model)
        if name not in manifest.files:
            raise NotFound(f"model {model} has no part {name}")
        return _checked(self._folder(tenant, model) / name, manifest.files[name], model)

    def card(self, tenant: str, model: str) -> bytes:
        """The model card, if it is as it was written. Raises `NotFound`, `BadModel`."""
        manifest = self.manifest(tenant, model)
        return _checked(self._folder(tenant, model) / CARD, manifest.card_sha256, model)

    def check(self, tenant: str, model: str) -> Manifest:
        """Reads every file of a model. Raises `NotFound`, `BadModel`."""
        manifest = self.manifest(tenant, model)
        for name in manifest.files:
            self.part(tenant, model, name)
        self.card(tenant, model)
        return manifest

    def models(self, tenant: str) -> list[Entry]:
        """Every model, oldest training first; a damaged one is listed with its error."""
        home = self._home(tenant)
        names = sorted(one.name for one in home.iterdir() if _is_model(one)) if home.is_dir() else []
        found = []
        for name in names:
            try:
                found.append(Entry(id=name, manifest=self.check(tenant, name)))
            except BadModel as error:
                found.append(Entry(id=name, manifest=None, error=error.message))
        return sorted(found, key=lambda one: (one.manifest.trained_at.timestamp() if one.manifest else 0.0, one.id))

    # Which one speaks

    def promotions(self, tenant: str) -> Promotions:
        """Every promotion and rollback, oldest first. Raises `BadModel` when the file is damaged."""
        path = self._home(tenant) / ACTIVE
        if not path.exists():
            return Promotions()
        return _read_record(path, Promotions, ACTIVE)

    def mark(self, tenant: str) -> tuple[int, ...] | None:
        """Changes whenever another model is promoted or a model is written anew; none before the first promotion."""
        try:
            pointer, home = (self._home(tenant) / ACTIVE).stat(), self._home(tenant).stat()
        except OSError:
            return None
        return pointer.st_mtime_ns, pointer.st_ino, home.st_mtime_ns

    def active(self, tenant: str) -> str | None:
        """The model that is promoted; none when there is none, or the last one was rolled back. Raises `BadModel`."""
        return self.promotions(tenant).active

    def promote(self, tenant: str, step: Promotion) -> Promotions:
        """Makes a model the one that speaks. Raises `NotFound`, `BadModel`, `Conflict` when it is already."""
        self.check(tenant, step.model or "")

        def change(now: Promotions) -> Promotions:
            if now.active == step.model:
                raise Conflict(f"model {step.model} is the promoted one already")
            return now.model_copy(update={"steps": (*now.steps, step)})

        return self._change(tenant, change)

    def rollback(self, tenant: str, step: Promotion) -> Promotions:
        """Goes back to the model before the promoted one, or to none. Raises `Conflict` when nothing is promoted.

        The model gone back to is checked first: `BadModel` when it is damaged.
        """

        def change(now: Promotions) -> Promotions:
            if now.active is None:
                raise Conflict("no model is promoted", mend="`tierwise model list` shows what there is")
            if now.before is not None:
                self.check(tenant, now.before)
            return now.model_copy(update={"steps": (*now.steps, step.model_copy(update={"model": now.before}))})

        return self._change(tenant, change)

    def prune(self, tenant: str, keep: int = 0) -> list[str]:
        """Removes old models but the newest `keep`, the promoted one and those a rollback would go back to next.

        The ids that were removed. What a killed process left half-written goes as well.
        """
        home = self._home(tenant)
        if not home.is_dir():
            return []
        with self._locked(tenant):
            self._sweep(tenant)
            now = self.promotions(tenant)
            entries = self.models(tenant)
            kept = {one.id for one in entries[len(entries) - keep :]} if keep else set()
            gone = [one.id for one in entries if one.id not in {*kept, now.active, now.before}]
            for id in gone:
                (home / id).rename(home / f"{_OLD}{id}")
            self._sweep(tenant)
        return gone

    def _change(self, tenant: str, change: Callable[[Promotions], Promotions]) -> Promotions:
        home = self._home(tenant)
        with _writing(home), self._locked(tenant):
            after = change(self.promotions(tenant))
            fresh = home / f"{_NEW}{ACTIVE}"
            _write(fresh, after.model_dump_json(indent=1).encode())
            fresh.replace(home / ACTIVE)
            _sync_folder(home)
        return after

    # Files

    def _home(self, tenant: str) -> Path:
        return self._root / tenant

    def _folder(self, tenant: str, model: str) -> Path:
        folder = self._home(tenant) / model
        if not _is_model(folder):
            raise NotFound(f"there is no model {model or '(none named)'}", mend="`tierwise model list` shows them")
        return folder

    def _is_well(self, tenant: str, model: str) -> bool:
        try:
            self.check(tenant, model)
        except (NotFound, BadModel):
            return False
        return True

    def _sweep(self, tenant: str) -> None:
        for leftover in [*self._home(tenant).glob(f"{_NEW}*"), *self._home(tenant).glob(f"{_OLD}*")]:
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()

    @contextmanager
    def _locked(self, tenant: str) -> Iterator[None]:
        """One writer of a tenant's models at a time; the lock goes with the process."""
        handle = os.open(self._home(tenant) / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _is_model(path: Path) -> bool:
    return path.name.startswith("mdl_") and path.is_dir()


def _read_record(path: Path, kind: type[R], what: str) -> R:
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BadModel(f"{what}: {path.name} cannot be read: {error.strerror}", mend=_TRAIN_AGAIN) from error
    except ValidationError as error:
        raise BadModel(f"{what}: {path.name} is damaged or of another version", mend=_TRAIN_AGAIN) from error


def _checked(path: Path, sha256: str, model: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadModel(f"model {model}: {path.name} cannot be read: {error.strerror}", mend=_TRAIN_AGAIN) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise BadModel(f"model {model}: {path.name} is not what was written", mend=_TRAIN_AGAIN)
    return data


@contextmanager
def _writing(home: Path) -> Iterator[None]:
    try:
        home.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"{home} cannot be written: {error.strerror}", mend="free some space, then run it again"
            ) from error
        raise Misconfigured(
            f"{home} cannot be written: {error.strerror}", mend="make it writable, or use another --data-dir"
        ) from error


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
