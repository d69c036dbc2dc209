"""What triage saw besides the ticket, kept so that the same opinion can be formed again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.base import Record
from domain.duplicates import duplicate_of
from domain.learned import LearnedRisk, TeamOpinion
from domain.ports import Judgement
from domain.surroundings import Burst, Companion, Neighbour, Surroundings
from domain.ticket import Event, Ticket


class Seen(Record):
    """`Surroundings` as a record. Of companions only those that the ticket repeats are kept, without what was written
    in them: no other plays a part in any opinion."""

    neighbours: tuple[Neighbour, ...] = ()
    escalated_share: float | None = None
    companions: tuple[Companion, ...] = ()
    burst: Burst | None = None
    usual_minutes: float | None = None
    learned: tuple[LearnedRisk, ...] | None = None
    """What the promoted models said of the ticket; none when there was no model."""

    def around(self) -> Surroundings:
        """The surroundings again; learned opinions are those that were given then."""
        return Surroundings(
            neighbours=self.neighbours, escalated_share=self.escalated_share, companions=self.companions,
            burst=self.burst, usual_minutes=self.usual_minutes,
            judgement=None if self.learned is None else Recorded(self.learned),
        )  # fmt: skip


@dataclass(frozen=True)
class Recorded:
    """Implements `domain.ports.Judgement` with opinions that were given before, whatever it is asked about."""

    learned: tuple[LearnedRisk, ...]

    def risks(self, ticket: Ticket, at: datetime) -> tuple[LearnedRisk, ...]:  # noqa: ARG002  # the port names them
        """The recorded ones."""
        return self.learned

    def teams(self, ticket: Ticket, at: datetime) -> TeamOpinion | None:  # noqa: ARG002  # the port names them
        """No opinion on the team takes part in an assessment."""
        return None


def seen(ticket: Ticket, at: datetime, around: Surroundings) -> Seen:
    """What is to be kept of the surroundings of a ticket that is cut at `at`."""
    return Seen(
        neighbours=around.neighbours, escalated_share=around.escalated_share,
        companions=tuple(_bare(one) for one in around.companions if duplicate_of(ticket, [one]) is not None),
        burst=around.burst, usual_minutes=around.usual_minutes, learned=_learned(around.judgement, ticket, at),
    )  # fmt: skip


def _learned(judgement: Judgement | None, ticket: Ticket, at: datetime) -> tuple[LearnedRisk, ...] | None:
    return None if judgement is None else judgement.risks(ticket, at)


def _bare(one: Companion) -> Companion:
    ticket = one.ticket.model_copy(
        update={
            "subject": None, "description": None, "resolution": None,
            "requester": one.ticket.requester.model_copy(update={"name": None, "email": None, "site": None})
            if one.ticket.requester is not None
            else None,
            "events": tuple(_silent(event) for event in one.ticket.events),
        }
    )  # fmt: skip
    return Companion(ticket=ticket, similarity=one.similarity, overlap=one.overlap)


def _silent(event: Event) -> Event:
    return event.model_copy(update={"body": None})
