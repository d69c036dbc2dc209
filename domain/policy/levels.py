"""escalation.yaml, the matrix: what happens when so much of a promise is used up, or so much risk is reached."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.policy.base import Minutes, PolicyModel, Slug, When
from domain.policy.promises import ClockName
from domain.ticket import Tier


class LevelSet(PolicyModel):
    """What a level sets, together or not at all. A priority is never lowered, nor a tier."""

    priority: str | None = None
    sla_target: Slug | None = None
    """The id of a target of slas.yaml."""
    owner: Slug | None = None
    """`team_lead`, `tier_lead`, a technician, or a role of people.yaml whose first technician gets it."""
    tier: Tier | None = None
    team: Slug | None = None
    queue: str | None = None
    status: str | None = None
    tags: tuple[Slug, ...] = ()


class Level(PolicyModel):
    """One step of the matrix. It is due once for each promise; of several that are due, the last listed applies."""

    id: Slug
    when: When = When()
    clock: ClockName | None = None
    """The promise whose time counts; needed unless `risk_at_least` is given."""
    at_percent: Annotated[int, Field(ge=1, le=1000)] | None = None
    """When so much of the target is used."""
    minutes_before_breach: Minutes | None = None
    """When so many working minutes are left."""
    minutes_after_breach: Annotated[int, Field(ge=0, le=60 * 24 * 366)] | None = None
    """When it was missed so many working minutes ago."""
    risk_at_least: Annotated[int, Field(ge=1, le=100)] | None = None
    """When the risk reaches this, in place of a time; due again once the risk has been below `rearm_below`."""
    escalate: bool = False
    """Opens an escalation when none is open. Whom it goes to is then the router's choice, and what `set` says besides
    owner and team is written with the handover."""
    set: LevelSet = LevelSet()

    @model_validator(mode="after")
    def _one_trigger(self) -> Level:
        times = (self.at_percent, self.minutes_before_breach, self.minutes_after_breach)
        given = sum(1 for one in (*times, self.risk_at_least) if one is not None)
        if given != 1:
            raise PydanticCustomError("level_trigger", "a level needs exactly one of its four moments")
        if (self.clock is None) == (self.risk_at_least is None):
            raise PydanticCustomError("level_clock", "a level counts a clock or the risk, not both and not neither")
        return self

    @property
    def does_something(self) -> bool:
        """Whether it changes or opens anything; one that does not still tells people."""
        return self.escalate or self.set != LevelSet()


class DeEscalation(PolicyModel):
    """When an escalation is taken down by itself."""

    after_minutes: Minutes
    """The risk has been below `rearm_below` for so long."""
    when: When = When()
