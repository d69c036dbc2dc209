"""The model card as it is asked for: what was measured at training, and how far things have moved since."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import numpy as np

from app.history_source import Source
from app.models import Loaded, load
from domain.asof import cut_after
from domain.base import Moment, Record
from domain.errors import BadModel, NotFound
from domain.learned import Target
from domain.policy.policy import Policy
from learning.card import Bin, ModelCard
from learning.desk import Desk
from learning.drift import FEWEST, Shift, shifts
from learning.features import Observation, observe
from learning.figures import bins_of, brier, ece, scored
from learning.held_out import MOST, Listener, Window
from learning.store import ModelStore
from learning.stream import happenings

WARM_UP = timedelta(days=60)
"""The desk is told so much before the first ticket that counts: its slowest memory halves in two weeks."""


class TargetDrift(Record):
    """One target since training, on the tickets whose end is known by now."""

    target: Target
    tickets: int
    happened: int
    base_rate: float | None
    """None with too few tickets to say."""
    base_rate_then: float
    """Of the window that the card was measured on."""
    brier: float | None
    ece: float | None
    """Of the promoted model's probabilities at the first event; calibration error over ten equally full bins."""
    bins: tuple[Bin, ...]


class Drift(Record):
    """What came in since the model was trained."""

    since: Moment
    until: Moment
    tickets: int
    targets: tuple[TargetDrift, ...]
    shifts: tuple[Shift, ...]
    """By feature, the population stability index against what was learned from; the farthest first."""
    note: str = ""


class CardView(ModelCard):
    """A model card with the state of its model."""

    state: Literal["promoted", "stored"]
    mode: Literal["off", "shadow", "on"]
    """What the policy in force lets the promoted model do."""
    drift: Drift | None = None


def card_view(
    models: ModelStore, tenant: str, policy: Policy, model: str | None = None, source: Source | None = None
) -> CardView:
    """The card of a model: by default the promoted one, or the newest where none is. With `source`, also the drift.

    Raises `NotFound` when nothing was learned, `BadModel` when the model or its card is damaged.
    """
    active = models.active(tenant)
    chosen = model or active or _newest(models, tenant)
    manifest = models.manifest(tenant, chosen)
    try:
        card = ModelCard.model_validate_json(models.card(tenant, chosen))
    except ValueError as error:
        raise BadModel(f"the card of {chosen} is of another version", mend="run `tierwise train`") from error
    drift = drift_since(load(models, tenant, chosen), card, policy, source) if source is not None else None
    state: Literal["promoted", "stored"] = "promoted" if manifest.id == active else "stored"
    told = {name: getattr(card, name) for name in ModelCard.model_fields}
    return CardView(**told, state=state, mode=policy.learning.mode, drift=drift)


def drift_since(loaded: Loaded, card: ModelCard, policy: Policy, source: Source) -> Drift:
    """What has changed since the end of the model's data, by the history up to now."""
    since = loaded.manifest.until
    until: datetime = max(source.last or since, since)
    window = Window(since, until)
    share = min(1.0, MOST / max(1, source.begun(since)))
    listener = Listener((loaded.judge(),), policy, tuple(loaded.risks), window, share)
    desk, seen_new = Desk(), list[Observation]()
    for happening in happenings(source.tell(since - WARM_UP)):
        if happening.at > until:
            break
        desk.tell(happening)
        if happening.at <= since:
            continue
        cut = cut_after(happening.ticket, happening.count)
        seen = observe(cut, happening.at, desk, policy)
        if happening.count == 1:
            seen_new.append(seen)
        listener.take(happening, cut, seen, desk)
    window = listener.closed()
    little = (
        f"{len(seen_new)} tickets came in since; {FEWEST} are needed to tell drift" if len(seen_new) < FEWEST else ""
    )
    return Drift(
        since=since, until=until, tickets=len(seen_new), shifts=shifts(card.profile, seen_new), note=little,
        targets=tuple(_target(window, loaded, target, card) for target in loaded.risks),
    )  # fmt: skip


def _target(window: Window, loaded: Loaded, target: Target, card: ModelCard) -> TargetDrift:
    found = scored(window, loaded.id, target)
    enough = len(found.truth) >= FEWEST
    then = next((one.base_rate for one in card.targets if one.target == target), float("nan"))
    return TargetDrift(
        target=target, tickets=len(found.truth), happened=int(found.truth.sum()),
        base_rate=float(found.truth.mean()) if enough else None, base_rate_then=0.0 if np.isnan(then) else then,
        brier=brier(found.probability, found.truth) if enough else None,
        ece=ece(found.probability, found.truth) if enough else None,
        bins=bins_of(found.probability, found.truth) if enough else (),
    )  # fmt: skip


def _newest(models: ModelStore, tenant: str) -> str:
    usable = [one.id for one in models.models(tenant) if one.manifest is not None]
    if not usable:
        raise NotFound("nothing was learned yet", mend="run `tierwise train`; until then the points table answers")
    return usable[-1]
