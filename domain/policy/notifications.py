"""notifications.yaml: who is told what, on which channel, how often, and when better not."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from domain.policy.base import Minutes, PolicyModel, Slug, When, minute_of_day
from domain.policy.examples import RuleTest
from domain.policy.flow import Occasion
from domain.policy.time import Weekday

ChannelKind = Literal["mail", "slack", "teams", "webhook"]
MAIL = "mail"
"""The channel that is always there."""

ClockText = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of day, '08:00'."""


def _night(text: str) -> str:
    start, dash, end = text.partition("-")
    try:
        minutes = minute_of_day(start), minute_of_day(end)
    except ValueError:
        minutes = (-1, -1)
    good = dash and all(0 <= one <= 1440 for one in minutes) and all(len(one) == 5 for one in (start, end))
    if not good or minutes[0] == minutes[1]:
        raise PydanticCustomError("quiet_hours_text", "quiet hours are not written as HH:MM-HH:MM")
    return text


QuietText = Annotated[str, AfterValidator(_night)]
"""Half-open hours of the wall clock that may run over midnight: '20:00-07:00'."""


class Budget(PolicyModel):
    """So many messages in any stretch of so many minutes; critical ones count, and are never held up."""

    messages: Annotated[int, Field(ge=1, le=1000)]
    per_minutes: Minutes = 60


class Channel(PolicyModel):
    """A way to reach people besides mail. Its address and secrets come from the settings, never from here."""

    id: Slug
    kind: Literal["slack", "teams", "webhook"]
    target: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,100}$")] | None = None
    """A room: the Slack channel's id, or the name under which the settings know the Teams workflow or the webhook.
    A Slack channel without a target writes to each recipient in person, by their `slack` id."""
    budget: Budget | None = None
    """Of the room; without one, that of `notifications.yaml`. A webhook has none unless it is given one here."""


class Digest(PolicyModel):
    """When messages of rules with `digest: true` are gathered into one."""

    every_minutes: Annotated[int, Field(ge=5, le=24 * 60)] | None = None
    """At whole multiples of this since midnight of the recipient's zone."""
    at: ClockText | None = None
    """Once a day, at this time of the recipient's zone."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Digest:
        if (self.every_minutes is None) == (self.at is None):
            raise PydanticCustomError("digest_moment", "a digest comes either every so many minutes or at a time")
        return self


class QuietHours(PolicyModel):
    """Hours in which some people are told only what is critical. The first entry that names somebody counts."""

    who: tuple[str, ...] = ()
    """Ids of people, technicians or teams, roles of people.yaml, `technicians`, `requesters`; empty means everybody."""
    hours: QuietText | None = None
    days: tuple[Weekday, ...] = ()
    """Days that are quiet from midnight to midnight."""
    zone: str | None = None
    """Whose wall clock; without one, the person's own: their `zone`, their shift's, or that of policy.yaml."""


class FallbackStep(PolicyModel):
    """Where a message goes when it could not be delivered, or nobody acknowledged it."""

    channel: Slug
    to: tuple[str, ...] = ()
    """Who is told instead, as in the rule; empty means the same people."""


class NotificationRule(PolicyModel):
    """Who hears of what, and where."""

    id: Slug
    on: Annotated[tuple[Occasion, ...], Field(min_length=1)]
    when: When = When()
    channel: Slug = MAIL
    """`mail`, or a channel of this file."""
    to: Annotated[tuple[str, ...], Field(min_length=1)]
    """`requester`, `owner`, `assignee`, `team_lead`, `approvers`, a role of people.yaml, or an e-mail address. On a
    channel with a target: whom it concerns, and who is told by the fallback."""
    fallback: tuple[FallbackStep, ...] = ()
    """In this order. Slack and Teams fall back to mail without being told to."""
    acknowledge_within: Minutes | None = None
    """When nobody has acknowledged by then, the next step of `fallback` is told."""
    urgent: bool | None = None
    """Always or never critical; left out, the priority decides (`critical_priorities`)."""
    digest: bool = False
    """Not at once but gathered with others; never true of what is critical."""
    subject: str | None = None
    """A template for the subject line; see the page on notifications for its variables."""
    text: str | None = None
    """A template for the text in place of the usual one."""


class NotificationsFile(PolicyModel):
    """notifications.yaml"""

    rules: tuple[NotificationRule, ...] = ()
    tests: tuple[RuleTest, ...] = ()
    """Examples that `tierwise policy check` runs."""
    channels: tuple[Channel, ...] = ()
    budget: Budget | None = None
    """Of each recipient; without one there is no limit."""
    budget_of: dict[Slug, Budget] = {}
    """Role → another budget for those who hold it; the first role counts."""
    quiet_hours: tuple[QuietHours, ...] = ()
    digest: Digest = Digest(at="08:00")
    critical_priorities: tuple[str, ...] = ("critical",)
    """What technicians, leads and rooms are told about tickets of these priorities is critical: at once, always."""
    ticket_url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s{}]*\{id\}[^\s{}]*$")] | None = None
    """Where the helpdesk shows a ticket; `{id}` stands for the ticket's id."""
