"""risk.yaml, categories.yaml and escalation.yaml: what counts, how much, and what follows from it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from domain.policy.base import Minutes, Points, PolicyModel, Slug, When
from domain.policy.examples import RuleTest
from domain.policy.levels import DeEscalation, Level
from domain.properties import Mode, Property
from domain.ticket import Tier


class SlaPoints(PolicyModel):
    """Points for the share of the SLA target that is used up; the highest line reached counts."""

    at_percent: Annotated[int, Field(ge=1, le=1000)]
    points: Points


class WordList(PolicyModel):
    """Words of one language that speak for one signal. A trailing * matches any ending."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    words: Annotated[tuple[str, ...], Field(min_length=1)]


class TextSignal(PolicyModel):
    """A signal in the requester's own words. `points` once, however often it occurs, unless `each`."""

    id: Slug
    points: Points
    each: bool = False
    lists: Annotated[tuple[WordList, ...], Field(min_length=1)]


class RiskFile(PolicyModel):
    """risk.yaml: the additive points table."""

    at_risk_from: Annotated[int, Field(ge=1, le=100)] = 60
    monitor_from: Annotated[int, Field(ge=0, le=100)] = 45
    sla: tuple[SlaPoints, ...] = ()
    priority: dict[str, Points] = {}
    unanswered_message: Points = 10
    unanswered_at_most: Annotated[int, Field(ge=0, le=20)] = 5
    vip: Points = 10
    reopened: Points = 10
    bounce: Points = 10
    reassignments_from: Annotated[int, Field(ge=1, le=50)] = 3
    reassigned: Points = 10
    older_than_usual: Points = 5
    resembles_escalated: Points = 15
    outbreak: Points = 15
    explicit_request: Points = 60
    """Asking for an escalation in so many words is a declaration, not a prediction."""
    signals: tuple[TextSignal, ...] = ()
    no_hurry: tuple[WordList, ...] = ()
    """Phrases by which a requester takes urgency back ("no rush", "not urgent"): the signal `urgency` of this and
    earlier messages then counts for nothing."""
    explicit: tuple[WordList, ...] = ()
    """Phrases that ask for an escalation."""

    @model_validator(mode="after")
    def _bands_in_order(self) -> RiskFile:
        if self.monitor_from > self.at_risk_from:
            raise PydanticCustomError("bands_out_of_order", "monitor_from is above at_risk_from")
        return self


class Category(PolicyModel):
    """A kind of ticket."""

    id: Slug
    name: str
    words: tuple[str, ...] = ()
    """Words and phrases that suggest it; a trailing * matches any ending."""
    urgent: bool = False
    """Tickets of this category skip L1 (security incidents, outages)."""
    aliases: tuple[str, ...] = ()
    """What the helpdesk calls it, when it differs from the id."""


class CategoriesFile(PolicyModel):
    """categories.yaml"""

    categories: Annotated[tuple[Category, ...], Field(min_length=1)]


class EscalationRule(PolicyModel):
    """What changes together when an escalation goes up. The first rule that matches counts."""

    id: Slug
    when: When = When()
    to_tier: Tier
    priority: str | None = None
    status: str | None = None
    queue: str | None = None
    sla_target: Slug | None = None
    """A target of slas.yaml that holds from then on."""
    tags: tuple[Slug, ...] = ()


class EscalationFile(PolicyModel):
    """escalation.yaml"""

    rules: Annotated[tuple[EscalationRule, ...], Field(min_length=1)]
    cooldown: Minutes = 240
    """After an escalation ended, the same ticket is not escalated again for this long."""
    look_again_after: Minutes = 60
    """The longest a watched ticket goes unseen, in minutes."""
    levels: tuple[Level, ...] = ()
    """The matrix: what happens when so much of a promise is used up, before and during an escalation."""
    rearm_below: Annotated[int, Field(ge=0, le=100)] | None = None
    """The risk must have been below this before it can escalate the same ticket again; `monitor_from` when left out."""
    max_depth: Annotated[int, Field(ge=1, le=20)] = 3
    """So often another automation may change what Tierwise changed before Tierwise stops until a person acts."""
    bounces_at_most: Annotated[int, Field(ge=1, le=20)] = 3
    """An escalation that came back so often goes to the lead of its tier, with all the reasons."""
    de_escalate: DeEscalation | None = None
    """When an escalation is taken down by itself; never when left out."""
    modes: dict[Property, Mode] = {}
    """What may be written: `apply` (the default) writes, `recommend` only says so in an internal note and on the
    escalation, `off` leaves the property alone."""
    tests: tuple[RuleTest, ...] = ()
    """Examples that `tierwise policy check` runs."""

    def line_to_rearm(self, risk: RiskFile) -> int:
        """Below this the risk is low: it can escalate again, and an escalation may be taken down."""
        return risk.monitor_from if self.rearm_below is None else self.rearm_below
