"""A stored model on a side of a replay."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.judging import LearnedJudgement
from app.models import Loaded
from domain.policy.policy import Policy
from domain.ports import Judgement
from learning.desk import Desk
from learning.stream import Happening


@dataclass
class StoredMind:
    """Implements `app.replay.minds.Mind` with a model that was trained before, on a desk fed by the stream."""

    loaded: Loaded
    policy: Policy
    _desk: Desk = field(default_factory=Desk)

    @property
    def taught_until(self) -> datetime | None:
        """Up to when anything was known that it was taught by."""
        return self.loaded.manifest.until

    def tell(self, happening: Happening) -> None:
        """Tells the desk."""
        self._desk.tell(happening)

    def judgement(self, at: datetime) -> Judgement | None:
        """The model with what the desk knows now."""
        self._desk.advance(at)
        return LearnedJudgement(self.loaded, self._desk, self.policy)

    def notes(self) -> tuple[str, ...]:
        """Which model it is."""
        one = self.loaded.manifest
        return (f"model {one.id} was taught by {one.tickets:,} tickets, up to {one.until:%Y-%m-%d %H:%M %Z}.",)
