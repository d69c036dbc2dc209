"""The demo organisation learns from its own year of closed tickets."""

from __future__ import annotations

from app.bootstrap import Services
from app.history_source import stored
from app.training import Schooling, train
from domain.base import Record


class DemoLearned(Record):
    """What the year of closed tickets taught, and whether it speaks."""

    model: str | None
    targets: tuple[str, ...]
    promoted: bool
    mode: str
    word: str
    """The same in a sentence."""


def learn(services: Services) -> DemoLearned:
    """Trains on what was taken in, as `tierwise train` does."""
    settings, at = services.settings, services.clock.now()
    source = stored(services.store, settings.tenant, at)
    school = Schooling(services.policy, services.models, settings.tenant)
    trained = train(source, school, (), at)
    card, mode = trained.card, services.policy.learning.mode
    left_out = {one.what for one in card.not_learned}
    targets = tuple(one.target for one in card.targets if one.target not in left_out)
    knows = ", ".join((*targets, *(["routing"] if card.routing else [])))
    if card.model is None:
        word = f"nothing was learned: {trained.why}; the points table answers"
    elif not trained.promoted:
        word = f"{card.model} was learned and stays unused: {trained.why}"
    else:
        speaks = "it speaks" if mode == "on" else "it changes nothing until learning.yaml says mode: on"
        word = f"{card.model} was learned ({knows}) and stands promoted; {speaks} (mode: {mode})"
    return DemoLearned(
        model=card.model, targets=targets, promoted=trained.promoted, mode=mode,
        word=word,
    )  # fmt: skip
