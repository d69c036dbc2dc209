"""Who is replayed against whom, and where the history comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from adapters.policy_folder import load_policy
from adapters.storage import stream
from app.bootstrap import open_records, policy_folder
from app.data_dir import DataDir
from app.models import Loaded, load
from app.replay.minds import WalkForward
from app.replay.replaying import Contender
from app.replay.stored import StoredMind
from app.settings import Settings
from domain.errors import BadInput
from domain.policy.policy import Policy
from domain.ticket import Ticket
from learning.store import ModelStore

NONE, ACTIVE, WALK_FORWARD = "none", "active", "walk-forward"


def contenders(
    chosen: Settings, against: Path | None = None, model: str = NONE, against_model: str | None = None, *, seed: int = 1
) -> tuple[Contender, ...]:  # fmt: skip
    """The policy in force (or the one the settings name) and, when anything is given for it, another side against it.

    A model is `none`, `active` (the promoted one), `walk-forward`, or the id of a stored one. The other side has the
    same policy or model where none is given for it. On a side with a model, the model speaks, whatever `mode` its
    learning.yaml has: what that comes to is what is asked.

    Raises `BadPolicy`, `BadModel`, `NotFound`, `BadInput` when nothing is promoted.
    """
    policy = load_policy(policy_folder(chosen, DataDir(chosen.data_dir)))
    sides = [_contender(chosen, "policy", policy, model, seed)]
    if against is not None or against_model is not None:
        other = load_policy(against) if against is not None else policy
        sides.append(_contender(chosen, "against", other, model if against_model is None else against_model, seed))
    return tuple(sides)


def _contender(chosen: Settings, name: str, policy: Policy, model: str, seed: int) -> Contender:
    if model == NONE:
        return Contender(name, policy)
    parts = {field: getattr(policy, field) for field in Policy.model_fields}
    speaking = Policy(**{**parts, "learning": policy.learning.model_copy(update={"mode": "on"})})
    if model == WALK_FORWARD:
        return Contender(name, speaking, model, WalkForward(speaking, seed))
    loaded = _loaded(chosen, model)
    return Contender(name, speaking, loaded.id, StoredMind(loaded, speaking))


def _loaded(chosen: Settings, model: str) -> Loaded:
    with open_records(chosen) as (_, _, tenant):
        models = ModelStore(DataDir(chosen.data_dir).models)
        named = models.active(tenant) if model == ACTIVE else model
        if named is None:
            raise BadInput(
                "no model is promoted",
                mend="`tierwise train` one, or use --model walk-forward; none is the points table",
            )
        return load(models, tenant, named)


@contextmanager
def stored_history(chosen: Settings) -> Iterator[tuple[Iterable[Ticket], int]]:
    """What was imported or came in, in the order of time, and how many events that are. Raises `BadInput`."""
    with open_records(chosen) as (store, _, tenant):
        events = stream.count(store.engine, tenant)
        if not events:
            raise BadInput(
                f"{chosen.data_dir} holds no history of tenant {tenant}",
                mend="name files with --history, or `tierwise import` some",
            )
        yield stream.in_order(store.engine, tenant), events
