"""tiers.yaml, teams.yaml, technicians.yaml, people.yaml: who works here and who decides."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.policy.base import PolicyModel, Slug
from domain.ticket import Tier

Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]

SlackId = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{2,20}$")]
"""A member's id in Slack, as their profile shows it: 'U012AB3CD'."""


class TierRule(PolicyModel):
    """One support tier and the technician who leads it: the last resort when nobody else is eligible."""

    id: Tier
    name: str
    lead: Slug


class TiersFile(PolicyModel):
    """tiers.yaml"""

    tiers: Annotated[tuple[TierRule, ...], Field(min_length=1)]


class Team(PolicyModel):
    """An assignment group."""

    id: Slug
    name: str
    tier: Tier
    lead: Slug
    calendar: Slug
    categories: tuple[Slug, ...] = ()
    """The categories this team works on."""
    aliases: tuple[str, ...] = ()
    """What the helpdesk calls this team, when it differs from the id."""


class TeamsFile(PolicyModel):
    """teams.yaml"""

    teams: Annotated[tuple[Team, ...], Field(min_length=1)]


class Leave(PolicyModel):
    """Days away, both ends included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Leave:
        if self.last < self.first:
            raise PydanticCustomError("leave_backwards", "the leave ends before it starts")
        return self


class Technician(PolicyModel):
    """A person who works on tickets."""

    id: Slug
    name: str
    email: Email
    team: Slug
    skills: tuple[Slug, ...] = ()
    """Categories this person can work on; empty means those of the team."""
    shift: Slug
    """The calendar of this person's working hours."""
    leave: tuple[Leave, ...] = ()
    left: date | None = None
    """The first day this person is no longer there; from then on nothing is given to them and they sign nothing."""
    capacity: Annotated[int, Field(ge=0, le=500)] = 8
    """Open tickets this person can carry at once."""
    zone: str | None = None
    """The zone this person reads times in; without one, that of the shift."""
    slack: SlackId | None = None


class TechniciansFile(PolicyModel):
    """technicians.yaml"""

    technicians: Annotated[tuple[Technician, ...], Field(min_length=1)]


class Person(PolicyModel):
    """Somebody outside the teams who decides or must be told: an approver, a service owner."""

    id: Slug
    name: str
    email: Email
    zone: str | None = None
    """The zone this person reads times in; without one, that of policy.yaml."""
    slack: SlackId | None = None
    leave: tuple[Leave, ...] = ()
    """Days away: when nobody stands in, the alternates are asked."""
    left: date | None = None
    """The first day this person is no longer there; from then on they sign nothing."""


class DelegationRule(PolicyModel):
    """Somebody decides on behalf of somebody else for some days, both included, in the zone of policy.yaml."""

    from_: Slug = Field(alias="from")
    """Whose word it is."""
    to: Slug
    """Who may give it."""
    first: date
    last: date
    only: tuple[Slug, ...] = ()
    """Approval rules it is limited to; none means all."""
    reason: str


class PeopleFile(PolicyModel):
    """people.yaml"""

    people: tuple[Person, ...] = ()
    vips: tuple[str, ...] = ()
    """Requester ids or e-mail addresses of VIPs."""
    roles: dict[Slug, tuple[Slug, ...]] = {}
    """Role → the people (or technicians) who hold it, first choice first."""
    delegations: tuple[DelegationRule, ...] = ()
    """Who decides for whom, and when. Delegations can also be made and ended at run time."""
