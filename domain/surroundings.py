"""What stands around a ticket at a moment: the past tickets near it, and those that came in lately."""

from __future__ import annotations

from dataclasses import dataclass

from domain.ticket import Ticket


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
class Surroundings:
    """Everything triage knows besides the ticket itself."""

    neighbours: tuple[Neighbour, ...] = ()
    escalated_share: float | None = None
    """The usual share of tickets that go up a tier."""
    companions: tuple[Companion, ...] = ()
    usual_minutes: float | None = None
    """Median minutes from creation to resolution in the ticket's category."""
