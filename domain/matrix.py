"""What of the escalation matrix a ticket has passed, and what has already caused an escalation.

Everything here has a key, and a key is spent once: the same cause never escalates twice. A key names the promise it is
about (clock, target, cycle) and how often the ticket was reopened, so a new promise or a reopened ticket has new keys,
and a pause, which only moves the due moment of the same promise, has not.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from domain.asof import standing
from domain.assessment import Assessment
from domain.base import Moment, Record
from domain.passed import Cause, LevelPassed
from domain.points import EXPLICIT
from domain.policy.policy import Policy
from domain.sla.clocks import SlaClock
from domain.sla.lines import pressing_clock
from domain.ticket import Ticket


class Matrix(Record):
    """The state of one ticket. `version` counts its changes."""

    ticket_id: str
    version: int = 0
    looked_at: Moment | None = None
    """When somebody last looked; none before the first look."""
    levels: tuple[LevelPassed, ...] = ()
    passed: frozenset[str] = Field(default=frozenset())
    """Keys of levels that are not due again."""
    spent: frozenset[str] = Field(default=frozenset())
    """Keys of causes that have escalated."""
    armed: int = 0
    """How often the risk was armed again: it fell below `rearm_below`, or the ticket was reopened."""
    reopens: int = 0
    low_since: Moment | None = None
    """Since when the risk has been below `rearm_below`."""

    def looked(self, risk: int, ticket: Ticket, policy: Policy, at: datetime) -> Matrix:
        """The state once it is seen how high the risk is, and whether the ticket was reopened."""
        reopens = standing(ticket).reopens
        low = risk < policy.escalation.line_to_rearm(policy.risk)
        went_low = low and self.low_since is None
        rearmed = went_low or reopens > self.reopens
        return self.model_copy(
            update={
                "reopens": max(reopens, self.reopens),
                "armed": self.armed + rearmed,
                "looked_at": at,
                "low_since": (self.low_since or at) if low else None,
            }
        )


def promise_key(clock: SlaClock, ticket: Ticket) -> str:
    """What makes one promise another than the one before: its target, its cycle, and how often the ticket reopened."""
    return f"{clock.clock}:{clock.target}:{clock.cycle}:{standing(ticket).reopens}"


def causes(assessment: Assessment, ticket: Ticket, policy: Policy, at: datetime, matrix: Matrix) -> tuple[Cause, ...]:
    """Everything but levels that calls for an escalation of the (cut) ticket, whether spent or not."""
    found: list[Cause] = []
    if assessment.risk >= policy.risk.at_risk_from:
        found.append(
            Cause(key=f"risk:{matrix.armed}", why=f"Risk {assessment.risk} reaches {policy.risk.at_risk_from}.")
        )
        found += _sla_line(ticket, policy, at)
    if assessment.declared:
        events = [one.event_id for one in assessment.reasons if one.code == EXPLICIT and one.event_id]
        why = "The requester asked for an escalation."
        found += [Cause(key=f"declared:{event}", why=why) for event in events or ["-"]]
    category = policy.category(assessment.category)
    if category is not None and category.urgent:
        key = f"category:{category.id}:{standing(ticket).reopens}"
        found.append(Cause(key=key, why=f"Tickets of category {category.id} skip the first tier."))
    return tuple(found)


def _sla_line(ticket: Ticket, policy: Policy, at: datetime) -> list[Cause]:
    """The line of the points table that the pressing clock has reached: a higher one makes an old risk a new cause."""
    clock = pressing_clock(ticket, policy, at)
    lines = [line.at_percent for line in policy.risk.sla if clock and line.at_percent <= clock.used_percent]
    if clock is None or not lines:
        return []
    name = clock.clock.replace("_", " ")
    return [Cause(key=f"sla:{max(lines)}:{promise_key(clock, ticket)}", why=f"{max(lines)} % of the {name} are used.")]
