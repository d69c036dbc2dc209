"""Learned opinions that are handed in: the shipped fake of `Judges` and `Judgement`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from domain.learned import LearnedRisk, TeamOpinion
from domain.ports import Judgement
from domain.ticket import Ticket

Risks = Callable[[Ticket, datetime], tuple[LearnedRisk, ...]]


class StatedJudgement:
    """Implements `domain.ports.Judgement` with opinions that are stated, for one ticket or as a function of it."""

    def __init__(self, risks: Risks | tuple[LearnedRisk, ...] = (), teams: TeamOpinion | None = None) -> None:
        self._risks = risks
        self._teams = teams

    def risks(self, ticket: Ticket, at: datetime) -> tuple[LearnedRisk, ...]:
        """The stated risks."""
        return self._risks(ticket, at) if callable(self._risks) else self._risks

    def teams(self, ticket: Ticket, at: datetime) -> TeamOpinion | None:
        """The stated team, whatever the ticket."""
        del ticket, at
        return self._teams


class MemoryJudges:
    """Implements `domain.ports.Judges` over stated judgements by tenant; without any, nothing was learned."""

    def __init__(self, judgements: Mapping[str, Judgement] | None = None) -> None:
        self._judgements = dict(judgements or {})

    async def judgement(self, tenant: str, at: datetime) -> Judgement | None:
        """The tenant's judgement, at every moment the same."""
        del at
        return self._judgements.get(tenant)
