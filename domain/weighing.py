"""What counts for a ticket's risk: the learned opinion where one speaks, the points table everywhere else. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.assessment import LearnedOpinion, Reason
from domain.learned_points import opinions_on
from domain.points import EXPLICIT, all_reasons
from domain.policy.policy import Policy
from domain.surroundings import Surroundings
from domain.ticket import Ticket


@dataclass(frozen=True)
class Weighed:
    """The rows that make up the risk, and what stands beside them without weight."""

    reasons: tuple[Reason, ...]
    """Not bounded yet."""
    observed: tuple[Reason, ...]
    """Every row of the points table, whether it counts or not."""
    learned: tuple[LearnedOpinion, ...]

    @property
    def speaker(self) -> LearnedOpinion | None:
        """The learned opinion that speaks; none when the points table answers."""
        return next((one for one in self.learned if one.speaks), None)


def weigh(ticket: Ticket, policy: Policy, at: datetime, around: Surroundings) -> Weighed:
    """Weighs a (cut) ticket. A request to escalate is declared, not predicted: it counts on top of what is learned."""
    table = all_reasons(ticket, policy, at, around)
    asked = around.judgement is not None and policy.learning.mode != "off"
    learned = opinions_on(around.judgement.risks(ticket, at), policy) if around.judgement and asked else ()
    whole = Weighed(reasons=table, observed=table, learned=learned)
    if whole.speaker is None:
        return whole
    declared = tuple(row for row in table if row.code == EXPLICIT)
    return Weighed(reasons=(*whole.speaker.reasons, *declared), observed=table, learned=learned)
