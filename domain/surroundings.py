"""What stands around a ticket at a moment: the past tickets near it, and those that came in lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from domain.ticket import Ticket

if TYPE_CHECKING:
    from domain.ports import Judgement


@dataclass(frozen=True)
class Neighbour:
    """A resolved ticket near in meaning. `similarity` is a cosine."""

    ticket_id: str
    similarity: float
    escalated: bool
    category: str | None
    """As the helpdesk calls it."""


@dataclass(frozen=True)
class Companion:
    """Another ticket opened lately, cut at the moment of looking."""

    ticket: Ticket
    similarity: float | None
    """Cosine of the two requests; none when it could not be measured."""
    overlap: float
    """Share of common words, 0–1."""


@dataclass(frozen=True)
class Burst:
    """The outbreak that a ticket belongs to, as known at the moment of looking."""

    outbreak_id: str
    parent: str
    confirmed: bool
    text: str
    """The evidence in one sentence."""
    others: tuple[str, ...]
    """Its tickets besides this one."""
    until: datetime
    """Counts up to this moment; with nothing new by then the rate is back."""


@dataclass(frozen=True)
class Surroundings:
    """Everything triage knows besides the ticket itself."""

    neighbours: tuple[Neighbour, ...] = ()
    escalated_share: float | None = None
    """The usual share of tickets that go up a tier."""
    companions: tuple[Companion, ...] = ()
    burst: Burst | None = None
    usual_minutes: float | None = None
    """Median minutes from creation to resolution in the ticket's category."""
    judgement: Judgement | None = None
    """What was learned from closed tickets, as known at the moment; none when nothing was learned or promoted."""
