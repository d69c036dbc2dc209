from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import BadModel, Conflict, NotFound
from learning.manifest import Promotion, Promotions, Recipe
from learning.store import ModelStore

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
TENANT = "acme"


def recipe(**changes: object) -> Recipe:
    told = {
        "targets": ("escalation",), "routing": False, "since": NOW - timedelta(days=90), "until": NOW, "tickets": 400,
        "labels": {"escalation": 400}, "features": ("hour",), "policy": "1.0.0+abc", "capacity": 1.0, "seed": 0,
        "libraries": {"scikit-learn": "1.9.1"}, "trained_at": NOW,
    }  # fmt: skip
    return Recipe.model_validate(told | changes)


def step(model: str | None, kind: str = "promoted") -> Promotion:
    return Promotion.model_validate({"kind": kind, "model": model, "at": NOW, "by": "ada"})


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def saved(store: ModelStore, body: bytes = b"one", tenant: str = TENANT, at: datetime = NOW) -> str:
    return store.save(tenant, recipe(trained_at=at), {"risk-escalation.skops": body}, b"{}").id


def folder(tmp_path: Path, model: str) -> Path:
    return tmp_path / "models" / TENANT / model


def test_what_was_stored_is_read_back(store: ModelStore) -> None:
    model = saved(store)
    assert store.part(TENANT, model, "risk-escalation.skops") == b"one"
    assert store.card(TENANT, model) == b"{}"
    assert store.manifest(TENANT, model).tickets == 400


def test_the_same_content_is_the_same_model_whenever_it_was_made(store: ModelStore) -> None:
    assert saved(store) == saved(store, at=NOW + timedelta(days=3))
    assert saved(store) != saved(store, b"two")
    assert len(store.models(TENANT)) == 2


def test_tenants_do_not_see_each_others_models(store: ModelStore) -> None:
    model = saved(store)
    assert store.models("other") == []
    with pytest.raises(NotFound):
        store.part("other", model, "risk-escalation.skops")


@settings(max_examples=40, deadline=None)
@given(where=st.integers(min_value=0), bit=st.integers(0, 7), file=st.sampled_from(["part", "card", "manifest"]))
def test_no_flipped_bit_goes_unseen(tmp_path_factory: pytest.TempPathFactory, where: int, bit: int, file: str) -> None:
    root = tmp_path_factory.mktemp("flip")
    store = ModelStore(root)
    model = store.save(TENANT, recipe(), {"risk-escalation.skops": b"some bytes of a model"}, b'{"card": 1}').id
    name = {"part": "risk-escalation.skops", "card": "card.json", "manifest": "manifest.json"}[file]
    path = root / TENANT / model / name
    data = bytearray(path.read_bytes())
    before = store.manifest(TENANT, model)
    data[where % len(data)] ^= 1 << bit
    path.write_bytes(bytes(data))
    try:
        # Only a space between two keys of the manifest may change without changing what it says.
        assert store.check(TENANT, model) == before and file == "manifest"
    except BadModel as error:
        assert "tierwise train" in error.mend


@pytest.mark.parametrize("name", ["risk-escalation.skops", "card.json", "manifest.json"])
def test_a_missing_file_is_named(store: ModelStore, tmp_path: Path, name: str) -> None:
    model = saved(store)
    (folder(tmp_path, model) / name).unlink()
    with pytest.raises(BadModel, match=name):
        store.check(TENANT, model)
    assert [one.error for one in store.models(TENANT)] != [""]


def test_another_format_is_refused_with_its_number(store: ModelStore, tmp_path: Path) -> None:
    model = saved(store)
    path = folder(tmp_path, model) / "manifest.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(BadModel, match="format 2, this release reads 1"):
        store.check(TENANT, model)


def test_a_model_that_was_renamed_is_refused(store: ModelStore, tmp_path: Path) -> None:
    model = saved(store)
    folder(tmp_path, model).rename(folder(tmp_path, "mdl_000000000000"))
    with pytest.raises(BadModel, match="was changed"):
        store.check(TENANT, "mdl_000000000000")


def test_a_damaged_model_is_mended_by_training_it_again(store: ModelStore, tmp_path: Path) -> None:
    model = saved(store)
    (folder(tmp_path, model) / "card.json").write_bytes(b"x")
    assert saved(store) == model
    assert store.check(TENANT, model).id == model


def test_nothing_speaks_until_it_is_promoted_and_rolling_back_goes_step_by_step(store: ModelStore) -> None:
    one, two = saved(store), saved(store, b"two")
    assert store.active(TENANT) is None
    store.promote(TENANT, step(one))
    store.promote(TENANT, step(two))
    assert store.active(TENANT) == two
    assert store.rollback(TENANT, step(None, "rolled_back")).active == one
    assert store.rollback(TENANT, step(None, "rolled_back")).active is None
    with pytest.raises(Conflict, match="no model is promoted"):
        store.rollback(TENANT, step(None, "rolled_back"))
    assert [one.kind for one in store.promotions(TENANT).steps] == [
        "promoted",
        "promoted",
        "rolled_back",
        "rolled_back",
    ]


def test_what_is_damaged_or_unknown_cannot_be_promoted(store: ModelStore, tmp_path: Path) -> None:
    model = saved(store)
    (folder(tmp_path, model) / "risk-escalation.skops").write_bytes(b"x")
    with pytest.raises(BadModel):
        store.promote(TENANT, step(model))
    with pytest.raises(NotFound):
        store.promote(TENANT, step("mdl_unknown"))
    assert store.promotions(TENANT) == Promotions()


def test_a_damaged_pointer_is_said(store: ModelStore, tmp_path: Path) -> None:
    store.promote(TENANT, step(saved(store)))
    (tmp_path / "models" / TENANT / "active.json").write_text("{")
    with pytest.raises(BadModel, match=r"active\.json"):
        store.active(TENANT)


@pytest.mark.parametrize(
    "steps", [[step(None, "rolled_back")], [step("mdl_1"), step(None, "rolled_back")] * 2 + [step(None)]]
)
def test_a_pointer_whose_steps_make_no_sense_is_damaged(
    store: ModelStore, tmp_path: Path, steps: list[Promotion]
) -> None:  # fmt: skip
    told = Promotions.model_construct(version=1, steps=tuple(steps)).model_dump_json()
    (tmp_path / "models" / TENANT).mkdir(parents=True)
    (tmp_path / "models" / TENANT / "active.json").write_text(told)
    with pytest.raises(BadModel, match="damaged"):
        store.active(TENANT)


def test_pruning_keeps_the_promoted_model_and_its_predecessor(store: ModelStore) -> None:
    models = [saved(store, bytes([number]), at=NOW + timedelta(days=number)) for number in range(5)]
    store.promote(TENANT, step(models[0]))
    store.promote(TENANT, step(models[1]))
    assert store.prune(TENANT, keep=1) == [models[2], models[3]]
    assert [one.id for one in store.models(TENANT)] == [models[0], models[1], models[4]]


_KILLED = """
import os, sys
from pathlib import Path
import learning.store as module
from tests.learning.test_store import TENANT, recipe, saved, step
from learning.store import ModelStore
store, at = ModelStore(Path(sys.argv[1])), int(sys.argv[2])
written = 0
whole = module._write
def dying(path, data):
    global written
    written += 1
    if written == at:
        path.write_bytes(data[: len(data) // 2])
        os.kill(os.getpid(), 9)
    whole(path, data)
module._write = dying
store.promote(TENANT, step(saved(store, b"two")))
"""


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_killed_at_any_write_the_old_model_still_speaks_and_the_same_call_goes_on(tmp_path: Path, at: int) -> None:
    root = tmp_path / "models"
    store = ModelStore(root)
    one = saved(store)
    store.promote(TENANT, step(one))
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(root), str(at)], env={**os.environ, "PYTHONPATH": str(Path.cwd())}
    )
    assert done.returncode == -9
    assert store.active(TENANT) == one
    assert all(not entry.error for entry in store.models(TENANT))
    two = saved(store, b"two")
    assert store.promote(TENANT, step(two)).active == two
    assert not [path for path in (root / TENANT).iterdir() if path.name.startswith((".new-", ".old-"))]
