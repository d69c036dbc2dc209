"""What a stored model says of itself, and the record of what was promoted when, by whom and why."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from domain.base import Moment, NonEmpty, Record, content_hash
from domain.learned import Target

FORMAT = 1
"""Of the folder and of the manifest; another one is refused."""


class NotLearned(Record):
    """Something that was asked for and not learned."""

    what: Literal["escalation", "sla_breach", "routing"]
    why: str


class Recipe(Record):
    """Everything a model was made from."""

    targets: tuple[Target, ...]
    routing: bool
    """Whether a team model is among its parts."""
    not_learned: tuple[NotLearned, ...] = ()
    since: Moment | None
    """The data window: when the first ticket began …"""
    until: Moment
    """… and the moment up to which anything was known."""
    tickets: int
    labels: dict[str, int]
    """Tickets with a known end, by target."""
    features: tuple[str, ...]
    policy: str
    """The policy's stamp."""
    capacity: float
    """Alerts per technician and working day."""
    seed: int
    libraries: dict[str, str]
    """Versions of everything that wrote a part."""
    trained_at: Moment


class Manifest(Recipe):
    """A recipe with its outcome. `id` is made from all of it but `trained_at` and the card."""

    format: int = FORMAT
    id: NonEmpty
    files: dict[str, str]
    """Part → sha256 (hex)."""
    card_sha256: str
    seal: str
    """sha256 of everything else in the manifest."""

    @classmethod
    def of(cls, recipe: Recipe, parts: Mapping[str, bytes], card: bytes) -> Manifest:
        """The manifest of a model that is about to be stored."""
        files = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(parts.items())}
        bare = cls(
            **{name: getattr(recipe, name) for name in Recipe.model_fields}, id=model_id(recipe, parts), files=files,
            card_sha256=hashlib.sha256(card).hexdigest(), seal="",
        )  # fmt: skip
        return bare.model_copy(update={"seal": bare._sealed()})

    def holds_together(self) -> bool:
        """Whether nothing in it was changed since it was written."""
        return self.seal == self._sealed()

    def _sealed(self) -> str:
        return content_hash(self.model_dump(mode="json", exclude={"seal"}))


def model_id(recipe: Recipe, parts: Mapping[str, bytes]) -> str:
    """The id of a model: the same parts from the same recipe always have the same, whenever they were made."""
    files = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(parts.items())}
    told = recipe.model_dump(mode="json", include=set(Recipe.model_fields) - {"trained_at"})
    return f"mdl_{content_hash([told, dict(files), FORMAT])[:12]}"


class Promotion(Record):
    """One step: a model was promoted, or the one before it was gone back to."""

    kind: Literal["promoted", "rolled_back"]
    model: str | None
    """The one that speaks from then on; none after a rollback of the first."""
    at: Moment
    by: str
    why: str = ""
    forced: bool = False
    """The guard had said no."""


class Promotions(Record):
    """Every step, oldest first."""

    version: Literal[1] = 1
    steps: tuple[Promotion, ...] = Field(default=())

    @model_validator(mode="after")
    def _goes_back_to_something(self) -> Self:
        """A rollback undoes a promotion; a file in which there is none to undo was damaged."""
        standing = 0
        for step in self.steps:
            standing += 1 if step.kind == "promoted" else -1
            if standing < 0 or (step.kind == "promoted" and step.model is None):
                raise ValueError("a step has nothing to go back to, or names no model")
        return self

    @property
    def active(self) -> str | None:
        """The model that speaks."""
        line = self._line()
        return line[-1] if line else None

    @property
    def before(self) -> str | None:
        """The model that a rollback goes back to; none when there was none before."""
        line = self._line()
        return line[-2] if len(line) > 1 else None

    def _line(self) -> list[str]:
        """The promoted models of which none was rolled back."""
        line: list[str] = []
        for step in self.steps:
            if step.kind == "rolled_back":
                line.pop()
            elif step.model is not None:
                line.append(step.model)
        return line
