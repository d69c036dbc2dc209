"""The forms of the files that closed tickets are told from: stories/*.yaml, cast/*.yaml and demo.yaml.

A story is one issue family: openings (how it begins), causes (what it turns out to be), and what is said and tried on
the way. Texts may hold slots in braces: `{device}`, `{room}`, `{colleague}`, `{when}`, `{site}`, `{name}`, `{first}`
and `{role}` of the requester, and the story's own `slots`; a slot has one value in the whole ticket.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.base import Moment, NonEmpty, Record
from domain.policy.base import Slug

Language = Literal["en", "de", "fr"]
Site = Literal["Hamburg", "Toronto"]
Voice = Literal["terse", "plain", "friendly", "formal"]
Texts = Annotated[tuple[str, ...], Field(min_length=1)]
Weight = Annotated[float, Field(gt=0)]


class DemoFile(Record):
    """demo.yaml: the moment that is now, the tenant and the seed."""

    version: int
    tenant: Slug
    moment: Moment
    seed: int
    first_day: date


class DemoRequester(Record):
    """Somebody who opens tickets. `id` is the local part of the mail address."""

    id: NonEmpty
    name: str
    role: str
    site: Site
    device: str
    areas: tuple[str, ...]
    voice: Voice
    speaks: Annotated[tuple[Language, ...], Field(min_length=1)]
    vip: bool = False

    @property
    def first(self) -> str:
        """The first name."""
        return self.name.split()[0]


class RequestersFile(Record):
    """cast/requesters.yaml"""

    requesters: Annotated[tuple[DemoRequester, ...], Field(min_length=2)]


class Voices(Record):
    """cast/voices.yaml: words that belong to a person or a role and not to a fault."""

    greetings: dict[Language, dict[Voice, Texts]]
    signs: dict[Language, dict[Voice, Texts]]
    thanks: Texts
    first_replies: Texts
    pass_up: Texts
    dispatch: Texts
    passed_wrong: Texts
    after_reopen: Texts
    upset: Texts
    extras: dict[Language, Texts]
    """What people add in languages whose openings stand alone."""


class Opening(Record):
    """One way a ticket of the family begins. Texts in another language than English get `extras` only."""

    causes: Annotated[tuple[Slug, ...], Field(alias="for", min_length=1)]
    """The causes that such a beginning can turn out to have."""
    subject: str
    text: str
    lang: Language = "en"
    site: Site | None = None
    pick: int | None = None
    """The place of the resolution that goes with this opening, when not all of the cause's do."""


class Exchange(Record):
    """A question of a technician and the requester's answer."""

    ask: str
    answer: str


class WrongTurn(Record):
    """A team that had the ticket for nothing."""

    team: Slug
    note: str
    back: str


class Reopening(Record):
    """Why the requester came back after the resolution, and what it was then."""

    say: str
    then: str
    resolution: str


class Cause(Record):
    """What it turns out to be. `by` is the team that solves it, or `desk`: the service desk of the requester's site."""

    id: Slug
    by: Slug
    weight: Weight
    minutes: tuple[int, int]
    """Working minutes on it, from quick to slow."""
    clues: Texts
    """What the requester says that points at this cause."""
    notes: Texts
    resolution: Texts
    reply: Texts
    wrong_turn: WrongTurn | None = None
    reopen: Reopening | None = None


class Story(Record):
    """stories/<family>.yaml: one issue family."""

    family: Slug
    category: Slug
    service: str
    type: Literal["incident", "request"]
    who: Annotated[tuple[str, ...], Field(min_length=1)]
    """Areas whose people open such tickets."""
    tickets: Annotated[int, Field(ge=1, le=500)]
    priorities: dict[str, Weight]
    slots: dict[str, Texts | dict[Site, Texts]] = {}
    openings: Annotated[tuple[Opening, ...], Field(min_length=8)]
    details: Texts
    impacts: Texts
    questions: Annotated[tuple[Exchange, ...], Field(min_length=1)]
    chasers: Texts
    desk_tried: Texts
    causes: Annotated[tuple[Cause, ...], Field(min_length=3)]
    better: dict[Slug, Weight] = {}
    """Technician → factor on the working time; below 1 is faster, and better."""

    @model_validator(mode="after")
    def _openings_lead_somewhere(self) -> Story:
        known = {cause.id for cause in self.causes}
        led_to = {name for opening in self.openings for name in opening.causes}
        if led_to != known:
            raise ValueError(f"openings and causes differ: {', '.join(sorted(led_to ^ known))}")
        short = [
            opening.subject
            for opening in self.openings
            for cause in self.causes
            if cause.id in opening.causes and (opening.pick or 0) >= len(cause.resolution)
        ]
        if short:
            raise ValueError(f"`pick` is past the last resolution: {', '.join(short)}")
        return self

    @property
    def home(self) -> str:
        """The specialist team that such tickets go to first."""
        return next((cause.by for cause in self.causes if cause.by != "desk"), "desk")
