"""outbreaks.yaml: when many people with one trouble are an outbreak, and what their tickets share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.policy.base import PolicyModel


class ChildrenRule(PolicyModel):
    """What the tickets under a parent share with it, once somebody has confirmed the outbreak."""

    share_clock: bool = True
    """A child's resolution clock is its parent's from the moment it joined; its own first-response clock stays."""
    quiet: bool = True
    """Technicians hear of the parent only; requesters hear of their own tickets as ever."""
    resolve: Literal["propose", "apply"] = "propose"
    """When the parent is resolved: propose it in an internal note of each child, or resolve the children as well."""


class OutbreaksFile(PolicyModel):
    """outbreaks.yaml. The file may be missing; then every key has its default."""

    false_alarms_per_week: Annotated[float, Field(ge=0.02, le=50)] = 1.0
    """How many alarms without an outbreak the whole desk bears in a week; the line follows from it."""
    least_requesters: Annotated[int, Field(ge=2, le=100)] = 3
    """Different people who must have written; one person who sends five tickets is no outbreak."""
    requesters_without_past: Annotated[int, Field(ge=2, le=100)] = 4
    """Different people within an hour that make an outbreak in the first two weeks, while there is no past."""
    windows: Annotated[tuple[Annotated[int, Field(ge=5, le=1440)], ...], Field(min_length=1, max_length=8)] = (
        15,
        30,
        60,
        240,
    )
    """Windows looked at, in minutes. A burst is over once the longest has passed without anything unusual."""
    children: ChildrenRule = ChildrenRule()
